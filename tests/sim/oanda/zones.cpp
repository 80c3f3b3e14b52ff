#include "sim/oanda/zones.hpp"

#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

/// Day of the month's `nth` Sunday, counted from 1; 0: its last.
std::int64_t sunday(std::int64_t year, unsigned month, int nth) {
  const std::int64_t first = days_from_civil(year, month, 1);
  const std::int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0: Sunday
  const std::int64_t first_sunday = first + (7 - weekday) % 7;
  if (nth > 0) return first_sunday + 7 * (nth - 1);
  const std::int64_t next = days_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1);
  return first_sunday + (next - 1 - first_sunday) / 7 * 7;
}

}  // namespace

std::optional<Zone> find_zone(std::string_view name) {
  if (name == "UTC" || name == "Etc/UTC" || name == "GMT") return Zone::Utc;
  if (name == "America/New_York" || name == "US/Eastern") return Zone::NewYork;
  if (name == "Europe/London") return Zone::London;
  if (name == "Asia/Tokyo") return Zone::Tokyo;
  return std::nullopt;
}

std::int64_t zone_offset(Zone zone, std::int64_t utc_ms) {
  if (zone == Zone::Utc) return 0;
  if (zone == Zone::Tokyo) return 9 * kHourMs;
  const std::int64_t year = civil_from_days(floor_div(utc_ms, kDayMs)).year;
  if (zone == Zone::London) {
    const std::int64_t begin = sunday(year, 3, 0) * kDayMs + kHourMs;
    const std::int64_t end = sunday(year, 10, 0) * kDayMs + kHourMs;
    return utc_ms >= begin && utc_ms < end ? kHourMs : 0;
  }
  const std::int64_t begin = sunday(year, 3, 2) * kDayMs + 7 * kHourMs;
  const std::int64_t end = sunday(year, 11, 1) * kDayMs + 6 * kHourMs;
  return (utc_ms >= begin && utc_ms < end ? -4 : -5) * kHourMs;
}

std::int64_t to_utc(Zone zone, std::int64_t local_ms) {
  const std::int64_t guess = local_ms - zone_offset(zone, local_ms);
  return local_ms - zone_offset(zone, guess);
}

}  // namespace tapedeck::sim::oanda
