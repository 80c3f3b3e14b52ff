#include "sim/oanda/candle_grid.hpp"

#include <algorithm>
#include <array>

#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::array<Granularity, 21> kGranularities{{
    {"S5", 5 * kSecondMs},
    {"S10", 10 * kSecondMs},
    {"S15", 15 * kSecondMs},
    {"S30", 30 * kSecondMs},
    {"M1", kMinuteMs},
    {"M2", 2 * kMinuteMs},
    {"M4", 4 * kMinuteMs},
    {"M5", 5 * kMinuteMs},
    {"M10", 10 * kMinuteMs},
    {"M15", 15 * kMinuteMs},
    {"M30", 30 * kMinuteMs},
    {"H1", kHourMs},
    {"H2", 2 * kHourMs, true},
    {"H3", 3 * kHourMs, true},
    {"H4", 4 * kHourMs, true},
    {"H6", 6 * kHourMs, true},
    {"H8", 8 * kHourMs, true},
    {"H12", 12 * kHourMs, true},
    {"D", kDayMs, true},
    {"W", 7 * kDayMs, true},
    {"M", 0, true},
}};

constexpr std::int64_t kShortestMonth = 28 * kDayMs;

}  // namespace

std::optional<Granularity> find_granularity(std::string_view name) {
  for (const Granularity &known : kGranularities)
    if (known.name == name) return known;
  return std::nullopt;
}

/// Days are counted by their start, which lies `hour` hours behind local midnight.
std::int64_t CandleGrid::day_start(std::int64_t day) const {
  return alignment_.zone.to_utc(day * kDayMs + alignment_.hour * kHourMs);
}

std::int64_t CandleGrid::day_of(std::int64_t time) const {
  const std::int64_t local = time + alignment_.zone.offset_ms(time);
  std::int64_t day = floor_div(local - alignment_.hour * kHourMs, kDayMs);
  while (day_start(day) > time) --day;
  while (day_start(day + 1) <= time) ++day;
  return day;
}

/// The day on which the candle that holds this day begins.
std::int64_t CandleGrid::first_day(std::int64_t day) const {
  if (granularity_.length_ms == 7 * kDayMs) {
    return day - (weekday(day) - alignment_.weekday + 7) % 7;
  }
  if (granularity_.length_ms != 0) return day;
  return day - static_cast<std::int64_t>(civil_from_days(day).day) + 1;
}

std::int64_t CandleGrid::next_day(std::int64_t day) const {
  if (granularity_.length_ms == 7 * kDayMs) return day + 7;
  if (granularity_.length_ms != 0) return day + 1;
  const CivilDate date = civil_from_days(day);
  return days_from_civil(date.month == 12 ? date.year + 1 : date.year, date.month % 12 + 1, 1);
}

std::int64_t CandleGrid::floor(std::int64_t time) const {
  const std::int64_t length = granularity_.length_ms;
  if (!granularity_.daily) return floor_div(time, length) * length;
  const std::int64_t day = day_of(time);
  const std::int64_t start = day_start(day);
  if (length != 0 && length < kDayMs) return start + floor_div(time - start, length) * length;
  return day_start(first_day(day));
}

std::int64_t CandleGrid::next(std::int64_t open) const {
  const std::int64_t length = granularity_.length_ms;
  if (!granularity_.daily) return open + length;
  const std::int64_t day = day_of(open);
  // The last candle of a day that is an hour shorter or longer ends with it.
  if (length != 0 && length < kDayMs) return std::min(open + length, day_start(day + 1));
  return day_start(next_day(first_day(day)));
}

std::int64_t CandleGrid::slots(std::int64_t from, std::int64_t to) const {
  const std::int64_t shortest =
      granularity_.length_ms == 0 ? kShortestMonth : granularity_.length_ms;
  return to <= from ? 0 : (to - from + shortest - 1) / shortest;
}

}  // namespace tapedeck::sim::oanda
