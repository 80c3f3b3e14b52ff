// The way of one request through the simulator: to its vendor or to the control, through the
// faults, back onto the connection.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include <memory>
#include <optional>
#include <vector>

#include "sim/control.hpp"
#include "sim/delivery.hpp"
#include "sim/faults.hpp"
#include "sim/stop_signal.hpp"
#include "sim/stream_connection.hpp"
#include "sim/stream_hub.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim {

class Front {
 public:
  struct Parts {
    Control &control;
    FaultPlan &faults;
    const std::vector<std::unique_ptr<Vendor>> &vendors;
    StopSignal &stop;
    SimClock &clock;
    StreamHub &hub;
    StreamPatience patience;
    bool gzip = false;
  };

  /// All parts must outlive it.
  explicit Front(const Parts &parts) : parts_(parts) {}

  struct Outcome {
    Reply reply;
    Delivery delivery;
  };
  /// `request.path` is the whole path.
  Outcome answer(Request request, bool head_only);
  StopSignal &stop() { return parts_.stop; }

  /// The answer to a request for a stream: a WebSocket, or lines without end.
  struct Upgrade {
    Vendor *vendor = nullptr;                      ///< null when no vendor has streams there
    std::optional<StreamConnection::Entry> entry;  ///< absent when it is refused
    Reply refusal;
    Delivery delivery;  ///< of the refusal
    bool drop = false;  ///< break the connection off instead of answering
  };
  Upgrade upgrade(Request request);
  /// The same for a plain GET, where a vendor answers it with lines.
  Upgrade open_lines(Request request);
  /// The handshake has failed.
  void abandon(const Upgrade &upgrade) { parts_.hub.close(upgrade.entry->link); }
  /// Serves an upgraded socket until it ends.
  void serve_stream(Upgrade upgrade, int descriptor);

 private:
  Outcome answer_vendor(Vendor &vendor, Request &request);
  void count_request(Vendor &vendor, Request &request);
  void open(Upgrade &upgrade, const Request &request);
  void inject(const FaultPlan::Hit &hit, Vendor &vendor, Outcome &outcome);

  Parts parts_;
};

/// POCO's side of it.
Poco::Net::HTTPRequestHandlerFactory::Ptr make_handler_factory(Front &front);

}  // namespace tapedeck::sim
