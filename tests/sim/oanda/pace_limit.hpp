// So many a second and address, in any second.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace tapedeck::sim::oanda {

/// Too many only when they fall into one second by the simulator's clock and in real time: a client
/// paces itself by one of them. Threads: any.
class PaceLimit {
 public:
  explicit PaceLimit(std::size_t per_second) : per_second_(per_second) {}

  /// Counts one; false when it is too many. What is refused does not count.
  bool admit(const std::string &client, std::int64_t now_ms);
  void clear();

 private:
  using Steady = std::chrono::steady_clock;
  struct Moment {
    std::int64_t sim_ms;
    Steady::time_point real;
  };

  const std::size_t per_second_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Moment>> clients_;
};

}  // namespace tapedeck::sim::oanda
