// Exact decimals as the simulator keeps them: an integer count of 1e-8. Nothing here touches a
// float.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck::sim {

/// One whole unit in mantissa steps (8 decimals, what Binance prints).
inline constexpr std::int64_t kUnit = 100'000'000;

/// Sums of volumes need more than 64 bits: a month of BTCUSDT turns over more than 9.2e10 USDT.
__extension__ typedef __int128 Wide;

enum class DecimalError { NotANumber, TooManyDecimals, TooLarge };

struct DecimalResult {
  std::int64_t value = 0;
  std::optional<DecimalError> error;
};

/// Parses `12`, `-0.5`, `.5` or `1e-05` exactly; trailing zeros beyond the 8th decimal are fine.
DecimalResult parse_decimal(std::string_view text);

/// Says in words why a number was refused.
std::string_view describe(DecimalError error);

namespace detail {
constexpr std::array<char, 200> make_digit_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr std::array<char, 200> kDigitPairs = make_digit_pairs();

inline void write_pair(char *out, std::uint32_t value) {
  std::memcpy(out, kDigitPairs.data() + 2 * value, 2);
}
}  // namespace detail

/// Writes exactly 8 digits of `value` (< 1e8); returns the end.
inline char *write_digits8(char *out, std::uint32_t value) {
  const std::uint32_t high = value / 10'000;
  const std::uint32_t low = value % 10'000;
  detail::write_pair(out, high / 100);
  detail::write_pair(out + 2, high % 100);
  detail::write_pair(out + 4, low / 100);
  detail::write_pair(out + 6, low % 100);
  return out + 8;
}

/// Writes an unsigned integer without padding; needs up to 20 bytes; returns the end.
inline char *write_unsigned(char *out, std::uint64_t value) {
  char digits[20];
  char *first = digits + sizeof digits;
  while (value >= 100) {
    first -= 2;
    detail::write_pair(first, static_cast<std::uint32_t>(value % 100));
    value /= 100;
  }
  if (value >= 10) {
    first -= 2;
    detail::write_pair(first, static_cast<std::uint32_t>(value));
  } else {
    *--first = static_cast<char>('0' + value);
  }
  const auto length = static_cast<std::size_t>(digits + sizeof digits - first);
  std::memcpy(out, first, length);
  return out + length;
}

/// Writes the mantissa with exactly 8 decimals; needs up to 32 bytes; returns the end.
inline char *write_decimal(char *out, std::int64_t mantissa) {
  auto magnitude = static_cast<std::uint64_t>(mantissa);
  if (mantissa < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  constexpr auto unit = static_cast<std::uint64_t>(kUnit);
  out = write_unsigned(out, magnitude / unit);
  *out++ = '.';
  return write_digits8(out, static_cast<std::uint32_t>(magnitude % unit));
}

/// The same for sums; needs up to 48 bytes.
char *write_decimal_wide(char *out, Wide mantissa);

inline char *write_decimal(char *out, Wide mantissa) {
  const auto narrow = static_cast<std::int64_t>(mantissa);
  return narrow == mantissa ? write_decimal(out, narrow) : write_decimal_wide(out, mantissa);
}

/// Mantissa as text with 8 decimals.
std::string decimal_text(Wide mantissa);

}  // namespace tapedeck::sim
