#include "sim/synthetic.hpp"

#include <cmath>

#include "sim/hashing.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

constexpr std::int64_t index_of(std::int64_t ms) { return (ms - kSyntheticFirst) / kMinuteMs; }
constexpr std::int64_t time_of(std::int64_t index) { return kSyntheticFirst + index * kMinuteMs; }

std::uint64_t details(std::uint64_t key, std::int64_t index) {
  return hash_at(key ^ 0x64657461, static_cast<std::uint64_t>(index));
}

std::uint64_t split_key(std::uint64_t key, std::int64_t index) {
  return hash_at(key ^ 0x73706c69, static_cast<std::uint64_t>(index));
}

constexpr std::int64_t bits(std::uint64_t h, int at, int count) {
  return static_cast<std::int64_t>(h >> at & ((std::uint64_t{1} << count) - 1));
}

/// Length of a wick: short ones are common, long ones rare.
std::int64_t wick(std::int64_t price, std::int64_t scale, std::int64_t random12) {
  return (price * scale >> 20) * (random12 * random12 >> 4) >> 20;
}

/// The last block a thread has made: pages of one series follow each other.
struct Recent {
  std::uint64_t key = 0;
  std::int64_t block = -1;
  PriceWalk::Prices prices{};
};

}  // namespace

std::size_t DayKeyHash::operator()(const DayKey &key) const {
  return mix(key.series + static_cast<std::uint64_t>(key.day));
}

SyntheticSeries::SyntheticSeries(std::uint64_t key, const SyntheticSpec &spec,
                                 std::shared_ptr<DayCache> days)
    : key_(key),
      spec_(spec),
      walk_(key, spec.price * kUnit / static_cast<double>(spec.unit.tick), spec.sigma),
      wick_scale_(std::llround(spec.sigma * 1.5 * (1 << 20))),
      days_(std::move(days)) {
  // Both units are powers of ten, so their product either is a multiple of kUnit or divides it.
  const std::int64_t product = spec.unit.tick * spec.unit.step;
  quote_multiplier_ = product >= kUnit ? product / kUnit : 1;
  quote_divisor_ = product >= kUnit ? 1 : kUnit / product;
}

std::int64_t SyntheticSeries::step_ms() const { return kSecondMs; }

/// Trades before minute `index`, give or take: a straight line with a bounded jitter, so that ids
/// can be computed anywhere and never repeat.
std::int64_t SyntheticSeries::trade_offset(std::int64_t index) const {
  const std::int64_t jitter = bits(details(key_, index), 48, 16) * (spec_.trades * 9 / 10) >> 16;
  return index * spec_.trades + jitter;
}

