#include "sim/zone.hpp"

#include <array>

#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

enum class Summer { None, America, Europe, Australia };

/// Summer time of a year, UTC; in the south it ends before it begins.
struct Bounds {
  std::int64_t begin, end;
};

/// Day of a month's `nth` Sunday, counted from 1; 0: its last.
std::int64_t sunday(std::int64_t year, unsigned month, std::int64_t nth) {
  const std::int64_t first = days_from_civil(year, month, 1);
  const std::int64_t first_sunday = first + (7 - weekday(first)) % 7;
  if (nth > 0) return first_sunday + 7 * (nth - 1);
  const std::int64_t next = days_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1);
  return first_sunday + (next - 1 - first_sunday) / 7 * 7;
}

Bounds bounds(Summer summer, std::int64_t year, std::int64_t winter_ms) {
  if (summer == Summer::Europe)
    return {sunday(year, 3, 0) * kDayMs + kHourMs, sunday(year, 10, 0) * kDayMs + kHourMs};
  if (summer == Summer::America)
    return {sunday(year, 3, 2) * kDayMs + 2 * kHourMs - winter_ms,
            sunday(year, 11, 1) * kDayMs + kHourMs - winter_ms};
  const std::int64_t clock = 2 * kHourMs - winter_ms;
  return {sunday(year, 10, 1) * kDayMs + clock, sunday(year, 4, 1) * kDayMs + clock};
}

}  // namespace

struct ZoneRule {
  std::string_view name;
  std::int64_t winter_ms;
  Summer summer = Summer::None;
};

namespace {

constexpr std::array<ZoneRule, 17> kZones{{
    {"UTC", 0},
    {"America/New_York", -5 * kHourMs, Summer::America},
    {"Australia/Sydney", 10 * kHourMs, Summer::Australia},
    {"Etc/UTC", 0},
    {"GMT", 0},
    {"US/Eastern", -5 * kHourMs, Summer::America},
    {"America/Toronto", -5 * kHourMs, Summer::America},
    {"America/Chicago", -6 * kHourMs, Summer::America},
    {"America/Los_Angeles", -8 * kHourMs, Summer::America},
    {"Europe/London", 0, Summer::Europe},
    {"Europe/Berlin", kHourMs, Summer::Europe},
    {"Europe/Paris", kHourMs, Summer::Europe},
    {"Europe/Zurich", kHourMs, Summer::Europe},
    {"Asia/Kolkata", 5 * kHourMs + 30 * kMinuteMs},
    {"Asia/Hong_Kong", 8 * kHourMs},
    {"Asia/Singapore", 8 * kHourMs},
    {"Asia/Tokyo", 9 * kHourMs},
}};

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  for (const ZoneRule &known : kZones)
    if (known.name == name) return Zone(known);
  return std::nullopt;
}

Zone Zone::utc() { return Zone(kZones[0]); }
Zone Zone::new_york() { return Zone(kZones[1]); }
Zone Zone::sydney() { return Zone(kZones[2]); }

std::string_view Zone::name() const { return rule_->name; }

std::int64_t Zone::offset_ms(std::int64_t utc_ms) const {
  if (rule_->summer == Summer::None) return rule_->winter_ms;
  const std::int64_t year = civil_from_days(floor_div(utc_ms, kDayMs)).year;
  const Bounds at = bounds(rule_->summer, year, rule_->winter_ms);
  const bool summer = at.begin < at.end ? utc_ms >= at.begin && utc_ms < at.end
                                        : utc_ms >= at.begin || utc_ms < at.end;
  return rule_->winter_ms + (summer ? kHourMs : 0);
}

std::int64_t Zone::to_utc(std::int64_t local_ms) const {
  const std::int64_t first = local_ms - offset_ms(local_ms - offset_ms(local_ms));
  const std::int64_t earlier = first - kHourMs;
  return earlier + offset_ms(earlier) == local_ms ? earlier : first;
}

}  // namespace tapedeck::sim
