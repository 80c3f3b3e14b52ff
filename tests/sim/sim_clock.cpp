#include "sim/sim_clock.hpp"

#include <algorithm>
#include <cmath>

namespace tapedeck::sim {

SimClock::SimClock(std::optional<std::int64_t> start_ms, double speed)
    : base_(Steady::now()), speed_(speed) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  base_us_ = start_ms ? *start_ms * 1000
                      : std::chrono::duration_cast<std::chrono::microseconds>(wall).count();
}

std::int64_t SimClock::read() const {
  const std::chrono::duration<double, std::micro> passed = Steady::now() - base_;
  return base_us_ + static_cast<std::int64_t>(passed.count() * speed_);
}

void SimClock::rebase(std::int64_t now_us) {
  base_us_ = now_us;
  base_ = Steady::now();
}

std::int64_t SimClock::now_us() const {
  const std::lock_guard lock(mutex_);
  return read();
}

double SimClock::speed() const {
  const std::lock_guard lock(mutex_);
  return speed_;
}

void SimClock::set(std::int64_t now_ms) {
  {
    const std::lock_guard lock(mutex_);
    rebase(now_ms * 1000);
    ++jumps_;
  }
  announce();
}

void SimClock::set_speed(double speed) {
  {
    const std::lock_guard lock(mutex_);
    rebase(read());
    speed_ = speed;
  }
  announce();
}

void SimClock::advance(std::int64_t ms) {
  {
    const std::lock_guard lock(mutex_);
    rebase(read() + ms * 1000);
    if (ms < 0) ++jumps_;
  }
  announce();
}

SimClock::Reading SimClock::reading() const {
  const std::lock_guard lock(mutex_);
  return {read() / 1000, jumps_};
}

std::optional<std::chrono::nanoseconds> SimClock::real_until(std::int64_t ms) const {
  const std::lock_guard lock(mutex_);
  const std::int64_t missing_us = ms * 1000 - read();
  if (missing_us <= 0) return std::chrono::nanoseconds(0);
  if (speed_ <= 0) return std::nullopt;
  const double wait_ns = static_cast<double>(missing_us) * 1000.0 / speed_;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(wait_ns, 1e18)));
}

void SimClock::announce() {
  const std::lock_guard lock(listeners_mutex_);
  for (const auto &[id, changed] : listeners_) changed();
}

std::uint64_t SimClock::add_listener(std::function<void()> changed) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.emplace(next_listener_, std::move(changed));
  return next_listener_++;
}

void SimClock::remove_listener(std::uint64_t id) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.erase(id);
}

std::int64_t SimClock::wall_seconds(std::int64_t ms) const {
  const double pace = speed();
  const double wall_ms = static_cast<double>(ms) / (pace > 0 ? pace : 1.0);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(wall_ms / 1000.0)));
}

}  // namespace tapedeck::sim
