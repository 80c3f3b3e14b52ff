#include "sim/oanda/made_up_quotes.hpp"

#include "sim/hashing.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::int64_t kLongestPause = 5 * kDayMs;

std::int64_t minute_of(std::int64_t time) { return floor_div(time, kMinuteMs) * kMinuteMs; }

SyntheticSpec trades_of(const MadeUpSpec &spec) {
  SyntheticSpec made;
  made.unit = {spec.tick, kUnit};
  made.price = spec.price;
  made.sigma = 0.0001;
  made.trades = 60;
  return made;
}

Interval minutes() { return {"1m", kMinuteMs}; }

/// What the thread has made last: the slots of a page follow each other.
struct RecentTicks {
  std::uint64_t key = 0;
  std::int64_t minute = -1;
  std::vector<QuoteTick> ticks;
};
struct RecentMinutes {
  std::uint64_t key = 0;
  std::int64_t first = -1;
  std::vector<Candle> candles;
};
constexpr std::int64_t kBlock = 60;

}  // namespace

MadeUpQuotes::MadeUpQuotes(std::uint64_t key, const MadeUpSpec &spec,
                           std::shared_ptr<QuoteDays> days)
    : key_(key),
      spec_(spec),
      series_(key, trades_of(spec), std::make_shared<DayCache>(1)),
      days_(std::move(days)) {}

bool MadeUpQuotes::has_minute(std::int64_t minute) const {
  if (minute < kSyntheticFirst || !open(minute)) return false;
  const auto index = static_cast<std::uint64_t>(minute / kMinuteMs);
  return static_cast<std::int64_t>(hash_at(key_ ^ 0x7175696574, index) % 1'000) >=
         spec_.quiet_per_mille;
}

const std::vector<QuoteTick> &MadeUpQuotes::minute_ticks(std::int64_t minute) const {
  thread_local RecentTicks recent;
  if (recent.key == key_ && recent.minute == minute) return recent.ticks;
  recent.key = key_;
  recent.minute = minute;
  recent.ticks.clear();
  if (!has_minute(minute)) return recent.ticks;
  std::vector<Trade> trades;
  series_.trades(minute, trades);
  const std::int64_t half = spec_.half_ticks * spec_.tick;
  for (const Trade &trade : trades)
    recent.ticks.push_back({trade.time, trade.price - half, trade.price + half});
  return recent.ticks;
}

QuoteCandle MadeUpQuotes::minute_candle(std::int64_t minute) const {
  QuoteCandle made;
  made.open_time = minute;
  if (!has_minute(minute)) return made;
  thread_local RecentMinutes recent;
  const std::int64_t first = floor_div(minute, kBlock * kMinuteMs) * kBlock * kMinuteMs;
  if (recent.key != key_ || recent.first != first) {
    recent.key = key_;
    recent.first = first;
    const Window window{Grid(minutes()), first, first + (kBlock - 1) * kMinuteMs, kBlock, false,
                        kNoTimeLimit};
    series_.candles(window, recent.candles);
  }
  for (const Candle &c : recent.candles) {
    if (c.open_time != minute) continue;
    const std::int64_t half = spec_.half_ticks * spec_.tick;
    made.bid = {c.open - half, c.high - half, c.low - half, c.close - half};
    made.ask = {c.open + half, c.high + half, c.low + half, c.close + half};
    made.twice_mid = {2 * c.open, 2 * c.high, 2 * c.low, 2 * c.close};
    made.volume = c.trades;
  }
  return made;
}

std::shared_ptr<const DayOfQuotes> MadeUpQuotes::hours_of(std::int64_t day) const {
  const DayKey key{key_, day};
  if (auto found = days_->find(key)) return found;
  auto made = std::make_shared<DayOfQuotes>();
  for (std::int64_t hour = 0; hour < 24; ++hour) {
    QuoteCandle &sum = (*made)[static_cast<std::size_t>(hour)];
    const std::int64_t open = day * kDayMs + hour * kHourMs;
    for (std::int64_t m = open; m < open + kHourMs; m += kMinuteMs)
      if (const QuoteCandle minute = minute_candle(m); minute.volume > 0) sum.add(minute);
  }
  days_->put(key, made, 1);
  return made;
}

/// Inside of one minute.
QuoteCandle MadeUpQuotes::of_ticks(std::int64_t from, std::int64_t to) const {
  QuoteCandle sum;
  for (const QuoteTick &tick : minute_ticks(minute_of(from)))
    if (tick.time_ms >= from && tick.time_ms < to) sum.add(QuoteCandle::of(tick));
  return sum;
}

QuoteCandle MadeUpQuotes::candle(std::int64_t from, std::int64_t to, std::int64_t now) const {
  QuoteCandle sum;
  const std::int64_t end = std::min(to, now + 1);
  for (std::int64_t at = std::max(from, minute_of(kSyntheticFirst)); at < end;) {
    const std::int64_t minute = minute_of(at);
    QuoteCandle part;
    std::int64_t next = minute + kMinuteMs;
    if (at % kHourMs == 0 && end - at >= kHourMs) {
      const std::int64_t day = floor_div(at, kDayMs);
      part = (*hours_of(day))[static_cast<std::size_t>((at - day * kDayMs) / kHourMs)];
      next = at + kHourMs;
    } else if (at == minute && end - at >= kMinuteMs) {
      part = minute_candle(minute);
    } else {
      part = of_ticks(at, end);
    }
    if (part.volume > 0) sum.add(part);
    at = next;
  }
  sum.open_time = from;
  return sum;
}

void MadeUpQuotes::ticks(std::int64_t from, std::int64_t to, std::vector<QuoteTick> &out) const {
  out.clear();
  for (std::int64_t m = minute_of(std::max(from, kSyntheticFirst)); m < to; m += kMinuteMs)
    for (const QuoteTick &tick : minute_ticks(m))
      if (tick.time_ms >= from && tick.time_ms < to) out.push_back(tick);
}

std::optional<QuoteTick> MadeUpQuotes::latest(std::int64_t time) const {
  for (std::int64_t m = minute_of(time); m > time - kLongestPause && m >= kSyntheticFirst;
       m -= kMinuteMs) {
    const std::vector<QuoteTick> &ticks = minute_ticks(m);
    for (auto tick = ticks.rbegin(); tick != ticks.rend(); ++tick)
      if (tick->time_ms <= time) return *tick;
  }
  return std::nullopt;
}

std::int64_t MadeUpQuotes::active_from(std::int64_t time) const {
  std::int64_t at = std::max(time, kSyntheticFirst);
  while (!has_minute(minute_of(at))) at = minute_of(at) + kMinuteMs;
  return at;
}

std::int64_t MadeUpQuotes::active_until(std::int64_t time) const {
  std::int64_t at = time;
  while (at >= kSyntheticFirst && !has_minute(minute_of(at))) at = minute_of(at) - 1;
  return at < kSyntheticFirst ? -kNever : at;
}

}  // namespace tapedeck::sim::oanda
