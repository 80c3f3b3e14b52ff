#include "sim/twelvedata/zones.hpp"

#include <array>

#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

struct Named {
  std::string_view name;
  Zone zone;
};
constexpr std::array<Named, 3> kZones{
    {{"UTC", Zone::Utc}, {"America/New_York", Zone::NewYork}, {"Australia/Sydney", Zone::Sydney}}};

/// Day of the `nth` Sunday of a month.
std::int64_t sunday(std::int64_t year, unsigned month, std::int64_t nth) {
  const std::int64_t first = days_from_civil(year, month, 1);
  return first + (7 - weekday(first)) % 7 + (nth - 1) * 7;
}

/// Summer time from the second Sunday of March to the first of November, at 02:00.
std::int64_t new_york(std::int64_t utc_ms) {
  constexpr std::int64_t kWinter = -5 * kHourMs, kSummer = -4 * kHourMs;
  const std::int64_t year = civil_from_days(floor_div(utc_ms, kDayMs)).year;
  const std::int64_t begin = sunday(year, 3, 2) * kDayMs + 2 * kHourMs - kWinter;
  const std::int64_t end = sunday(year, 11, 1) * kDayMs + 2 * kHourMs - kSummer;
  return utc_ms >= begin && utc_ms < end ? kSummer : kWinter;
}

/// Summer time from the first Sunday of October to the first of April.
std::int64_t sydney(std::int64_t utc_ms) {
  constexpr std::int64_t kWinter = 10 * kHourMs, kSummer = 11 * kHourMs;
  const std::int64_t year = civil_from_days(floor_div(utc_ms, kDayMs)).year;
  const std::int64_t end = sunday(year, 4, 1) * kDayMs + 3 * kHourMs - kSummer;
  const std::int64_t begin = sunday(year, 10, 1) * kDayMs + 2 * kHourMs - kWinter;
  return utc_ms >= end && utc_ms < begin ? kWinter : kSummer;
}

std::string two(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::optional<Zone> find_zone(std::string_view name) {
  for (const Named &known : kZones)
    if (known.name == name) return known.zone;
  return std::nullopt;
}

std::string_view name_of(Zone zone) {
  for (const Named &known : kZones)
    if (known.zone == zone) return known.name;
  return "UTC";
}

std::int64_t offset_ms(Zone zone, std::int64_t utc_ms) {
  if (zone == Zone::NewYork) return new_york(utc_ms);
  return zone == Zone::Sydney ? sydney(utc_ms) : 0;
}

std::int64_t to_utc(Zone zone, std::int64_t local_ms) {
  const std::int64_t first = local_ms - offset_ms(zone, local_ms - offset_ms(zone, local_ms));
  const std::int64_t earlier = first - kHourMs;
  return earlier + offset_ms(zone, earlier) == local_ms ? earlier : first;
}

std::int64_t weekday(std::int64_t day) { return (day % 7 + 11) % 7; }

std::string date_text(std::int64_t local_ms) { return iso8601(local_ms).substr(0, 10); }

std::string date_time_text(std::int64_t local_ms) {
  const std::string iso = iso8601(local_ms);
  return concat({iso.substr(0, 10), " ", iso.substr(11, 8)});
}

std::string http_date(std::int64_t utc_ms) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::int64_t day = floor_div(utc_ms, kDayMs);
  const CivilDate date = civil_from_days(day);
  return concat({kDays.substr(static_cast<std::size_t>(weekday(day)) * 3, 3), ", ", two(date.day),
                 " ", kMonths.substr((date.month - 1) * 3, 3), " ", std::to_string(date.year), " ",
                 iso8601(utc_ms).substr(11, 8), " GMT"});
}

}  // namespace tapedeck::sim::twelvedata
