#include "sim/twelvedata/bars.hpp"

#include <algorithm>
#include <array>

#include "sim/hashing.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

struct Named {
  std::string_view name;
  Interval interval;
};
constexpr std::array<Named, 12> kIntervals{{{"1min", {"1min", kMinuteMs}},
                                            {"5min", {"5min", 5 * kMinuteMs}},
                                            {"15min", {"15min", 15 * kMinuteMs}},
                                            {"30min", {"30min", 30 * kMinuteMs}},
                                            {"45min", {"45min", 45 * kMinuteMs}},
                                            {"1h", {"1h", kHourMs}},
                                            {"2h", {"2h", 2 * kHourMs}},
                                            {"4h", {"4h", 4 * kHourMs}},
                                            {"8h", {"8h", 8 * kHourMs}},
                                            {"1day", {"1day", kDayMs}},
                                            {"1week", {"1week", 7 * kDayMs}},
                                            {"1month", {"1month", 0}}}};

/// Hours begin and end on multiples of this.
std::int64_t unit_of(const Instrument &instrument) {
  return instrument.is_pair() ? kHourMs : 30 * kMinuteMs;
}

bool trades_always(const Instrument &instrument, const Settings &settings) {
  return instrument.recorded || instrument.kind == Class::Crypto ||
         (instrument.is_pair() && settings.weekend_bars);
}

/// Where bars of a stock's hours begin: 09:30 of the day, and every length from there.
class Cut {
 public:
  Cut(const Instrument &instrument, const Interval &interval)
      : grid_(interval),
        hours_(!instrument.is_pair() && !instrument.recorded && !has_dates(interval) &&
               interval.length_ms >= kHourMs) {}

  std::int64_t floor(std::int64_t utc) const {
    if (!hours_) return grid_.floor(utc);
    const std::int64_t opening = opening_of(utc);
    return opening + floor_div(utc - opening, length()) * length();
  }
  std::int64_t end(std::int64_t open) const {
    return hours_ ? open + length() : grid_.shift(open, 1);
  }
  std::int64_t before(std::int64_t open) const {
    return hours_ ? floor(open - 1) : grid_.shift(open, -1);
  }

 private:
  std::int64_t length() const { return grid_.interval().length_ms; }
  static std::int64_t opening_of(std::int64_t utc) {
    const std::int64_t local = utc + Zone::new_york().offset_ms(utc);
    const std::int64_t day = floor_div(local, kDayMs) * kDayMs;
    return Zone::new_york().to_utc(day + 9 * kHourMs + 30 * kMinuteMs);
  }
  Grid grid_;
  bool hours_;
};

