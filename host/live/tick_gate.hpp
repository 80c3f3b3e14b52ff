// Each trade and quote once, by the vendor's number; late ones pass.
#pragma once

#include <array>
#include <cstdint>

#include "market/tick.hpp"

namespace tapedeck {

// One kind of ticks of one symbol. Remembers the kWindow highest numbers: what is below all of them came
// before. Ticks without a number pass. Threads: one at a time.
class TickGate {
 public:
  static constexpr std::size_t kWindow = 256;

  bool admit(const Tick &tick) noexcept {
    if (tick.sequence == TDK_NULL_I64) return true;
    if (tick.sequence > newest_) {
      newest_ = tick.sequence;
      seen_[lowest_] = tick.sequence;
      lowest_ = (lowest_ + 1) % kWindow;
      return true;
    }
    return admit_late(tick.sequence);
  }
  // Another vendor counts in another way.
  void forget() noexcept { *this = TickGate(); }

 private:
  bool admit_late(std::int64_t sequence) noexcept;

  std::int64_t newest_ = INT64_MIN;
  std::size_t lowest_ = 0;  // from there on they ascend, and go on at 0
  std::array<std::int64_t, kWindow> seen_ = filled();  // INT64_MIN: none yet
  static constexpr std::array<std::int64_t, kWindow> filled() {
    std::array<std::int64_t, kWindow> out{};
    out.fill(INT64_MIN);
    return out;
  }
};

}  // namespace tapedeck
