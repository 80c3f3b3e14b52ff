#include "sim/polygon/bars.hpp"

#include <algorithm>
#include <array>

#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::int64_t kChunk = 20'000;  // base steps read at once
constexpr std::array<std::string_view, 8> kUnits{"second", "minute", "hour",    "day",
                                                 "week",   "month",  "quarter", "year"};

std::int64_t length_of(Span span) {
  constexpr std::array<std::int64_t, 3> lengths{kSecondMs, kMinuteMs, kHourMs};
  return lengths[static_cast<std::size_t>(span.unit)] * span.multiplier;
}

bool within_day(Span span) { return span.unit <= Unit::Hour; }

std::int64_t months_of(Span span) {
  return span.multiplier * (span.unit == Unit::Month ? 1 : span.unit == Unit::Quarter ? 3 : 12);
}

std::int64_t day_of_month(std::int64_t months) {
  const std::int64_t year = floor_div(months, 12);
  return days_from_civil(1970 + year, static_cast<unsigned>(months - year * 12 + 1), 1);
}

/// Number of the day on which the bar with this day begins.
std::int64_t first_day(Span span, std::int64_t day) {
  constexpr std::int64_t first_sunday = 3;  // 1970-01-04
  if (span.unit == Unit::Day) return floor_div(day, span.multiplier) * span.multiplier;
  if (span.unit == Unit::Week) {
    const std::int64_t length = 7 * span.multiplier;
    return floor_div(day - first_sunday, length) * length + first_sunday;
  }
  const CivilDate date = civil_from_days(day);
  const std::int64_t months = (date.year - 1970) * 12 + static_cast<std::int64_t>(date.month) - 1;
  return day_of_month(floor_div(months, months_of(span)) * months_of(span));
}

/// Reads base candles in one direction and gathers them.
class Reader {
 public:
  Reader(const Instrument &instrument, const BarsAsked &asked)
      : instrument_(instrument),
        asked_(asked),
        step_(asked.span.unit == Unit::Second
                  ? kSecondMs
                  : std::max(instrument.series->step_ms(), kMinuteMs)) {}

  Bars read() {
    const Market market = instrument_.market;
    std::int64_t first = bar_open(market, asked_.span, asked_.from);
    if (first < asked_.from) first = next_bar(market, asked_.span, first);
    const std::int64_t last = bar_open(market, asked_.span, asked_.to);
    if (last < first) return {};
    first = std::max(first, instrument_.series->first_open() - kDayMs * 366);
    const std::int64_t end = std::min(next_bar(market, asked_.span, last), asked_.now + 1);
    asked_.newest_first ? backward(first, end) : forward(first, end);
    return std::move(bars_);
  }

 private:
  void forward(std::int64_t from, std::int64_t end) {
    for (std::int64_t at = from; at < end && !bars_.next; at += kChunk * step_) {
      base_candles(instrument_, step_, at, std::min(at + kChunk * step_, end) - 1, asked_.now, base_);
      for (const Candle &candle : base_)
        if (!take(candle)) break;
    }
  }

  void backward(std::int64_t from, std::int64_t end) {
    for (std::int64_t at = end; at > from && !bars_.next; at -= kChunk * step_) {
      base_candles(instrument_, step_, std::max(at - kChunk * step_, from), at - 1, asked_.now, base_);
      for (auto candle = base_.rbegin(); candle != base_.rend(); ++candle)
        if (!take(*candle)) break;
    }
  }

  /// False when the page is full.
  bool take(const Candle &candle) {
    const std::int64_t open = bar_open(instrument_.market, asked_.span, candle.open_time);
    const std::int64_t base =
        within_day(asked_.span) ? candle.open_time : day_open(instrument_.market, candle.open_time);
    const bool same_bar = !bars_.rows.empty() && bars_.rows.back().open_time == open;
    if (bars_.base == 0 || base != last_base_) {
      const bool only_one = bars_.rows.size() == 1 && same_bar;
      if (bars_.base >= asked_.limit && !only_one) return cut(open, same_bar);
      ++bars_.base;
      last_base_ = base;
    }
    if (same_bar)
      gather(candle);
    else
      bars_.rows.push_back(candle);
    bars_.rows.back().open_time = open;
    return true;
  }

  bool cut(std::int64_t open, bool inside_bar) {
    bars_.next = open;
    if (inside_bar) bars_.rows.pop_back();
    return false;
  }

  void gather(const Candle &candle) {
    Candle &bar = bars_.rows.back();
    if (!asked_.newest_first) return append(bar, candle);
    Candle sum = candle;
    append(sum, bar);
    bar = sum;
  }

  const Instrument &instrument_;
  const BarsAsked &asked_;
  const std::int64_t step_;
  std::vector<Candle> base_;
  std::int64_t last_base_ = 0;
  Bars bars_;
};

}  // namespace

std::optional<Unit> find_unit(std::string_view name) {
  for (std::size_t i = 0; i < kUnits.size(); ++i)
    if (kUnits[i] == name) return static_cast<Unit>(i);
  return std::nullopt;
}

std::int64_t bar_open(Market market, Span span, std::int64_t utc_ms) {
  if (!within_day(span))
    return start_of_day(market, first_day(span, day_number(market, utc_ms)));
  const std::int64_t midnight = day_open(market, utc_ms);
  return midnight + floor_div(utc_ms - midnight, length_of(span)) * length_of(span);
}

std::int64_t next_bar(Market market, Span span, std::int64_t open) {
  if (within_day(span)) return open + length_of(span);
  const std::int64_t day = day_number(market, open);
  if (span.unit == Unit::Day) return start_of_day(market, day + span.multiplier);
  if (span.unit == Unit::Week) return start_of_day(market, day + 7 * span.multiplier);
  const CivilDate date = civil_from_days(day);
  const std::int64_t months = (date.year - 1970) * 12 + static_cast<std::int64_t>(date.month) - 1;
  return start_of_day(market, day_of_month(months + months_of(span)));
}

Bars read_bars(const Instrument &instrument, const BarsAsked &asked) {
  return Reader(instrument, asked).read();
}

}  // namespace tapedeck::sim::polygon