void restate(const BarsAsked &asked, const Settings &settings, std::int64_t end, Candle &bar) {
  const std::uint64_t h = hash_at(asked.instrument.key ^ 0x72657374,
                                  static_cast<std::uint64_t>(bar.open_time / kMinuteMs));
  const std::int64_t tick = asked.instrument.unit.tick;
  const bool young = asked.now >= end && asked.now < end + kHourMs;
  if (young && static_cast<std::int64_t>(h % 1'000) < settings.restated_permille) {
    bar.close += tick;
    bar.high = std::max(bar.high, bar.close);
  }
  if (static_cast<std::int64_t>((h >> 20) % 1'000) < settings.noisy_permille)
    bar.close = bar.high + tick;
}

/// Pieces of a bar that lie within the hours, one after the other, as known at `now`.
std::optional<Candle> summed(const BarsAsked &asked, std::int64_t open, std::int64_t end) {
  const std::int64_t unit = unit_of(asked.instrument);
  std::vector<Candle> pieces;
  const Interval piece{"", unit};
  asked.instrument.series->candles(
      {Grid(piece), open, end - 1, static_cast<std::size_t>((end - open) / unit + 1), false,
       asked.now},
      pieces);
  std::optional<Candle> out;
  for (const Candle &next : pieces) {
    if (!is_open(asked.instrument, next.open_time, asked.extended)) continue;
    if (!out) {
      out = next;
      out->open_time = open;
    } else {
      append(*out, next);
    }
  }
  return out;
}

/// Bars no longer than a piece: those that open within the hours.
std::vector<Candle> small_bars(const BarsAsked &asked) {
  constexpr std::size_t kChunk = 3'000;
  std::vector<Candle> out, chunk;
  const Grid grid(asked.interval);
  std::int64_t to = std::min(asked.to, asked.now);
  while (to >= asked.from && out.size() < asked.limit) {
    asked.instrument.series->candles({grid, asked.from, to, kChunk, true, asked.now}, chunk);
    for (auto bar = chunk.rbegin(); bar != chunk.rend() && out.size() < asked.limit; ++bar)
      if (is_open(asked.instrument, bar->open_time, asked.extended)) out.push_back(*bar);
    if (chunk.size() < kChunk) break;
    to = chunk.front().open_time - 1;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<Candle> long_bars(const BarsAsked &asked) {
  const Cut cut(asked.instrument, asked.interval);
  const std::int64_t first =
      std::max(asked.from, asked.instrument.series->first_open() - 31 * kDayMs);
  std::vector<Candle> out;
  std::int64_t open = cut.floor(std::min(asked.to, asked.now));
  for (; open >= first && out.size() < asked.limit; open = cut.before(open))
    if (const auto bar = summed(asked, open, cut.end(open))) out.push_back(*bar);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

std::optional<Interval> bar_interval(std::string_view name) {
  for (const Named &known : kIntervals)
    if (known.name == name) return known.interval;
  return std::nullopt;
}

std::vector<std::string_view> bar_interval_names() {
  std::vector<std::string_view> names;
  for (const Named &known : kIntervals) names.push_back(known.name);
  return names;
}

std::vector<Candle> bars(const BarsAsked &wanted, const Settings &settings) {
  BarsAsked asked = wanted;
  asked.to = std::min(asked.to, asked.now - settings.publish_delay_ms);
  std::vector<Candle> out;
  if (asked.limit == 0 || asked.from > asked.to) return out;
  if (trades_always(asked.instrument, settings))
    asked.instrument.series->candles(
        {Grid(asked.interval), asked.from, asked.to, asked.limit, true, asked.now}, out);
  else if (!asked.interval.is_month() && asked.interval.length_ms < unit_of(asked.instrument))
    out = small_bars(asked);
  else
    out = long_bars(asked);
  const Cut cut(asked.instrument, asked.interval);
  for (Candle &bar : out) restate(asked, settings, cut.end(bar.open_time), bar);
  return out;
}

std::int64_t first_bar(const Instrument &instrument, const Interval &interval,
                       const Settings &settings) {
  const std::int64_t first = instrument.series->first_open();
  const std::int64_t reach = has_dates(interval) ? 62 * kDayMs : 4 * kDayMs;
  const BarsAsked asked{instrument,    interval, first - 31 * kDayMs,
                        first + reach, 100'000,  kNoTimeLimit / 2};
  const std::vector<Candle> found = bars(asked, settings);
  return found.empty() ? first : found.front().open_time;
}

std::string price_text(const Instrument &instrument, std::int64_t mantissa,
                       std::optional<int> decimals) {
  constexpr int kKept = 8;
  const int keep = decimals.value_or(instrument.recorded ? kKept : instrument.decimals);
  std::int64_t step = 1;
  for (int d = std::min(keep, kKept); d < kKept; ++d) step *= 10;
  const std::int64_t half = mantissa < 0 ? -step / 2 : step / 2;
  std::string text = decimal_text((mantissa + half) / step * step);
  text.resize(text.size() - static_cast<std::size_t>(kKept - std::min(keep, kKept)));
  if (keep > kKept) text.append(static_cast<std::size_t>(keep - kKept), '0');
  if (text.back() == '.') text.pop_back();
  if (decimals || !instrument.recorded) return text;
  while (text.ends_with('0') && text[text.size() - 2] != '.') text.pop_back();
  return text;
}

}  // namespace tapedeck::sim::twelvedata
