// `/sim/...`: what a test asks of the simulator itself. See README.md for the requests.
#pragma once

#include <memory>
#include <span>

#include "sim/faults.hpp"
#include "sim/message.hpp"
#include "sim/sim_clock.hpp"
#include "sim/stream_hub.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim {

class Control {
 public:
  using Vendors = std::span<const std::unique_ptr<Vendor>>;

  /// All of them must outlive it.
  Control(SimClock &clock, FaultPlan &faults, StreamHub &hub, Vendors vendors)
      : clock_(clock), faults_(faults), hub_(hub), vendors_(vendors) {}

  /// `request.path` is the whole path, `/sim/state`.
  Reply handle(const Request &request);

  struct Injected {
    std::int64_t id = 0;  ///< 0 when nothing is left to wait for
    std::size_t hit = 0;  ///< connections hit at once
  };
  Injected inject(Fault fault);

 private:
  Reply state(const Request &request);
  Reply faults(const Request &request);
  Reply clock(const Request &request);
  Reply streams(const Request &request);

  SimClock &clock_;
  FaultPlan &faults_;
  StreamHub &hub_;
  Vendors vendors_;
};

}  // namespace tapedeck::sim
