// NUMERIC in PostgreSQL's binary format, to and from a mantissa and a power of ten; exact or refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tapedeck::postgres {

// Four numbers of two bytes, then the digits to the base 10000; at most 13 of them here.
inline constexpr std::size_t kNumericMax = 8 + 2 * 13;

// Writes mantissa * 10^exp, exp -18 to 18, with as many places as -exp says. Returns the bytes written.
std::size_t write_numeric(char *to, std::int64_t mantissa, int exp);

// The mantissa that times 10^exp is the number; false when no int64 is.
bool read_numeric(std::string_view bytes, int exp, std::int64_t &mantissa);

}  // namespace tapedeck::postgres
