// Exact decimals as text: mantissa * 10^exp, digits exactly as stored.
#pragma once

#include <cstdint>
#include <string>

namespace tapedeck {

// 123450 at -5 is "1.23450", 5 at 2 is "500", 0 at -2 is "0.00". Zeros are never dropped or added.
void append_decimal(std::string &out, std::int64_t mantissa, int exp);
std::string format_decimal(std::int64_t mantissa, int exp);

// The longest text append_decimal() makes at exponents from -18 to 18.
inline constexpr std::size_t kDecimalMax = 40;
// The same into a buffer of kDecimalMax bytes; returns the end.
char *write_decimal(char *out, std::int64_t mantissa, int exp) noexcept;

}  // namespace tapedeck
