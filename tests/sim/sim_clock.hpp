// The simulator's own time: starts where it is told, runs as fast as it is told, can be moved.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace tapedeck::sim {

/// Threads: all functions from any thread. Speed 0 stands still.
class SimClock {
 public:
  /// Without `start_ms` it starts at the wall clock's time.
  explicit SimClock(std::optional<std::int64_t> start_ms = std::nullopt, double speed = 1.0);

  std::int64_t now_us() const;
  std::int64_t now_ms() const { return now_us() / 1000; }
  double speed() const;
  void set(std::int64_t now_ms);
  void set_speed(double speed);
  void advance(std::int64_t ms);
  /// Whole seconds a client with a normal clock has to wait for `ms` of this clock to pass; >= 1.
  std::int64_t wall_seconds(std::int64_t ms) const;

 private:
  using Steady = std::chrono::steady_clock;
  std::int64_t read() const;
  void rebase(std::int64_t now_us);

  mutable std::mutex mutex_;
  Steady::time_point base_;
  std::int64_t base_us_;
  double speed_;
};

}  // namespace tapedeck::sim
