#include "sim/time_text.hpp"

#include <charconv>
#include <cstdio>

namespace tapedeck::sim {
namespace {

/// Takes `count` digits off the front of `text`.
std::optional<int> take_number(std::string_view &text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view &text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

unsigned days_in_month(int year, int month) {
  constexpr unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

std::optional<std::int64_t> take_date(std::string_view &text) {
  const auto year = take_number(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12 || !take_char(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *day < 1 || static_cast<unsigned>(*day) > days_in_month(*year, *month))
    return std::nullopt;
  return days_from_civil(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)) *
         kDayMs;
}

/// `.123456`: milliseconds count, finer digits must be there but are cut.
std::optional<std::int64_t> take_fraction(std::string_view &text) {
  if (!take_char(text, '.')) return 0;
  std::int64_t ms = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1))
    if (digits++ < 3) ms = ms * 10 + (text.front() - '0');
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) ms *= 10;
  return ms;
}

std::optional<std::int64_t> take_clock(std::string_view &text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t ms = *hour * kHourMs + *minute * kMinuteMs;
  if (!take_char(text, ':')) return ms;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return ms + *second * kSecondMs + *fraction;
}

/// Offset of the zone in ms; nothing at all means UTC.
std::optional<std::int64_t> take_offset(std::string_view &text) {
  if (text.empty() || take_char(text, 'Z') || take_char(text, 'z')) return 0;
  const bool negative = text.front() == '-';
  if (!negative && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 14) return std::nullopt;
  int minute = 0;
  if (!text.empty()) {
    take_char(text, ':');
    const auto parsed = take_number(text, 2);
    if (!parsed || *parsed > 59) return std::nullopt;
    minute = *parsed;
  }
  const std::int64_t offset = *hour * kHourMs + minute * kMinuteMs;
  return negative ? -offset : offset;
}

}  // namespace

// Both after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  const std::int64_t era = floor_div(year, 400);
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = floor_div(days, 146'097);
  const auto doe = static_cast<unsigned>(days - era * 146'097);
  const unsigned yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2), month,
          doy - (153 * mp + 2) / 5 + 1};
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return date;
  if (!take_char(text, 'T') && !take_char(text, 't') && !take_char(text, ' ')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return *date + *clock - *offset;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    constexpr std::int64_t seconds_limit = 100'000'000'000;  // in seconds: the year 5138
    constexpr std::int64_t limit = 100'000'000'000'000;
    if (number >= limit || number <= -limit) return std::nullopt;
    return number < seconds_limit && number > -seconds_limit ? number * kSecondMs : number;
  }
  return parse_iso8601(text);
}

std::string iso8601(std::int64_t ms) {
  const std::int64_t days = floor_div(ms, kDayMs);
  const std::int64_t rest = ms - days * kDayMs;
  const CivilDate date = civil_from_days(days);
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year), date.month, date.day, static_cast<int>(rest / kHourMs),
                static_cast<int>(rest / kMinuteMs % 60), static_cast<int>(rest / kSecondMs % 60),
                static_cast<int>(rest % kSecondMs));
  return text;
}

std::string date_text(std::int64_t ms) { return iso8601(ms).substr(0, 10); }

std::string date_time_text(std::int64_t ms) {
  return date_text(ms) + " " + iso8601(ms).substr(11, 8);
}

std::string http_date(std::int64_t ms) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::int64_t day = floor_div(ms, kDayMs);
  const std::string iso = iso8601(ms);
  std::string text(kDays.substr(static_cast<std::size_t>(weekday(day)) * 3, 3));
  text.append(", ").append(iso, 8, 2).append(" ");
  text.append(kMonths.substr((civil_from_days(day).month - 1) * 3, 3));
  return text.append(" ").append(iso, 0, 4).append(" ").append(iso, 11, 8).append(" GMT");
}

}  // namespace tapedeck::sim
