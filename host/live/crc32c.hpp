// The checksum of the spool: CRC-32C (Castagnoli).
#pragma once

#include <cstdint>
#include <string_view>

namespace tapedeck {

// `before`: of the bytes that come first, so that parts can be summed one after another.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace tapedeck
