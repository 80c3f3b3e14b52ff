#include "live/tick_gate.hpp"

#include <algorithm>

namespace tapedeck {

// While the window is not full, it holds all there was.
bool TickGate::admit_late(std::int64_t sequence) noexcept {
  if (std::find(seen_.begin(), seen_.end(), sequence) != seen_.end()) return false;
  if (sequence < *std::min_element(seen_.begin(), seen_.end())) return false;
  remember(sequence);
  return true;
}

}  // namespace tapedeck
