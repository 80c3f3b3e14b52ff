#include "sim/decimal.hpp"

#include <limits>

namespace tapedeck::sim {
namespace {

constexpr int kDecimals = 8;
constexpr int kMaxExponent = 64;

struct Scanned {
  Wide digits = 0;
  int exponent = 0;  // value = digits * 10^exponent
  bool negative = false;
  std::optional<DecimalError> error;
};

/// Reads `e-05`; only small exponents, so that the arithmetic below stays in range.
bool scan_exponent(std::string_view text, int &exponent) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 2) return false;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  exponent += negative ? -value : value;
  return value <= kMaxExponent;
}

Scanned scan(std::string_view text) {
  Scanned out;
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) out.negative = text[at++] == '-';
  bool point = false;
  bool any = false;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') return {0, 0, false, DecimalError::NotANumber};
    any = true;
    if (out.digits > std::numeric_limits<std::int64_t>::max()) {
      // Beyond 19 significant digits only zeros after the point can still be dropped.
      if (text[at] != '0' || !point) return {0, 0, false, DecimalError::TooLarge};
      continue;
    }
    out.digits = out.digits * 10 + (text[at] - '0');
    if (point) --out.exponent;
  }
  if (!any) return {0, 0, false, DecimalError::NotANumber};
  if (at < text.size() && !scan_exponent(text.substr(at + 1), out.exponent))
    return {0, 0, false, DecimalError::NotANumber};
  return out;
}

}  // namespace

DecimalResult parse_decimal(std::string_view text) {
  Scanned scanned = scan(text);
  if (scanned.error) return {0, scanned.error};
  if (scanned.digits == 0) return {0, std::nullopt};
  int shift = scanned.exponent + kDecimals;
  for (; shift < 0; ++shift) {
    if (scanned.digits % 10 != 0) return {0, DecimalError::TooManyDecimals};
    scanned.digits /= 10;
  }
  for (; shift > 0; --shift) {
    scanned.digits *= 10;
    if (scanned.digits > std::numeric_limits<std::int64_t>::max()) break;
  }
  if (scanned.digits > std::numeric_limits<std::int64_t>::max()) return {0, DecimalError::TooLarge};
  const auto value = static_cast<std::int64_t>(scanned.digits);
  return {scanned.negative ? -value : value, std::nullopt};
}

std::string_view describe(DecimalError error) {
  switch (error) {
    case DecimalError::NotANumber:
      return "is not a decimal number";
    case DecimalError::TooManyDecimals:
      return "has more than 8 decimals";
    case DecimalError::TooLarge:
      return "is too large";
  }
  return "is not a decimal number";
}

char *write_decimal_wide(char *out, Wide mantissa) {
  if (mantissa < 0) {
    *out++ = '-';
    mantissa = -mantissa;
  }
  const Wide whole = mantissa / kUnit;
  constexpr std::uint64_t kTen18 = 1'000'000'000'000'000'000;
  const auto high = static_cast<std::uint64_t>(whole / kTen18);
  auto low = static_cast<std::uint64_t>(whole % kTen18);
  if (high == 0) {
    out = write_unsigned(out, low);
  } else {
    out = write_unsigned(out, high);
    for (int i = 17; i >= 0; --i, low /= 10) out[i] = static_cast<char>('0' + low % 10);
    out += 18;
  }
  *out++ = '.';
  return write_digits8(out, static_cast<std::uint32_t>(mantissa % kUnit));
}

std::string decimal_text(Wide mantissa) {
  char buffer[64];
  return {buffer, write_decimal(buffer, mantissa)};
}

}  // namespace tapedeck::sim
