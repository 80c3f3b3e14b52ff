#include "intervals.hpp"

#include "times.hpp"

#include <tapedeck/layer/core.hpp>

#include <array>
#include <string>

namespace twelvedata {
namespace {

constexpr std::int64_t kMinute = 60, kHour = 3'600;

// The support pages name 5h too; the vendor's OpenAPI does not.
constexpr std::array kIntervals{Interval{{TDK_UNIT_MINUTE, 1}, "1min", kMinute},
                                Interval{{TDK_UNIT_MINUTE, 5}, "5min", 5 * kMinute},
                                Interval{{TDK_UNIT_MINUTE, 15}, "15min", 15 * kMinute},
                                Interval{{TDK_UNIT_MINUTE, 30}, "30min", 30 * kMinute},
                                Interval{{TDK_UNIT_MINUTE, 45}, "45min", 45 * kMinute},
                                Interval{{TDK_UNIT_HOUR, 1}, "1h", kHour},
                                Interval{{TDK_UNIT_HOUR, 2}, "2h", 2 * kHour},
                                Interval{{TDK_UNIT_HOUR, 4}, "4h", 4 * kHour},
                                Interval{{TDK_UNIT_HOUR, 8}, "8h", 8 * kHour},
                                Interval{{TDK_UNIT_DAY, 1}, "1day", kDaySeconds},
                                Interval{{TDK_UNIT_WEEK, 1}, "1week", 7 * kDaySeconds},
                                Interval{{TDK_UNIT_MONTH, 1}, "1month", 0}};

constexpr auto kIds = [] {
  std::array<tdk_interval, kIntervals.size()> ids{};
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = kIntervals[i].id;
  return ids;
}();

}  // namespace

std::int64_t Interval::floor(std::int64_t s) const {
  if (length_s == 0) return start_of_month(s);
  // 1970-01-01 was a Thursday.
  const std::int64_t shift = length_s == 7 * kDaySeconds ? 3 * kDaySeconds : 0;
  const std::int64_t rest = (s + shift) % length_s;
  return s - rest - (rest < 0 ? length_s : 0);
}

std::int64_t Interval::end_of(std::int64_t open_s) const {
  return length_s ? open_s + length_s : next_month(open_s);
}

std::uint64_t Interval::slots_at_most(std::int64_t from_s, std::int64_t to_s) const {
  if (to_s <= from_s) return 0;
  const std::int64_t shortest = length_s ? length_s : 28 * kDaySeconds;
  return static_cast<std::uint64_t>((to_s - from_s - 1) / shortest + 1);
}

std::span<const tdk_interval> interval_ids() { return kIds; }

const Interval &find_interval(tdk_interval id) {
  for (const Interval &i : kIntervals)
    if (i.id.unit == id.unit && i.id.count == id.count) return i;
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

}  // namespace twelvedata
