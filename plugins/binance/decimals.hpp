// Exact decimals of Binance: "12345.67890000" to an int64 mantissa at a column's exponent.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace binance {

inline constexpr int kFinestExp = -8;  // live data has 8 decimals, always

enum class Scan {
  Ok,
  Malformed,   // not digits[.digits]; a sign too: nothing here can be negative
  TooPrecise,  // a non-zero digit below the exponent
  TooLarge,    // more than int64 holds at this exponent
};

namespace detail {

// Eight ASCII digits at once; false when one of the bytes is no digit. Little-endian, as the ABI.
inline bool eight_digits(const char *p, std::uint64_t &out) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  const std::uint64_t high = v & 0xF0F0F0F0F0F0F0F0U;
  const std::uint64_t carry = ((v + 0x0606060606060606U) & 0xF0F0F0F0F0F0F0F0U) >> 4;
  if ((high | carry) != 0x3333333333333333U) return false;
  v = ((v & 0x0F0F0F0F0F0F0F0FU) * 2561) >> 8;
  v = ((v & 0x00FF00FF00FF00FFU) * 6553601) >> 16;
  out = ((v & 0x0000FFFF0000FFFFU) * 42949672960001U) >> 32;
  return true;
}

// False when it does not fit.
inline bool append_digit(std::int64_t &mantissa, int digit) {
  return !__builtin_mul_overflow(mantissa, std::int64_t{10}, &mantissa) &&
         !__builtin_add_overflow(mantissa, std::int64_t{digit}, &mantissa);
}

}  // namespace detail

// Any number of digits on either side of an optional point; exp in [kFinestExp, 0].
inline Scan scan_any_decimal(std::string_view text, int exp, std::int64_t &mantissa) {
  std::int64_t m = 0;
  int decimals = -1;  // -1: the point has not come yet
  bool digit_seen = false, too_large = false, too_precise = false;
  for (char c : text) {
    if (c == '.' && decimals < 0 && digit_seen) {
      decimals = 0;
      digit_seen = false;
      continue;
    }
    if (c < '0' || c > '9') return Scan::Malformed;
    digit_seen = true;
    if (decimals == -exp) {
      too_precise |= c != '0';
      continue;
    }
    if (decimals >= 0) ++decimals;
    too_large |= !detail::append_digit(m, c - '0');
  }
  if (!digit_seen) return Scan::Malformed;
  for (int have = decimals < 0 ? 0 : decimals; have < -exp; ++have)
    too_large |= !detail::append_digit(m, 0);
  mantissa = m;
  return too_precise ? Scan::TooPrecise : too_large ? Scan::TooLarge : Scan::Ok;
}

// The same, with a short way for what the vendor sends: up to 10 digits, a point, 8 decimals.
inline Scan scan_decimal(std::string_view text, int exp, std::int64_t &mantissa) {
  const std::size_t whole_size = text.size() - 9;  // wraps to a huge number for short texts
  std::uint64_t fraction = 0;
  if (exp != kFinestExp || whole_size - 1 >= 10 || text[whole_size] != '.' ||
      !detail::eight_digits(text.data() + whole_size + 1, fraction))
    return scan_any_decimal(text, exp, mantissa);
  std::uint64_t whole = 0;
  for (std::size_t i = 0; i < whole_size; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    if (digit > 9) return Scan::Malformed;
    whole = whole * 10 + digit;
  }
  mantissa = static_cast<std::int64_t>(whole * 100000000U + fraction);
  return Scan::Ok;
}

}  // namespace binance
