#include "market/decimal.hpp"

#include <charconv>
#include <cstring>

namespace tapedeck {
namespace {

// Writes the digits of v right-aligned so that they end at `end`; returns where they start.
char *digits_before(char *end, std::uint64_t v) noexcept {
  static constexpr char kPairs[] =
      "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
      "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
      "8081828384858687888990919293949596979899";
  while (v >= 100) {
    end -= 2;
    std::memcpy(end, kPairs + 2 * (v % 100), 2);
    v /= 100;
  }
  if (v >= 10) {
    end -= 2;
    std::memcpy(end, kPairs + 2 * v, 2);
  } else {
    *--end = static_cast<char>('0' + v);
  }
  return end;
}

}  // namespace

char *write_decimal(char *out, std::int64_t mantissa, int exp) noexcept {
  if (mantissa < 0) *out++ = '-';
  // Negating in unsigned arithmetic: INT64_MIN has no positive counterpart.
  const std::uint64_t v = mantissa < 0 ? 0 - static_cast<std::uint64_t>(mantissa)
                                       : static_cast<std::uint64_t>(mantissa);
  char buffer[24];
  char *const end = buffer + sizeof buffer;
  const char *digits = digits_before(end, v);
  const auto count = static_cast<int>(end - digits);
  const auto copy = [&out](const char *from, int n) {
    std::memcpy(out, from, static_cast<std::size_t>(n));
    out += n;
  };
  const auto zeros = [&out](int n) {
    std::memset(out, '0', static_cast<std::size_t>(n));
    out += n;
  };
  if (exp >= 0) {
    copy(digits, count);
    if (v != 0) zeros(exp);
    return out;
  }
  const int fraction = -exp;
  if (count > fraction) {
    copy(digits, count - fraction);
  } else {
    *out++ = '0';
  }
  *out++ = '.';
  if (count < fraction) zeros(fraction - count);
  const int shown = count < fraction ? count : fraction;
  copy(end - shown, shown);
  return out;
}

void append_decimal(std::string &out, std::int64_t mantissa, int exp) {
  char buffer[kDecimalMax];
  out.append(buffer, static_cast<std::size_t>(write_decimal(buffer, mantissa, exp) - buffer));
}

std::string format_decimal(std::int64_t mantissa, int exp) {
  std::string out;
  append_decimal(out, mantissa, exp);
  return out;
}

}  // namespace tapedeck
