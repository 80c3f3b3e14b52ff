#include "sim/seats.hpp"

namespace tapedeck::sim {
namespace {

/// A new connection over the cap has this long to authenticate and subscribe.
constexpr std::int64_t kNewEvictedMs = 1'500;

}  // namespace

std::int64_t Seat::evicted_at() const {
  const std::lock_guard lock(mutex_);
  return evicted_at_;
}

void Seat::evict(std::int64_t at_ms) {
  {
    const std::lock_guard lock(mutex_);
    evicted_at_ = at_ms;
  }
  if (wake_) wake_();
}

void Seats::take(const std::string &account, const std::shared_ptr<Seat> &seat,
                 std::int64_t now_ms) {
  std::shared_ptr<Seat> out;
  {
    const std::lock_guard lock(mutex_);
    auto &seats = taken_[account];
    seats.push_back(seat);
    if (static_cast<std::int64_t>(seats.size()) <= most_) return;
    out = evict_new_ ? seats.back() : seats.front();
    seats.remove(out);
  }
  out->evict(evict_new_ ? now_ms + kNewEvictedMs : now_ms);
}

void Seats::leave(const std::shared_ptr<Seat> &seat) {
  const std::lock_guard lock(mutex_);
  for (auto &[account, seats] : taken_) seats.remove(seat);
}

}  // namespace tapedeck::sim
