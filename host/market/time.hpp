// Points in time: int64 nanoseconds since 1970-01-01T00:00:00Z, read and written as people do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck {

using Nanos = std::int64_t;
inline constexpr Nanos kSecond = 1'000'000'000;
inline constexpr Nanos kMinute = 60 * kSecond;
inline constexpr Nanos kHour = 60 * kMinute;
inline constexpr Nanos kDay = 24 * kHour;

// [from, to)
struct TimeRange {
  Nanos from = 0;
  Nanos to = 0;
  bool empty() const noexcept { return from >= to; }
  bool operator==(const TimeRange &) const = default;
};

struct CivilTime {
  int year = 1970;
  unsigned month = 1, day = 1;  // 1..12, 1..31
  unsigned hour = 0, minute = 0, second = 0;
  std::uint32_t nanosecond = 0;
};
CivilTime civil_of(Nanos time) noexcept;
Nanos nanos_of(const CivilTime &civil) noexcept;

// "2024-01-01T10:00:00Z"; a fraction only where there is one, in 3, 6 or 9 digits.
std::string format_time(Nanos time);
void append_time(std::string &out, Nanos time);

// ISO 8601 ("2024-01-01", "2024-01-01T10:00:00.5+02:00", no offset = UTC), epoch seconds
// ("1704067200"), or a span before `now` ("30d", "12h", "90m"; "2y" are two calendar years, leap day
// included); "now" itself. Nothing otherwise.
std::optional<Nanos> parse_time(std::string_view text, Nanos now);

// "250ms", "15s", "5m", "2h", "30d", "2w", "1y" (365 days); a number without a unit is refused.
std::optional<Nanos> parse_duration(std::string_view text);
std::string format_duration(Nanos duration);  // "1h 12m", "3.2 s", "250 ms": for people

}  // namespace tapedeck
