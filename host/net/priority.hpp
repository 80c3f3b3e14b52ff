// The classes of work that share a vendor account, the most urgent first.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tapedeck {

enum class Priority : std::uint8_t { Live, Repair, Backfill };
inline constexpr std::size_t kPriorities = 3;

}  // namespace tapedeck
