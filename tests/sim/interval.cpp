#include "sim/interval.hpp"

#include <array>

#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

constexpr std::array<Interval, 16> kIntervals{{
    {"1s", kSecondMs},
    {"1m", kMinuteMs},
    {"3m", 3 * kMinuteMs},
    {"5m", 5 * kMinuteMs},
    {"15m", 15 * kMinuteMs},
    {"30m", 30 * kMinuteMs},
    {"1h", kHourMs},
    {"2h", 2 * kHourMs},
    {"4h", 4 * kHourMs},
    {"6h", 6 * kHourMs},
    {"8h", 8 * kHourMs},
    {"12h", 12 * kHourMs},
    {"1d", kDayMs},
    {"3d", 3 * kDayMs},
    {"1w", 7 * kDayMs},
    {"1M", 0},
}};

/// 1970-01-05 was the first Monday.
constexpr std::int64_t kFirstMonday = 4 * kDayMs;

std::int64_t months_since_epoch(std::int64_t ms) {
  const CivilDate date = civil_from_days(floor_div(ms, kDayMs));
  return (date.year - 1970) * 12 + static_cast<std::int64_t>(date.month) - 1;
}

std::int64_t month_open(std::int64_t months) {
  const std::int64_t year = floor_div(months, 12);
  return days_from_civil(1970 + year, static_cast<unsigned>(months - year * 12 + 1), 1) * kDayMs;
}

std::int64_t anchor(const Interval &interval) {
  return interval.length_ms == 7 * kDayMs ? kFirstMonday : 0;
}

}  // namespace

std::span<const Interval> all_intervals() { return kIntervals; }

std::optional<Interval> find_interval(std::string_view name) {
  for (const Interval &interval : kIntervals)
    if (interval.name == name) return interval;
  return std::nullopt;
}

std::int64_t Grid::floor(std::int64_t t) const {
  const std::int64_t local = t + zone_ms_;
  if (interval_.is_month()) return month_open(months_since_epoch(local)) - zone_ms_;
  const std::int64_t base = anchor(interval_);
  return floor_div(local - base, interval_.length_ms) * interval_.length_ms + base - zone_ms_;
}

std::int64_t Grid::ceil(std::int64_t t) const {
  const std::int64_t open = floor(t);
  return open == t ? open : shift(open, 1);
}

std::int64_t Grid::shift(std::int64_t open, std::int64_t steps) const {
  if (!interval_.is_month()) return open + steps * interval_.length_ms;
  return month_open(months_since_epoch(open + zone_ms_) + steps) - zone_ms_;
}

std::int64_t Grid::count(std::int64_t first, std::int64_t last) const {
  if (first > last) return 0;
  if (!interval_.is_month()) return (last - first) / interval_.length_ms + 1;
  return months_since_epoch(last + zone_ms_) - months_since_epoch(first + zone_ms_) + 1;
}

}  // namespace tapedeck::sim
