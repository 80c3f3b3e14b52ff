#include "granularity.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace oanda {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour, kWeek = 7 * kDay;
constexpr std::int64_t kFirstMonday = 4 * kDay;  // 1970-01-05

constexpr std::array kTable{Granularity{{TDK_UNIT_SECOND, 5}, "S5", 5 * kSecond},
                            Granularity{{TDK_UNIT_SECOND, 10}, "S10", 10 * kSecond},
                            Granularity{{TDK_UNIT_SECOND, 15}, "S15", 15 * kSecond},
                            Granularity{{TDK_UNIT_SECOND, 30}, "S30", 30 * kSecond},
                            Granularity{{TDK_UNIT_MINUTE, 1}, "M1", kMinute},
                            Granularity{{TDK_UNIT_MINUTE, 2}, "M2", 2 * kMinute},
                            Granularity{{TDK_UNIT_MINUTE, 4}, "M4", 4 * kMinute},
                            Granularity{{TDK_UNIT_MINUTE, 5}, "M5", 5 * kMinute},
                            Granularity{{TDK_UNIT_MINUTE, 10}, "M10", 10 * kMinute},
                            Granularity{{TDK_UNIT_MINUTE, 15}, "M15", 15 * kMinute},
                            Granularity{{TDK_UNIT_MINUTE, 30}, "M30", 30 * kMinute},
                            Granularity{{TDK_UNIT_HOUR, 1}, "H1", kHour},
                            Granularity{{TDK_UNIT_HOUR, 2}, "H2", 2 * kHour},
                            Granularity{{TDK_UNIT_HOUR, 3}, "H3", 3 * kHour},
                            Granularity{{TDK_UNIT_HOUR, 4}, "H4", 4 * kHour},
                            Granularity{{TDK_UNIT_HOUR, 6}, "H6", 6 * kHour},
                            Granularity{{TDK_UNIT_HOUR, 8}, "H8", 8 * kHour},
                            Granularity{{TDK_UNIT_HOUR, 12}, "H12", 12 * kHour},
                            Granularity{{TDK_UNIT_DAY, 1}, "D", kDay},
                            Granularity{{TDK_UNIT_WEEK, 1}, "W", kWeek},
                            Granularity{{TDK_UNIT_MONTH, 1}, "M", 0}};

constexpr auto kIds = [] {
  std::array<tdk_interval, kTable.size()> ids{};
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = kTable[i].id;
  return ids;
}();

std::int64_t month_of(std::int64_t ns) {
  using namespace std::chrono;
  const year_month_day date{sys_days{days{ns / kDay}}};
  return static_cast<int>(date.year()) * std::int64_t{12} + static_cast<unsigned>(date.month()) - 1;
}

std::int64_t month_open(std::int64_t month) {
  using namespace std::chrono;
  const year_month_day first{year(static_cast<int>(month / 12)),
                             std::chrono::month(static_cast<unsigned>(month % 12) + 1), day(1)};
  return sys_days(first).time_since_epoch().count() * kDay;
}

}  // namespace

std::span<const tdk_interval> interval_ids() { return kIds; }

const Granularity &find_granularity(tdk_interval id) {
  const auto same = [&](const Granularity &g) {
    return g.id.unit == id.unit && g.id.count == id.count;
  };
  if (auto *hit = std::find_if(kTable.begin(), kTable.end(), same); hit != kTable.end())
    return *hit;
  std::string offered;
  for (const Granularity &g : kTable) offered.append(" ").append(g.name);
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        "no candles of interval unit " + std::to_string(id.unit) + " count " +
                            std::to_string(id.count) + "; offered are" + offered);
}

std::int64_t floor(const Granularity &g, std::int64_t time_ns) {
  if (g.length_ns == 0) return month_open(month_of(time_ns));
  const std::int64_t anchor = g.length_ns == kWeek ? kFirstMonday - kWeek : 0;
  return time_ns - (time_ns - anchor) % g.length_ns;
}

std::int64_t next_open(const Granularity &g, std::int64_t open_ns, std::int64_t steps) {
  return g.length_ns ? open_ns + steps * g.length_ns : month_open(month_of(open_ns) + steps);
}

std::int64_t slots(const Granularity &g, std::int64_t from_ns, std::int64_t to_ns) {
  if (to_ns <= from_ns) return 0;
  const std::int64_t first = ceil(g, from_ns), end = ceil(g, to_ns);
  return g.length_ns ? (end - first) / g.length_ns : month_of(end) - month_of(first);
}

}  // namespace oanda
