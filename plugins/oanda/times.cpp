#include "times.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace oanda {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kEndOfTime = 7'258'118'400;  // 2200-01-01, in seconds

// A number of exactly `digits` digits at the front, taken off.
bool take_digits(std::string_view &text, std::size_t digits, std::int64_t &value) {
  if (text.size() < digits || digits == 0) return false;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + digits, value);
  if (text[0] == '-' || ec != std::errc{} || end != text.data() + digits) return false;
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view &text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::size_t leading_digits(std::string_view text) {
  const std::size_t at = text.find_first_not_of("0123456789");
  return at == text.npos ? text.size() : at;
}

// ".5" is 500 ms; nothing there is 0.
bool take_fraction(std::string_view &text, std::int64_t &ns) {
  ns = 0;
  if (!take(text, '.')) return true;
  const std::size_t digits = leading_digits(text);
  if (digits > 9 || !take_digits(text, digits, ns)) return false;
  for (std::size_t i = digits; i < 9; ++i) ns *= 10;
  return true;
}

bool take_date(std::string_view &text, std::int64_t &days) {
  using namespace std::chrono;
  std::int64_t y = 0, m = 0, d = 0;
  const bool ok = take_digits(text, 4, y) && take(text, '-') && take_digits(text, 2, m) &&
                  take(text, '-') && take_digits(text, 2, d);
  const year_month_day date{year(static_cast<int>(y)), month(static_cast<unsigned>(m)),
                            day(static_cast<unsigned>(d))};
  if (!ok || !date.ok()) return false;
  days = sys_days(date).time_since_epoch().count();
  return true;
}

bool take_clock(std::string_view &text, std::int64_t &seconds) {
  std::int64_t h = 0, m = 0, s = 0;
  const bool ok = take_digits(text, 2, h) && take(text, ':') && take_digits(text, 2, m) &&
                  take(text, ':') && take_digits(text, 2, s);
  seconds = h * 3600 + m * 60 + s;
  return ok && h < 24 && m < 60 && s < 60;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  std::int64_t seconds = 0, days = 0, ns = 0;
  const std::size_t digits = leading_digits(text);
  const bool unix_form = digits == text.size() || text[digits] == '.';
  if (unix_form) {
    if (digits > 10 || !take_digits(text, digits, seconds)) return {};
  } else {
    if (!take_date(text, days) || !take(text, 'T') || !take_clock(text, seconds)) return {};
    seconds += days * 86'400;
  }
  if (!take_fraction(text, ns) || (!unix_form && !take(text, 'Z'))) return {};
  if (!text.empty() || seconds < 0 || seconds >= kEndOfTime) return {};
  return seconds * kSecond + ns;
}

std::string format_time(std::int64_t ns) {
  using namespace std::chrono;
  const std::int64_t seconds = ns / kSecond, of_day = seconds % 86'400;
  const year_month_day date{sys_days{days{seconds / 86'400}}};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%09lldZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(of_day / 3600),
                static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60),
                static_cast<long long>(ns % kSecond));
  return text;
}

}  // namespace oanda
