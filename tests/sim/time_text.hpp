// Times as text: ISO 8601 and epoch numbers in, ISO 8601 out. All times are UTC milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck::sim {

inline constexpr std::int64_t kSecondMs = 1'000;
inline constexpr std::int64_t kMinuteMs = 60'000;
inline constexpr std::int64_t kHourMs = 3'600'000;
inline constexpr std::int64_t kDayMs = 86'400'000;

/// Division that rounds towards minus infinity.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

/// Days since 1970-01-01 of a civil date, and back.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day);
struct CivilDate {
  std::int64_t year;
  unsigned month, day;
};
CivilDate civil_from_days(std::int64_t days);

/// 0 is Sunday; of days since 1970-01-01.
constexpr std::int64_t weekday(std::int64_t day) { return (day % 7 + 11) % 7; }

/// `2024-01-01`, `2024-01-01T10:00[:00[.123]]`, blank instead of T, with `Z`, `+02:00`, `+0200` or
/// nothing (UTC).
std::optional<std::int64_t> parse_iso8601(std::string_view text);

/// ISO 8601, or an epoch number: up to 11 digits are seconds, more are milliseconds.
std::optional<std::int64_t> parse_time(std::string_view text);

/// `2024-01-01T10:00:00.000Z`.
std::string iso8601(std::int64_t ms);
/// `2024-01-01`, `2024-01-01 10:00:00`, and `Mon, 01 Jan 2024 10:00:00 GMT` as of a Date header.
std::string date_text(std::int64_t ms);
std::string date_time_text(std::int64_t ms);
std::string http_date(std::int64_t ms);

}  // namespace tapedeck::sim
