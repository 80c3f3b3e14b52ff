#include "times.hpp"

#include <chrono>

namespace twelvedata {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

year_month_day day_of(std::int64_t s) { return std::chrono::floor<days>(sys_seconds{seconds{s}}); }

void append_padded(std::string &out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

// The digits at `at`; -1 when one of them is none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    out = out * 10 + (text[i] - '0');
  }
  return out;
}

std::optional<std::int64_t> start_of_day(int y, int m, int d) {
  const year_month_day date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                            std::chrono::day{static_cast<unsigned>(d)}};
  if (y < 1800 || y >= 2200 || m < 0 || d < 0 || !date.ok()) return {};
  return sys_seconds{sys_days{date}}.time_since_epoch().count();
}

// "03:00:00" at `at`, as seconds of the day.
std::optional<std::int64_t> time_of_day(std::string_view text, std::size_t at) {
  if (text[at + 2] != ':' || text[at + 5] != ':') return {};
  const int h = digits(text, at, 2), m = digits(text, at + 3, 2), s = digits(text, at + 6, 2);
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return {};
  return (h * 60 + m) * 60 + s;
}

}  // namespace

std::string date_text(std::int64_t s) {
  const year_month_day date = day_of(s);
  std::string out;
  append_padded(out, int{date.year()}, 4);
  append_padded(out += '-', unsigned{date.month()}, 2);
  append_padded(out += '-', unsigned{date.day()}, 2);
  return out;
}

std::string date_time_text(std::int64_t s) {
  const std::int64_t of_day = (s % kDaySeconds + kDaySeconds) % kDaySeconds;
  std::string out = date_text(s) + "T";
  append_padded(out, of_day / 3600, 2);
  append_padded(out += ':', of_day / 60 % 60, 2);
  append_padded(out += ':', of_day % 60, 2);
  return out;
}

std::optional<std::int64_t> parse_date_time(std::string_view text) {
  constexpr std::size_t kDate = 10, kDateAndTime = 19;
  if ((text.size() != kDate && text.size() != kDateAndTime) || text[4] != '-' || text[7] != '-')
    return {};
  const auto day = start_of_day(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  if (!day || text.size() == kDate) return day;
  if (text[kDate] != ' ' && text[kDate] != 'T') return {};
  const auto of_day = time_of_day(text, kDate + 1);
  if (!of_day) return {};
  return *day + *of_day;
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT") || text[3] != ',' || text[16] != ' ') return {};
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (month == kMonths.npos || month % 3 != 0) return {};
  const auto day =
      start_of_day(digits(text, 12, 4), static_cast<int>(month / 3 + 1), digits(text, 5, 2));
  const auto of_day = time_of_day(text, 17);
  if (!day || !of_day) return {};
  return *day + *of_day;
}

std::int64_t start_of_month(std::int64_t s) {
  const year_month_day date = day_of(s);
  return sys_seconds{sys_days{date.year() / date.month() / std::chrono::day{1}}}
      .time_since_epoch()
      .count();
}

std::int64_t next_month(std::int64_t s) {
  const year_month_day date = day_of(s);
  const auto first = date.year() / date.month() / std::chrono::day{1} + std::chrono::months{1};
  return sys_seconds{sys_days{first}}.time_since_epoch().count();
}

}  // namespace twelvedata
