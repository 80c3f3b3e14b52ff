#include "intervals.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace polygon {
namespace {

constexpr std::int64_t kWeekMs = 7 * kDayMs;
constexpr std::int64_t kFirstMonday = 4 * kDayMs;  // 1970-01-05

constexpr std::array kIntervals{
    Interval{{TDK_UNIT_SECOND, 1}, "1s", kSecondMs, "second", 1, kSecondMs, 1},
    Interval{{TDK_UNIT_MINUTE, 1}, "1m", kMinuteMs, "minute", 1, kMinuteMs, 1},
    Interval{{TDK_UNIT_MINUTE, 5}, "5m", 5 * kMinuteMs, "minute", 5, 5 * kMinuteMs, 5},
    Interval{{TDK_UNIT_MINUTE, 15}, "15m", 15 * kMinuteMs, "minute", 15, 15 * kMinuteMs, 15},
    Interval{{TDK_UNIT_MINUTE, 30}, "30m", 30 * kMinuteMs, "minute", 30, 30 * kMinuteMs, 30},
    Interval{{TDK_UNIT_HOUR, 1}, "1h", kHourMs, "hour", 1, kHourMs, 60},
    Interval{{TDK_UNIT_HOUR, 4}, "4h", 4 * kHourMs, "hour", 1, kHourMs, 240},
    Interval{{TDK_UNIT_DAY, 1}, "1d", kDayMs, "day", 1, kDayMs, 1},
    Interval{{TDK_UNIT_WEEK, 1}, "1w", kWeekMs, "day", 1, kDayMs, 7},
    Interval{{TDK_UNIT_MONTH, 1}, "1M", 0, "day", 1, kDayMs, 31}};

constexpr auto kIds = [] {
  std::array<tdk_interval, kIntervals.size()> ids{};
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = kIntervals[i].id;
  return ids;
}();

using Millis = std::chrono::sys_time<std::chrono::milliseconds>;

std::chrono::year_month_day day_of(std::int64_t ms) {
  return std::chrono::floor<std::chrono::days>(Millis{std::chrono::milliseconds{ms}});
}

std::int64_t ms_of(std::chrono::year_month_day day) {
  return Millis{std::chrono::sys_days{day}}.time_since_epoch().count();
}

}  // namespace

std::span<const tdk_interval> interval_ids() { return kIds; }

const Interval &find_interval(tdk_interval id) {
  const auto same = [&](const Interval &i) {
    return i.id.unit == id.unit && i.id.count == id.count;
  };
  const auto *hit = std::find_if(kIntervals.begin(), kIntervals.end(), same);
  if (hit != kIntervals.end()) return *hit;
  std::string offered;
  for (const Interval &i : kIntervals) offered.append(" ").append(i.name);
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        "no candles of interval unit " + std::to_string(id.unit) + " count " +
                            std::to_string(id.count) + "; offered are" + offered);
}

std::int64_t floor_open(const Interval &interval, std::int64_t ms) {
  if (interval.length_ms == 0) {
    const auto day = day_of(ms);
    return ms_of(day.year() / day.month() / std::chrono::day{1});
  }
  const std::int64_t anchor = interval.length_ms == kWeekMs ? kFirstMonday : 0;
  const std::int64_t rest = (ms - anchor) % interval.length_ms;
  return ms - (rest < 0 ? rest + interval.length_ms : rest);
}

std::int64_t next_open(const Interval &interval, std::int64_t open_ms) {
  if (interval.length_ms != 0) return open_ms + interval.length_ms;
  const auto day = day_of(open_ms);
  return ms_of(day.year() / day.month() / std::chrono::day{1} + std::chrono::months{1});
}

std::int64_t ceil_open(const Interval &interval, std::int64_t ms) {
  const std::int64_t open = floor_open(interval, ms);
  return open == ms ? ms : next_open(interval, open);
}

std::string_view date_text(std::int64_t ms, char (&buffer)[16]) {
  const auto day = day_of(ms);
  const int size = std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u",
                                 static_cast<int>(day.year()) % 10'000,
                                 static_cast<unsigned>(day.month()) % 100U,
                                 static_cast<unsigned>(day.day()) % 100U);
  return {buffer, static_cast<std::size_t>(size)};
}

}  // namespace polygon
