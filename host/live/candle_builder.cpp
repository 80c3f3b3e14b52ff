#include "live/candle_builder.hpp"

#include <algorithm>

#include "market/decimal.hpp"

namespace tapedeck {

// One price, and what was traded at it.
struct CandleBuilder::Print {
  Nanos time;
  std::int64_t sequence;
  std::int64_t price;
  std::int64_t size;  // TDK_NULL_I64: a quote
  std::int64_t trades;
  std::int32_t price_exp, size_exp;
};

namespace {

__extension__ using Wide = __int128;

constexpr Nanos kFarAhead = 10 * kMinute;  // of the vendor's time: one of the two is wrong
constexpr int kFirstTicks = 2;             // the first may be of long before the connection
constexpr std::size_t kMostSlots = 4096;   // open at once, for an absurd `late`

bool before(Nanos time, std::int64_t sequence, Nanos other_time, std::int64_t other_sequence) {
  return time != other_time ? time < other_time : sequence < other_sequence;
}

// Brings `value` from one exponent to a finer one; false, and `value` is of no use, when it does not fit.
template <class Integer>
bool to_exponent(Integer &value, std::int32_t from, std::int32_t to) {
  for (; from > to; --from)
    if (__builtin_mul_overflow(value, Integer{10}, &value)) return false;
  return true;
}

// The sum as a mantissa of int64 at the coarsest exponent up to 0 at which it is exact.
void set_turnover(CandleRow &row, Wide sum, std::int32_t exp) {
  while (exp < 0 && sum % 10 == 0) {
    sum /= 10;
    ++exp;
  }
  const bool fits = sum <= INT64_MAX && sum > TDK_NULL_I64 && exp >= -18 && exp <= 18;
  row.turnover = fits ? static_cast<std::int64_t>(sum) : TDK_NULL_I64;
  row.turnover_exp = fits ? exp : 0;
}

}  // namespace

void CandleBuilder::restart() {
  if (!slots_.empty()) closed_until_ = std::max(closed_until_, slots_.front().open_time);
  slots_.clear();
  first_slot_.reset();
  first_ticks_ = 0;
  far_ahead_.reset();
  newest_ = INT64_MIN;
}

Nanos CandleBuilder::vendor_now(Nanos mono_ns) const { return newest_ + std::max<Nanos>(mono_ns - newest_mono_, 0); }

// Begins anew with the second of two that agree: what was built before is of another time.
bool CandleBuilder::believable(Nanos time, Nanos mono_ns) {
  if (newest_ == INT64_MIN || time <= vendor_now(mono_ns) + kFarAhead) {
    far_ahead_.reset();
    return true;
  }
  if (far_ahead_ && time >= *far_ahead_ - kFarAhead && time <= *far_ahead_ + kFarAhead) {
    restart();
    return true;
  }
  far_ahead_ = time;
  return false;
}

void CandleBuilder::note_beginning(Nanos open_time) {
  if (first_ticks_ == kFirstTicks) return;
  ++first_ticks_;
  first_slot_ = std::max(first_slot_.value_or(open_time), open_time);
}

CandleBuilder::Slot &CandleBuilder::slot_at(Nanos open_time) {
  const auto at = std::lower_bound(slots_.begin(), slots_.end(), open_time,
                                   [](const Slot &s, Nanos t) { return s.open_time < t; });
  if (at != slots_.end() && at->open_time == open_time) return *at;
  Slot slot{};
  slot.open_time = slot.row.open_time = open_time;
  slot.whole = first_slot_ && open_time > *first_slot_;
  slot.row.volume = TDK_NULL_I64;
  return *slots_.insert(at, slot);
}

bool CandleBuilder::add(const Tick &tick, Nanos mono_ns) {
  Print print{tick.time, tick.sequence, tick.last, tick.last_size, tick.trades, tick.price_exp, tick.size_exp};
  if (!tick.trade()) {
    if (tick.bid == TDK_NULL_I64 || tick.ask == TDK_NULL_I64) return true;
    const Wide twice = static_cast<Wide>(tick.bid) + tick.ask;
    constexpr Wide kMost = INT64_MAX / 5;
    if (twice > kMost || twice < -kMost || tick.price_exp <= -18) return true;  // no price of any market
    print = {tick.time, tick.sequence, static_cast<std::int64_t>(twice) * 5, TDK_NULL_I64, TDK_NULL_I64, tick.price_exp - 1, 0};
  }
  if (print.price == TDK_NULL_I64) return true;
  const Nanos open_time = interval_.floor(tick.time);
  if (!believable(tick.time, mono_ns) || open_time < closed_until_ || slots_.size() >= kMostSlots) {
    reopened_ = open_time;
    return false;
  }
  note_beginning(open_time);
  if (tick.time > newest_) {
    newest_ = tick.time;
    newest_mono_ = mono_ns;
  }
  apply(slot_at(open_time), print);
  return true;
}

// Brings the slot to exponents as fine as these; false, and nothing is changed, when a value does not fit.
bool CandleBuilder::rescale(Slot &slot, std::int32_t price_exp, std::int32_t size_exp) {
  CandleRow r = slot.row;
  const bool has_volume = r.volume != TDK_NULL_I64;
  if (price_exp >= r.price_exp && (!has_volume || size_exp >= r.volume_exp)) return true;
  const std::int32_t finer = std::min(price_exp, r.price_exp);
  for (std::int64_t *p : {&r.open, &r.high, &r.low, &r.close})
    if (!to_exponent(*p, r.price_exp, finer)) return false;
  const std::int32_t finer_size = has_volume ? std::min(size_exp, r.volume_exp) : r.volume_exp;
  if (has_volume && !to_exponent(r.volume, r.volume_exp, finer_size)) return false;
  slot.turnover_fits &= to_exponent(slot.turnover, r.price_exp + r.volume_exp, finer + finer_size);
  r.price_exp = finer;
  r.volume_exp = finer_size;
  slot.row = r;
  return true;
}

void CandleBuilder::apply(Slot &slot, const Print &p) {
  CandleRow &r = slot.row;
  if (slot.empty) {
    slot.empty = false;
    r.price_exp = p.price_exp;
    r.volume_exp = p.size_exp;
    r.open = r.high = r.low = r.close = p.price;
    slot.first_time = slot.last_time = p.time;
    slot.first_sequence = slot.last_sequence = p.sequence;
    if (p.size != TDK_NULL_I64) r.volume = r.trades = 0;
  }
  std::int64_t price = p.price, size = p.size == TDK_NULL_I64 ? 0 : p.size;
  if (!rescale(slot, p.price_exp, p.size_exp) || !to_exponent(price, p.price_exp, r.price_exp) ||
      !to_exponent(size, p.size_exp, r.volume_exp)) {
    slot.whole = false;  // cannot be kept exactly: it is asked for instead
    return;
  }
  if (before(p.time, p.sequence, slot.first_time, slot.first_sequence)) {
    r.open = price;
    slot.first_time = p.time;
    slot.first_sequence = p.sequence;
  }
  if (!before(p.time, p.sequence, slot.last_time, slot.last_sequence)) {
    r.close = price;
    slot.last_time = p.time;
    slot.last_sequence = p.sequence;
  }
  r.high = std::max(r.high, price);
  r.low = std::min(r.low, price);
  if (r.volume == TDK_NULL_I64) return;
  const std::int64_t trades = p.trades == TDK_NULL_I64 ? 1 : p.trades;
  if (__builtin_add_overflow(r.volume, size, &r.volume)) slot.whole = false;
  if (__builtin_add_overflow(r.trades, trades, &r.trades)) slot.whole = false;
  slot.turnover_fits &= !__builtin_add_overflow(slot.turnover, static_cast<Wide>(price) * size, &slot.turnover);
}

CandleRow CandleBuilder::finished(const Slot &slot) const {
  CandleRow row = slot.row;
  if (row.volume != TDK_NULL_I64 && slot.turnover_fits) set_turnover(row, slot.turnover, row.price_exp + row.volume_exp);
  return row;
}

const std::vector<CandleRow> &CandleBuilder::close_due(Nanos mono_ns) {
  closed_.clear();
  if (newest_ == INT64_MIN) return closed_;
  const Nanos now = vendor_now(mono_ns);
  while (!slots_.empty() && interval_.next(slots_.front().open_time) + late_ <= now) {
    if (slots_.front().whole) closed_.push_back(finished(slots_.front()));
    closed_until_ = interval_.next(slots_.front().open_time);
    slots_.pop_front();
  }
  return closed_;
}

std::optional<CandleRow> CandleBuilder::forming() const {
  if (slots_.empty()) return std::nullopt;
  CandleRow row = finished(slots_.back());
  row.state |= TDK_CANDLE_FORMING;
  return row;
}

}  // namespace tapedeck