Candle SyntheticSeries::minute_of(const PriceWalk::Prices &prices, std::int64_t index) const {
  const auto at = static_cast<std::size_t>(index % PriceWalk::kBlock);
  const std::int64_t open = prices[at];
  const std::int64_t close = prices[at + 1];
  const std::uint64_t h = details(key_, index);
  const std::int64_t top = std::max(open, close);
  const std::int64_t bottom = std::min(open, close);
  const std::int64_t high = top + wick(top, wick_scale_, bits(h, 0, 12));
  const std::int64_t low =
      std::max<std::int64_t>(1, bottom - wick(bottom, wick_scale_, bits(h, 12, 12)));
  const std::int64_t trades = trade_offset(index + 1) - trade_offset(index);
  const std::int64_t size = 1 + (spec_.steps_per_trade * (32'768 + bits(h, 24, 16)) >> 16);
  const std::int64_t steps = trades * size + (trades * bits(h, 24, 8) >> 8);
  const std::int64_t taker_share = 64 + bits(h, 40, 7);  // a quarter to three quarters, in 1/256
  const std::int64_t quote =
      steps * (open + high + low + close) / 4 * quote_multiplier_ / quote_divisor_;
  Candle candle;
  candle.open_time = time_of(index);
  candle.open = open * spec_.unit.tick;
  candle.high = high * spec_.unit.tick;
  candle.low = low * spec_.unit.tick;
  candle.close = close * spec_.unit.tick;
  candle.trades = trades;
  candle.volume = steps * spec_.unit.step;
  candle.quote_volume = quote;
  candle.taker_volume = (steps * taker_share >> 8) * spec_.unit.step;
  candle.taker_quote = quote / 256 * taker_share;
  return candle;
}

void SyntheticSeries::minutes(std::int64_t first, std::int64_t count, Candle *out) const {
  thread_local Recent recent;
  for (std::int64_t index = first; index < first + count;) {
    const std::int64_t block = index / PriceWalk::kBlock;
    if (recent.block != block || recent.key != key_) {
      walk_.block(block, recent.prices);
      recent.block = block;
      recent.key = key_;
    }
    const std::int64_t end = std::min(first + count, (block + 1) * PriceWalk::kBlock);
    for (; index < end; ++index) *out++ = minute_of(recent.prices, index);
  }
}

Candle SyntheticSeries::minute_at(std::int64_t open_time) const {
  Candle candle;
  minutes(index_of(open_time), 1, &candle);
  return candle;
}

void SyntheticSeries::append_seconds(std::int64_t from, std::int64_t to,
                                     std::vector<Candle> &out) const {
  Parts parts;
  for (std::int64_t minute = floor_div(from, kMinuteMs) * kMinuteMs; minute <= to;
       minute += kMinuteMs) {
    split_candle(minute_at(minute), kMinuteMs, spec_.unit, split_key(key_, index_of(minute)),
                 parts);
    for (const Candle &part : parts)
      if (part.open_time >= from && part.open_time <= to) out.push_back(part);
  }
}

std::shared_ptr<const DayOfHours> SyntheticSeries::hours(std::int64_t day) const {
  const DayKey key{key_, day};
  if (auto found = days_->find(key)) return found;
  auto made = std::make_shared<DayOfHours>();
  std::array<Candle, 60> minute;
  for (std::int64_t hour = 0; hour < 24; ++hour) {
    const std::int64_t open = day * kDayMs + hour * kHourMs;
    if (open < kSyntheticFirst) continue;
    minutes(index_of(open), 60, minute.data());
    Candle &sum = (*made)[static_cast<std::size_t>(hour)];
    sum = minute[0];
    for (std::size_t k = 1; k < minute.size(); ++k) append(sum, minute[k]);
  }
  days_->put(key, made, 1);
  return made;
}

Candle SyntheticSeries::hour_at(std::int64_t open_time) const {
  const std::int64_t day = floor_div(open_time, kDayMs);
  return (*hours(day))[static_cast<std::size_t>((open_time - day * kDayMs) / kHourMs)];
}

/// Sum of the whole minutes of [from, to), taking full hours where they fit.
Candle SyntheticSeries::whole(std::int64_t from, std::int64_t to) const {
  Candle sum;
  bool first = true;
  for (std::int64_t at = from; at < to;) {
    const bool hour = at % kHourMs == 0 && to - at >= kHourMs;
    const Candle next = hour ? hour_at(at) : minute_at(at);
    if (first)
      sum = next;
    else
      append(sum, next);
    first = false;
    at += hour ? kHourMs : kMinuteMs;
  }
  return sum;
}

/// The same, but only what is known at `now` (from <= now).
Candle SyntheticSeries::known(std::int64_t from, std::int64_t to, std::int64_t now) const {
  if (now >= to) return whole(from, to);
  const std::int64_t running = floor_div(now, kMinuteMs) * kMinuteMs;
  const Candle part =
      so_far(minute_at(running), kMinuteMs, spec_.unit, split_key(key_, index_of(running)), now);
  if (running == from) return part;
  Candle sum = whole(from, running);
  append(sum, part);
  return sum;
}

void SyntheticSeries::candles(const Window &window, std::vector<Candle> &out) const {
  out.clear();
  const Grid &grid = window.grid;
  const std::int64_t newest = std::min({window.to, window.now, spec_.end - 1});
  if (newest < kSyntheticFirst || window.from > newest || window.limit == 0) return;
  std::int64_t last = grid.floor(newest);
  std::int64_t first = std::max(grid.ceil(std::max(window.from, kSyntheticFirst - 62 * kDayMs)),
                                grid.floor(kSyntheticFirst));
  if (first > last) return;
  const auto limit = static_cast<std::int64_t>(window.limit);
  if (grid.count(first, last) > limit) {
    if (window.newest_first)
      first = grid.shift(last, 1 - limit);
    else
      last = grid.shift(first, limit - 1);
  }
  if (grid.interval().length_ms == kSecondMs) return append_seconds(first, last, out);
  std::int64_t open = first;
  if (grid.interval().length_ms == kMinuteMs) {
    const bool forming = window.now < last + kMinuteMs;
    const std::int64_t closed = grid.count(first, last) - (forming ? 1 : 0);
    out.resize(static_cast<std::size_t>(closed));
    minutes(index_of(first), closed, out.data());
    open = first + closed * kMinuteMs;
  }
  for (; open <= last; open = grid.shift(open, 1)) {
    const std::int64_t from = std::max(open, kSyntheticFirst);
    out.push_back(known(from, std::min(grid.shift(open, 1), spec_.end), window.now));
    out.back().open_time = open;
  }
}

std::int64_t SyntheticSeries::trade_span_ms() const { return kMinuteMs; }

void SyntheticSeries::trades(std::int64_t time, std::vector<Trade> &out) const {
  out.clear();
  if (time < kSyntheticFirst || time >= spec_.end) return;
  const std::int64_t index = index_of(time);
  const std::uint64_t key = split_key(key_, index);
  Parts parts;
  split_candle(minute_at(time_of(index)), kMinuteMs, spec_.unit, key, parts);
  std::int64_t id = trade_offset(index);
  for (const Candle &part : parts) {
    append_trades(part, kSecondMs, spec_.unit, key, id, out);
    id += part.trades;
  }
}

void SyntheticSeries::stretch(std::int64_t time, Stretch &out) const {
  out.parts.clear();
  out.open_time = floor_div(time, kMinuteMs) * kMinuteMs;
  out.length_ms = kMinuteMs;
  if (time < kSyntheticFirst || time >= spec_.end) return;
  const std::int64_t index = index_of(out.open_time);
  Parts parts;
  split_candle(minute_at(out.open_time), kMinuteMs, spec_.unit, split_key(key_, index), parts);
  out.first_id = trade_offset(index);
  out.parts.assign(parts.begin(), parts.end());
}

std::int64_t SyntheticSeries::span_of_trade(std::int64_t id) const {
  if (id < trade_offset(0)) return kSyntheticFirst;
  std::int64_t index = id / spec_.trades;
  while (index > 0 && trade_offset(index) > id) --index;
  while (trade_offset(index + 1) <= id) ++index;
  return time_of(index);
}

}  // namespace tapedeck::sim
