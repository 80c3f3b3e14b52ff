#include "composer.hpp"

#include "compare.hpp"

#include <algorithm>
#include <array>

namespace polygon {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

[[noreturn]] void too_large() {
  throw tapedeck::Error(TDK_BAD_DATA, "polygon: a sum of volumes does not fit int64");
}

kit::Decimal sum(const kit::Decimal &a, const kit::Decimal &b) {
  const std::array<kit::Decimal, 2> both{a, b};
  const auto exp = kit::common_exponent(both, std::min(a.exp, b.exp));
  std::int64_t x = 0, y = 0;
  if (!exp || kit::mantissa_at(a, *exp, x) != kit::DecimalStatus::Ok ||
      kit::mantissa_at(b, *exp, y) != kit::DecimalStatus::Ok || __builtin_add_overflow(x, y, &x))
    too_large();
  return {x, *exp};
}

std::int64_t sum_of_counts(std::int64_t a, std::int64_t b) {
  if (a == TDK_NULL_I64 || b == TDK_NULL_I64) return TDK_NULL_I64;
  if (__builtin_add_overflow(a, b, &a)) too_large();
  return a;
}

}  // namespace

void Composer::add(const std::vector<Bar> &pieces, std::int64_t known_until_ms) {
  for (const Bar &piece : pieces) {
    if (!interval_.composed()) {
      whole_.push_back(piece.candle);
      continue;
    }
    const std::int64_t open_ms = floor_open(interval_, piece.open_ms);
    if (current_ && open_ms == current_open_ms_) {
      merge(piece);
      continue;
    }
    finish();
    current_ = piece.candle;
    current_open_ms_ = open_ms;
    current_->open_time = open_ms * kNsPerMs;
    if (next_open(interval_, open_ms) > known_until_ms) current_->state = TDK_CANDLE_FORMING;
  }
}

void Composer::merge(const Bar &piece) {
  kit::ExactCandle &c = *current_;
  const kit::ExactCandle &p = piece.candle;
  if (less(c.high, p.high)) c.high = p.high;
  if (less(p.low, c.low)) c.low = p.low;
  (newest_first_ ? c.open : c.close) = newest_first_ ? p.open : p.close;
  c.volume = c.volume && p.volume ? std::optional(sum(*c.volume, *p.volume)) : std::nullopt;
  c.trades = sum_of_counts(c.trades, p.trades);
  c.state |= p.state;
}

void Composer::finish() {
  if (current_) whole_.push_back(*current_);
  current_.reset();
}

}  // namespace polygon
