#include "query/candle_comparison.hpp"

#include <algorithm>
#include <array>

#include "market/decimal.hpp"

namespace tapedeck {
namespace {

// 38 digits: enough for two int64 whose exponents are eight apart, times what a millionth of a basis point needs.
// What does not fit is taken for as different as can be.
__extension__ using Wide = __int128;

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kPerUnit = 10'000;                  // basis points
constexpr std::int64_t kInfinite = INT64_MAX;

struct Decimal {
  Wide mantissa;
  std::int32_t exp;
};

Decimal trimmed(std::int64_t mantissa, std::int32_t exp) {
  while (mantissa != 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    ++exp;
  }
  return {mantissa, mantissa == 0 ? 0 : exp};
}

// Brings both to the lower exponent; false: they do not fit.
bool align(Decimal &a, Decimal &b) {
  Decimal &coarse = a.exp > b.exp ? a : b;
  const std::int32_t fine = std::min(a.exp, b.exp);
  if (coarse.mantissa == 0) coarse.exp = fine;
  for (; coarse.exp > fine; --coarse.exp)
    if (__builtin_mul_overflow(coarse.mantissa, Wide{10}, &coarse.mantissa)) return false;
  coarse.exp = fine;
  return true;
}

Wide magnitude(Wide value) { return value < 0 ? -value : value; }

// The difference in millionths of a basis point of A, rounded up in size, with its sign; 0: equal.
std::int64_t difference(std::int64_t a, std::int32_t a_exp, std::int64_t b, std::int32_t b_exp) {
  Decimal x = trimmed(a, a_exp), y = trimmed(b, b_exp);
  if (!align(x, y)) return kInfinite;
  const Wide gap = y.mantissa - x.mantissa, base = magnitude(x.mantissa);  // each far below what fits
  if (gap == 0) return 0;
  const std::int64_t infinite = gap < 0 ? -kInfinite : kInfinite;
  Wide scaled = 0;
  if (base == 0 || __builtin_mul_overflow(magnitude(gap), Wide{kPerUnit} * kMillion, &scaled)) return infinite;
  const Wide parts = scaled / base + (scaled % base != 0 ? 1 : 0);
  if (parts >= kInfinite) return infinite;
  return static_cast<std::int64_t>(gap < 0 ? -parts : parts);
}

// "-1.25", to the nearest hundredth.
std::string basis_points(std::int64_t millionths) {
  if (millionths > kInfinite - kMillion || millionths < kMillion - kInfinite) return millionths > 0 ? "inf" : "-inf";
  constexpr std::int64_t kHundredth = kMillion / 100;
  const std::int64_t half = millionths < 0 ? -kHundredth / 2 : kHundredth / 2;
  return format_decimal((millionths + half) / kHundredth, -2);
}

struct Column {
  const char *name;
  const std::int64_t *tdk_candle_batch::*cells;
};
constexpr std::array<Column, 4> kColumns = {{{"open", &tdk_candle_batch::open},
                                             {"high", &tdk_candle_batch::high},
                                             {"low", &tdk_candle_batch::low},
                                             {"close", &tdk_candle_batch::close}}};

}  // namespace

std::optional<std::int64_t> parse_tolerance(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  std::string decimals(text.substr(std::min(point + 1, text.size())));
  if (digits.empty() || digits.size() > 5 || decimals.size() > 6 || (point < text.size() && decimals.empty())) return std::nullopt;
  decimals.resize(6, '0');
  digits += decimals;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const std::int64_t value = std::stoll(digits);
  return value <= kPerUnit * kMillion ? std::optional(value) : std::nullopt;
}

void CandleComparison::note_largest(std::int64_t millionths) {
  const std::int64_t size = millionths < 0 ? -millionths : millionths;
  if (size <= largest_) return;
  largest_ = size;
  summary_.largest = basis_points(size);
}

void CandleComparison::add_single(const tdk_candle_batch &batch, std::size_t i, CandleDifference::Kind kind) {
  CandleDifference d{kind, batch.open_time[i], "close", "", "", ""};
  const bool of_a = kind == CandleDifference::Kind::OnlyA;
  ++(of_a ? summary_.only_a : summary_.only_b);
  (of_a ? d.a : d.b) = format_decimal(batch.close[i], batch.price_exp);
  on_difference_(d);
}

void CandleComparison::add_pair(const tdk_candle_batch &a, std::size_t i, const tdk_candle_batch &b, std::size_t j) {
  bool equal = true, within = true;
  for (const Column &column : kColumns) {
    const std::int64_t of_a = (a.*column.cells)[i], of_b = (b.*column.cells)[j];
    const std::int64_t apart = difference(of_a, a.price_exp, of_b, b.price_exp);
    if (apart == 0) continue;
    equal = false;
    note_largest(apart);
    if (apart <= tolerance_ && apart >= -tolerance_) continue;
    within = false;
    on_difference_({CandleDifference::Kind::Price, a.open_time[i], column.name, format_decimal(of_a, a.price_exp),
                    format_decimal(of_b, b.price_exp), basis_points(apart)});
  }
  ++(equal ? summary_.equal : within ? summary_.within : summary_.different);
}

void CandleComparison::add(const tdk_candle_batch &a, const tdk_candle_batch &b) {
  std::size_t i = 0, j = 0;
  while (i < a.count || j < b.count) {
    const bool has_a = i < a.count, has_b = j < b.count;
    if (has_a && has_b && a.open_time[i] == b.open_time[j]) add_pair(a, i++, b, j++);
    else if (has_a && (!has_b || a.open_time[i] < b.open_time[j])) add_single(a, i++, CandleDifference::Kind::OnlyA);
    else add_single(b, j++, CandleDifference::Kind::OnlyB);
  }
  summary_.rows_a += a.count;
  summary_.rows_b += b.count;
}

}  // namespace tapedeck
