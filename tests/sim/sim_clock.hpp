// The simulator's own time: starts where it is told, runs as fast as it is told, can be moved.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
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
  /// Jumps: what lies between is skipped, not played.
  void set(std::int64_t now_ms);
  void set_speed(double speed);
  /// Plays: streams send all that becomes due on the way.
  void advance(std::int64_t ms);
  struct Reading {
    std::int64_t now_ms = 0;
    std::uint64_t jumps = 0;  ///< how often the clock has been set so far
  };
  Reading reading() const;
  /// Real time until it reads `ms`; zero when it does already, nothing when it stands still.
  std::optional<std::chrono::nanoseconds> real_until(std::int64_t ms) const;
  /// Calls `changed` after each set(), set_speed() and advance(), on their caller's thread, which
  /// must not change the clock from there. Returns what remove_listener() takes.
  std::uint64_t add_listener(std::function<void()> changed);
  /// On return `changed` runs no more.
  void remove_listener(std::uint64_t id);
  /// Whole seconds a client with a normal clock has to wait for `ms` of this clock to pass; >= 1.
  std::int64_t wall_seconds(std::int64_t ms) const;

 private:
  using Steady = std::chrono::steady_clock;
  std::int64_t read() const;
  void rebase(std::int64_t now_us);
  void announce();

  mutable std::mutex mutex_;
  Steady::time_point base_;
  std::int64_t base_us_;
  double speed_;
  std::uint64_t jumps_ = 0;
  std::mutex listeners_mutex_;
  std::map<std::uint64_t, std::function<void()>> listeners_;
  std::uint64_t next_listener_ = 1;
};

}  // namespace tapedeck::sim
