#include "live/breaker.hpp"

#include <algorithm>

namespace tapedeck {

std::string_view breaker_state_name(BreakerState state) noexcept {
  switch (state) {
    case BreakerState::Closed: return "closed";
    case BreakerState::Open: return "open";
    case BreakerState::HalfOpen: return "half_open";
  }
  return "closed";
}

BreakerState Breaker::state(Nanos now) const {
  if (!opened_) return BreakerState::Closed;
  return trying_ || now >= next_try_ ? BreakerState::HalfOpen : BreakerState::Open;
}

bool Breaker::try_connect(Nanos now) {
  std::lock_guard lock(mutex_);
  if (now < next_try_) return false;
  if (opened_ && trying_) return false;
  trying_ = opened_;
  return true;
}

void Breaker::succeeded() {
  std::lock_guard lock(mutex_);
  worked_ = true;
  opened_ = trying_ = false;
  next_try_ = INT64_MIN;
  last_error_.clear();
}

void Breaker::left() {
  std::lock_guard lock(mutex_);
  trying_ = false;
}

Nanos Breaker::wait(Nanos now) {
  const Nanos share = (now - down_since_) / settings_.outage_share;
  const Nanos cap = std::clamp(share, settings_.short_cap, settings_.longest);
  Nanos grown = settings_.first;
  for (int i = 1; i < failures_ && grown < cap; ++i) grown *= 2;
  grown = std::min(grown, cap);
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const double jitter = 0.75 + 0.25 * static_cast<double>(random_ >> 11) * 0x1p-53;  // 75 to 100 %
  return static_cast<Nanos>(static_cast<double>(grown) * jitter);
}

void Breaker::failed(Nanos now, const Failure &failure) {
  std::lock_guard lock(mutex_);
  const bool lost_with_others = failure.had_data && !worked_ && failures_ > 0;
  if (failure.had_data && worked_ && failure.lived >= settings_.steady_after) failures_ = 0;
  worked_ = false;
  if (failures_ == 0 || failure.had_data) down_since_ = now;  // the outage begins where the data ended
  if (!lost_with_others) ++failures_;
  trying_ = false;
  last_error_ = failure.error;
  const bool away = failure.lasting || failure.asked_wait > settings_.short_cap;
  opened_ = opened_ || away || failures_ >= settings_.open_after;
  const Nanos refused = failure.lasting ? settings_.refused_wait : 0;
  const Nanos next = now + std::max({wait(now), failure.asked_wait, refused});
  next_try_ = std::max(next_try_, next);
}

bool Breaker::open(Nanos now) const {
  std::lock_guard lock(mutex_);
  return state(now) != BreakerState::Closed;
}

BreakerSnapshot Breaker::snapshot(Nanos now) const {
  std::lock_guard lock(mutex_);
  return {state(now), worked_ ? 0 : failures_, next_try_ > now ? next_try_ : 0, last_error_};
}

}  // namespace tapedeck
