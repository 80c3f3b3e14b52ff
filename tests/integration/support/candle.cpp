#include "support/candle.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>

namespace tapedeck::integration {
namespace {

constexpr std::size_t kPlaces = 8;

std::string text_of(const Candle &c) {
  std::string out;
  for (const std::int64_t v : {c.open_ms, c.open, c.high, c.low, c.close, c.volume}) out += std::to_string(v) + " ";
  return out;
}

}  // namespace

std::int64_t units_of(std::string_view decimal) {
  const auto point = std::min(decimal.find('.'), decimal.size());
  std::string digits(decimal.substr(0, point));
  std::string fraction(decimal.substr(std::min(point + 1, decimal.size())));
  if (fraction.size() > kPlaces) throw std::invalid_argument("too many decimals: " + std::string(decimal));
  fraction.resize(kPlaces, '0');
  digits += fraction;
  std::int64_t units = 0;
  const auto end = digits.data() + digits.size();
  if (const auto r = std::from_chars(digits.data(), end, units); r.ptr != end || r.ec != std::errc())
    throw std::invalid_argument("no decimal: " + std::string(decimal));
  return units;
}

std::int64_t units_of(std::int64_t mantissa, int exponent) {
  for (; exponent > -static_cast<int>(kPlaces); --exponent)
    if (__builtin_mul_overflow(mantissa, 10, &mantissa)) throw std::invalid_argument("too large for units of 1e-8");
  for (; exponent < -static_cast<int>(kPlaces); ++exponent) {
    if (mantissa % 10 != 0) throw std::invalid_argument("finer than 1e-8");
    mantissa /= 10;
  }
  return mantissa;
}

std::string difference(const std::vector<Candle> &found, const std::vector<Candle> &expected) {
  const auto [f, e] = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
  if (f == found.end() && e == expected.end()) return {};
  return std::to_string(found.size()) + " rows, expected " + std::to_string(expected.size()) + "; row " +
         std::to_string(f - found.begin()) + " is " + (f == found.end() ? "missing" : text_of(*f)) + ", expected " +
         (e == expected.end() ? "none" : text_of(*e));
}

std::vector<Candle> not_in(const std::vector<Candle> &found, const std::vector<Candle> &truth) {
  std::vector<Candle> out;
  std::set_difference(found.begin(), found.end(), truth.begin(), truth.end(), std::back_inserter(out));
  return out;
}

}  // namespace tapedeck::integration
