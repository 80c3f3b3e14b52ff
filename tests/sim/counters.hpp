// What a vendor has been asked and what it answered, for GET /sim/state.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace tapedeck::sim {

struct StreamCounters {
  std::uint64_t opened = 0;
  std::uint64_t refused = 0;   ///< upgrades answered otherwise
  std::uint64_t messages = 0;  ///< data messages written to sockets or their buffers
  std::uint64_t received = 0;  ///< frames of clients
  std::uint64_t pings = 0;     ///< sent
  std::uint64_t pongs = 0;     ///< right answers to them
  /// Ends of connections by reason: `client`, `cut`, `pong timeout`, `message rate`, ...
  std::map<std::string, std::uint64_t> ended;
};

struct CounterValues {
  std::uint64_t requests = 0;
  std::map<std::string, std::uint64_t> by_path;
  std::uint64_t weight_used = 0;  ///< all weights charged since the last reset
  std::uint64_t refused_429 = 0;
  std::uint64_t refused_418 = 0;
  std::uint64_t bans = 0;
  std::uint64_t connections = 0;  ///< connections that have sent at least one request
  std::map<std::string, std::uint64_t> faults_injected;
  std::uint64_t rows_served = 0;
  StreamCounters streams;
};

/// Threads: all functions from any thread.
class Counters {
 public:
  template <class Change>
  void update(Change &&change) {
    const std::lock_guard lock(mutex_);
    change(values_);
  }
  CounterValues read() const {
    const std::lock_guard lock(mutex_);
    return values_;
  }
  void reset() {
    const std::lock_guard lock(mutex_);
    values_ = {};
  }

 private:
  mutable std::mutex mutex_;
  CounterValues values_;
};

}  // namespace tapedeck::sim
