// Any vendor's decimal text as an exact mantissa and power of ten, and the exponent a column of
// such values shares. Nothing is ever rounded: what does not fit is said so.
#pragma once

#include <tapedeck/layer/candles.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kit {

using tapedeck::Decimal;

inline constexpr int kFinestExponent = -18;

enum class DecimalStatus {
  Ok,
  Malformed,   // not [sign]digits[.digits][e[sign]digits]
  TooPrecise,  // a digit that is not zero lies below the exponent, or below 10^-18
  TooLarge,    // more than int64 holds; the smallest int64 is not a value, it means "unknown"
};

// Why it is none, for a text: "is not a decimal", "has more digits than int64 holds".
const char *said_of(DecimalStatus status);

struct ScannedDecimal {
  DecimalStatus status = DecimalStatus::Malformed;
  Decimal value;  // if Ok, without zeros at its end: "1.50" is 15 * 10^-1, every zero is 0 * 10^0
};

// "+12.50", "-0.1", "1.5e-05", "2E8". White space is malformed.
ScannedDecimal scan_decimal(std::string_view text);

// The mantissa at exponent `exp`.
DecimalStatus mantissa_at(Decimal value, int exp, std::int64_t &mantissa);

// The exponent at which every value is exact and fits: `preferred` if it is one, else the nearest
// finer one if some value has more digits, or the nearest coarser one if some value is too large.
// Nothing when there is none.
std::optional<int> common_exponent(std::span<const Decimal> values, int preferred);

}  // namespace kit
