// One client's stream connection: what its session makes becomes frames or lines, by the
// simulator's clock, with the vendor's rules on pings, message rate and life, and with the faults that were ordered.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/faults.hpp"
#include "sim/options.hpp"
#include "sim/sim_clock.hpp"
#include "sim/stream_hub.hpp"
#include "sim/stream_session.hpp"
#include "sim/stream_socket.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim {

/// Lifecycle: serve() once.
/// Threads: one.
class StreamConnection {
 public:
  struct Parts {
    StreamHub &hub;
    const SimClock &clock;
    FaultPlan &faults;
    Vendor &vendor;
    StreamPatience patience;
  };

  /// A connection that the hub knows already, so that a test which sees the handshake can move the
  /// clock and rely on the data.
  struct Entry {
    std::unique_ptr<StreamSession> session;
    std::shared_ptr<StreamHub::Link> link;
    SimClock::Reading opened;
  };
  /// `descriptor` is an upgraded socket that the caller closes afterwards.
  StreamConnection(const Parts &parts, Entry entry, int descriptor);
  ~StreamConnection();
  StreamConnection(const StreamConnection &) = delete;
  StreamConnection &operator=(const StreamConnection &) = delete;

  /// Returns when the connection has ended.
  void serve();

 private:
  using Steady = std::chrono::steady_clock;
  struct Moment {
    std::int64_t sim_ms;
    Steady::time_point real;
  };
  struct Ping {
    std::string payload;
    Moment sent;
  };
  struct Held {
    std::int64_t due;
    StreamMessage message;
  };

  // Incoming.
  void receive();
  void on_frame(const Frame &frame);
  void on_pong(const std::string &payload);
  void on_text(const std::string &text);
  bool within_rate(const Moment &arrival);

  // Outgoing.
  void keep_rules();
  void say_notices();
  bool obey_ending();
  void send_ping();
  void check_pong();
  bool emit();
  bool next_message(std::int64_t until, StreamMessage &message);
  void send_data(StreamMessage message);
  void send_heartbeat(const StreamMessage &message);
  void write_data(const StreamMessage &message);
  bool is_silent(const StreamMessage &message) const;

  // Faults (stream_faults.cpp).
  void apply(const FaultPlan::Hit &hit, StreamMessage *message);
  bool apply_to_message(const FaultPlan::Hit &hit, StreamMessage &message);
  void break_mid_frame(const StreamMessage *message);
  void announce_shutdown(const Fault &fault);

  void end(const std::string &reason);
  void end_with_close(std::uint16_t code, const std::string &text, const std::string &reason);
  void publish(bool settled);
  std::optional<std::chrono::nanoseconds> patience_left() const;
  std::int64_t life_end() const;
  Moment moment() const { return {now_.now_ms, Steady::now()}; }

  Parts parts_;
  std::unique_ptr<StreamSession> session_;
  StreamStatus status_;
  StreamRules rules_;
  std::shared_ptr<StreamHub::Link> link_;
  StreamSocket socket_;
  SimClock::Reading now_;
  bool open_ = true;
  std::string in_, fragments_;
  std::vector<FaultPlan::Hit> orders_;
  std::deque<Moment> arrivals_;
  std::deque<Ping> unanswered_;
  std::int64_t next_ping_ms_;
  struct Mute {
    Fault fault;
    std::int64_t until;
  };
  std::vector<Mute> mutes_;           // what they name and is due before is not sent
  std::int64_t half_open_until_ = 0;  // nothing is sent
  std::int64_t shutdown_at_ = kNever;
  std::vector<Held> late_;                // by due
  std::optional<StreamMessage> swapped_;  // goes after the next one
  StreamCounters counted_;                // since the last publish
};

}  // namespace tapedeck::sim
