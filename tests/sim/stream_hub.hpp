// All open stream connections of the simulator: their state, orders to them, and whether they have
// sent what is due.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sim/faults.hpp"
#include "sim/sim_clock.hpp"
#include "sim/waker.hpp"

namespace tapedeck::sim {

/// What GET /sim/state tells about a connection.
struct StreamStatus {
  std::uint64_t id = 0;
  std::string vendor, path, client;
  std::vector<std::string> subscriptions;
  std::int64_t opened_ms = 0;
  std::uint64_t messages = 0, pings = 0, pongs = 0;
  std::uint64_t buffered = 0;  ///< bytes the client has not taken yet
  std::string state = "live";  ///< `live`, `mute` or `half_open`
};

/// Lifecycle: the clock and the plan outlive it; connections end before it.
/// Threads: all functions from any thread.
class StreamHub {
 public:
  StreamHub(SimClock &clock, FaultPlan &faults);
  ~StreamHub();
  StreamHub(const StreamHub &) = delete;
  StreamHub &operator=(const StreamHub &) = delete;

  /// The hub's end of one connection.
  struct Link {
    Waker waker;
    StreamStatus status;                       // guarded by the hub
    std::vector<FaultPlan::Hit> orders;        // guarded by the hub
    std::optional<SimClock::Reading> settled;  // guarded by the hub
  };
  std::shared_ptr<Link> open(StreamStatus status);
  void close(const std::shared_ptr<Link> &link);
  StreamStatus status(const Link &link) const;
  /// Publishes a connection's state and takes its orders. `settled` is the clock time up to which
  /// all has been written, if all has.
  std::vector<FaultPlan::Hit> exchange(Link &link, const StreamStatus &status,
                                       std::optional<SimClock::Reading> settled);

  /// Orders a fault to every open connection it concerns; returns how many. The message part of it
  /// waits for a message where there must be one.
  std::size_t order(const Fault &fault);
  std::vector<StreamStatus> list() const;
  /// Waits until every open connection has written all that was due when it was called; false when
  /// one has not in time (its client does not read).
  bool settle(std::chrono::milliseconds timeout);

  /// How long connections may live, instead of the vendors' own rule.
  std::optional<std::int64_t> life_ms() const;
  void set_life_ms(std::optional<std::int64_t> life_ms);
  /// Ends all connections and refuses new ones.
  void stop();
  bool stopping() const { return stopping_; }
  void count_message() { ++messages_; }
  /// Data messages sent since the start, of all vendors.
  std::uint64_t messages() const { return messages_; }

 private:
  bool all_settled(const SimClock::Reading &now) const;
  void wake_all();

  SimClock &clock_;
  FaultPlan &faults_;
  std::uint64_t listener_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, std::shared_ptr<Link>> links_;
  std::uint64_t next_id_ = 1;
  std::optional<std::int64_t> life_ms_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> messages_{0};
};

}  // namespace tapedeck::sim
