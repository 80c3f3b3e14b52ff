#include "publish/outage.hpp"

#include <algorithm>

namespace tapedeck {

bool Outage::begin(Nanos now) {
  if (on_) return false;
  on_ = true;
  since_ = now;
  pause_ = 0;
  return true;
}

Nanos Outage::next_pause() {
  pause_ = std::clamp(pause_ * 2, first_, longest_);
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return pause_ - static_cast<Nanos>(random_ % static_cast<std::uint64_t>(pause_ / 2 + 1));
}

Nanos Outage::end(Nanos now) {
  on_ = false;
  return now - since_;
}

}  // namespace tapedeck
