#include "intervals.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace binance {
namespace {

constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour, kWeek = 7 * kDay;
constexpr std::int64_t kFirstMonday = 4 * kDay;  // 1970-01-05

constexpr std::array kIntervals{Interval{{TDK_UNIT_SECOND, 1}, "1s", kSecond},
                                Interval{{TDK_UNIT_MINUTE, 1}, "1m", kMinute},
                                Interval{{TDK_UNIT_MINUTE, 5}, "5m", 5 * kMinute},
                                Interval{{TDK_UNIT_MINUTE, 15}, "15m", 15 * kMinute},
                                Interval{{TDK_UNIT_MINUTE, 30}, "30m", 30 * kMinute},
                                Interval{{TDK_UNIT_HOUR, 1}, "1h", kHour},
                                Interval{{TDK_UNIT_HOUR, 4}, "4h", 4 * kHour},
                                Interval{{TDK_UNIT_DAY, 1}, "1d", kDay},
                                Interval{{TDK_UNIT_WEEK, 1}, "1w", kWeek},
                                Interval{{TDK_UNIT_MONTH, 1}, "1M", 0}};

constexpr auto kIds = [] {
  std::array<tdk_interval, kIntervals.size()> ids{};
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = kIntervals[i].id;
  return ids;
}();

using Millis = std::chrono::sys_time<std::chrono::milliseconds>;

std::chrono::year_month_day day_of(std::int64_t ms) {
  return std::chrono::floor<std::chrono::days>(Millis{std::chrono::milliseconds{ms}});
}

}  // namespace

std::span<const tdk_interval> interval_ids() { return kIds; }

const Interval &find_interval(tdk_interval id) {
  auto same = [&](const Interval &i) { return i.id.unit == id.unit && i.id.count == id.count; };
  if (auto *hit = std::find_if(kIntervals.begin(), kIntervals.end(), same); hit != kIntervals.end())
    return *hit;
  std::string offered;
  for (const Interval &i : kIntervals) offered.append(" ").append(i.name);
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        "no candles of interval unit " + std::to_string(id.unit) + " count " +
                            std::to_string(id.count) + "; offered are" + offered);
}

const Interval *find_interval(std::string_view name) {
  for (const Interval &i : kIntervals)
    if (i.name == name) return &i;
  return nullptr;
}

bool on_grid(const Interval &interval, std::int64_t open_ms) {
  if (interval.length_ms == kWeek) return (open_ms - kFirstMonday) % kWeek == 0;
  if (interval.length_ms) return open_ms % interval.length_ms == 0;
  return open_ms % kDay == 0 && day_of(open_ms).day() == std::chrono::day{1};
}

std::int64_t next_open(const Interval &interval, std::int64_t open_ms) {
  if (interval.length_ms) return open_ms + interval.length_ms;
  const auto day = day_of(open_ms);
  const auto first = day.year() / day.month() / std::chrono::day{1} + std::chrono::months{1};
  return Millis{std::chrono::sys_days{first}}.time_since_epoch().count();
}

std::int64_t slots_at_most(const Interval &interval, std::int64_t from_ms, std::int64_t to_ms) {
  const std::int64_t shortest = interval.length_ms ? interval.length_ms : 28 * kDay;
  return to_ms <= from_ms ? 0 : (to_ms - from_ms - 1) / shortest + 1;
}

}  // namespace binance
