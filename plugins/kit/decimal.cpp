#include "kit/decimal.hpp"

#include <algorithm>

namespace kit {
namespace {

constexpr std::int64_t kFarExponent = 1'000'000;  // beyond it only zero is a value

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits of a number, so far. A zero counts only once another digit follows it.
class Mantissa {
 public:
  void add(char digit, bool behind_point) {
    if (behind_point) --exponent_;
    if (digit == '0') {
      ++pending_zeros_;
      return;
    }
    if (value_ != 0)
      for (; pending_zeros_ > 0 && !too_long_; --pending_zeros_) append(0);
    pending_zeros_ = 0;
    append(digit - '0');
  }
  // value() * 10^exponent() is the number.
  std::int64_t value() const { return value_; }
  std::int64_t exponent() const { return exponent_ + pending_zeros_; }
  bool too_long() const { return too_long_; }

 private:
  void append(int digit) {
    too_long_ |= __builtin_mul_overflow(value_, std::int64_t{10}, &value_) ||
                 __builtin_add_overflow(value_, std::int64_t{digit}, &value_);
  }
  std::int64_t value_ = 0, exponent_ = 0, pending_zeros_ = 0;
  bool too_long_ = false;
};

// Takes the digits off the front of the text; false when there are none.
bool take_digits(std::string_view &text, bool behind_point, Mantissa &out) {
  std::size_t n = 0;
  for (; n < text.size() && is_digit(text[n]); ++n) out.add(text[n], behind_point);
  text.remove_prefix(n);
  return n > 0;
}

bool take(std::string_view &text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == any_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

// "-05" behind the e; stays at kFarExponent when it is larger. Nothing: malformed.
std::optional<std::int64_t> exponent_of(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  take(text, "+-");
  if (text.empty()) return {};
  std::int64_t out = 0;
  for (char c : text) {
    if (!is_digit(c)) return {};
    out = std::min(out * 10 + (c - '0'), kFarExponent);
  }
  return negative ? -out : out;
}

ScannedDecimal finished(const Mantissa &digits, bool negative, std::int64_t power) {
  if (digits.value() == 0 && !digits.too_long()) return {DecimalStatus::Ok, {0, 0}};
  const std::int64_t exponent = digits.exponent() + power;
  if (exponent < kFinestExponent) return {DecimalStatus::TooPrecise, {}};
  if (digits.too_long())
    return {exponent < 0 ? DecimalStatus::TooPrecise : DecimalStatus::TooLarge, {}};
  if (exponent > -kFinestExponent) return {DecimalStatus::TooLarge, {}};
  return {DecimalStatus::Ok,
          {negative ? -digits.value() : digits.value(), static_cast<int>(exponent)}};
}

}  // namespace

const char *said_of(DecimalStatus status) {
  switch (status) {
    case DecimalStatus::Ok:
      return "is a decimal";
    case DecimalStatus::Malformed:
      return "is not a decimal";
    case DecimalStatus::TooPrecise:
      return "has more decimals than int64 holds";
    case DecimalStatus::TooLarge:
      return "is larger than int64 holds";
  }
  return "is not a decimal";
}

ScannedDecimal scan_decimal(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  take(text, "+-");
  Mantissa digits;
  if (!take_digits(text, false, digits)) return {};
  if (take(text, ".") && !take_digits(text, true, digits)) return {};
  if (text.empty()) return finished(digits, negative, 0);
  if (!take(text, "eE")) return {};
  const auto power = exponent_of(text);
  return power ? finished(digits, negative, *power) : ScannedDecimal{};
}

DecimalStatus mantissa_at(Decimal value, int exp, std::int64_t &mantissa) {
  mantissa = 0;
  if (value.mantissa == 0) return DecimalStatus::Ok;
  std::int64_t m = value.mantissa;
  for (; value.exp > exp; --value.exp)
    if (__builtin_mul_overflow(m, std::int64_t{10}, &m)) return DecimalStatus::TooLarge;
  for (; value.exp < exp; ++value.exp) {
    if (m % 10 != 0) return DecimalStatus::TooPrecise;
    m /= 10;
  }
  if (m == TDK_NULL_I64) return DecimalStatus::TooLarge;
  mantissa = m;
  return DecimalStatus::Ok;
}

std::optional<int> common_exponent(std::span<const Decimal> values, int preferred) {
  int exp = preferred;
  const auto worst = [&] {
    DecimalStatus out = DecimalStatus::Ok;
    for (const Decimal &value : values) {
      std::int64_t unused = 0;
      const DecimalStatus status = mantissa_at(value, exp, unused);
      if (status == DecimalStatus::TooPrecise) return status;
      if (status != DecimalStatus::Ok) out = status;
    }
    return out;
  };
  DecimalStatus status = worst();
  const DecimalStatus first = status;
  while (status == first && status != DecimalStatus::Ok) {
    exp += status == DecimalStatus::TooPrecise ? -1 : 1;
    if (exp < kFinestExponent || exp > -kFinestExponent) return {};
    status = worst();
  }
  return status == DecimalStatus::Ok ? std::optional(exp) : std::nullopt;
}

}  // namespace kit
