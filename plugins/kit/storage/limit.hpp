// The limit of a request as SQL takes it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace kit {

// 0 is no limit, and so is what a signed integer cannot hold.
inline std::int64_t sql_limit(std::uint64_t limit) {
  constexpr auto kNone = static_cast<std::uint64_t>(INT64_MAX);
  return static_cast<std::int64_t>(limit == 0 ? kNone : std::min(limit, kNone));
}

}  // namespace kit
