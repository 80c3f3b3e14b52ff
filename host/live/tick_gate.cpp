#include "live/tick_gate.hpp"

#include <algorithm>

namespace tapedeck {

// The lowest makes room, wherever it came: so whatever is above the lowest and not here was never here.
bool TickGate::admit_late(std::int64_t sequence) noexcept {
  std::rotate(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(lowest_), seen_.end());
  lowest_ = 0;
  const auto at = std::lower_bound(seen_.begin(), seen_.end(), sequence);
  if (at == seen_.begin() || (at != seen_.end() && *at == sequence)) return false;
  std::move(seen_.begin() + 1, at, seen_.begin());
  *(at - 1) = sequence;
  return true;
}

}  // namespace tapedeck
