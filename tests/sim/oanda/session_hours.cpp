#include "sim/oanda/session_hours.hpp"

#include "sim/time_text.hpp"
#include "sim/zone.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::int64_t kClose = 16 * 60 + 58;  // minutes of the day
constexpr std::int64_t kForexOpen = 17 * 60 + 3;
constexpr std::int64_t kMetalOpen = 18 * 60 + 3;
constexpr std::int64_t kSunday = 0, kFriday = 5, kSaturday = 6;

}  // namespace

bool is_open(Hours hours, std::int64_t utc_ms) {
  const std::int64_t local = utc_ms + Zone::new_york().offset_ms(utc_ms);
  const std::int64_t day = floor_div(local, kDayMs);
  const std::int64_t minute = (local - day * kDayMs) / kMinuteMs;
  const std::int64_t week = weekday(day);
  const std::int64_t open = hours == Hours::Forex ? kForexOpen : kMetalOpen;
  if (week == kSaturday || (week == kSunday && minute < open) ||
      (week == kFriday && minute >= kClose))
    return false;
  if (minute >= kClose && minute < open) return false;
  const CivilDate date = civil_from_days(day);
  return !(date.month == 12 && date.day == 25) && !(date.month == 1 && date.day == 1);
}

}  // namespace tapedeck::sim::oanda
