#include "market/time.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace tapedeck {
namespace {

// int64 nanoseconds begin in 1677 and end in 2262.
constexpr int kFirstYear = 1700, kLastYear = 2261;

Nanos floor_div(Nanos a, Nanos b) noexcept { return a / b - (a % b < 0 ? 1 : 0); }

// Reads exactly `digits` digits off the front.
bool take_number(std::string_view &s, std::size_t digits, unsigned &out) {
  if (s.size() < digits) return false;
  const auto r = std::from_chars(s.data(), s.data() + digits, out);
  if (r.ec != std::errc() || r.ptr != s.data() + digits) return false;
  s.remove_prefix(digits);
  return true;
}

bool take_char(std::string_view &s, std::string_view any_of) {
  if (s.empty() || any_of.find(s.front()) == std::string_view::npos) return false;
  s.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view &s, std::uint32_t &nanosecond) {
  std::uint32_t scale = 100'000'000;
  std::size_t digits = 0;
  for (; !s.empty() && s.front() >= '0' && s.front() <= '9'; s.remove_prefix(1), ++digits, scale /= 10)
    nanosecond += static_cast<std::uint32_t>(s.front() - '0') * scale;
  return digits > 0 && digits <= 9;
}

bool take_clock(std::string_view &s, CivilTime &c) {
  if (!take_number(s, 2, c.hour) || !take_char(s, ":") || !take_number(s, 2, c.minute)) return false;
  if (take_char(s, ":")) {
    if (!take_number(s, 2, c.second)) return false;
    if (take_char(s, ".,") && !take_fraction(s, c.nanosecond)) return false;
  }
  return c.hour < 24 && c.minute < 60 && c.second < 60;
}

// "Z", "+02:00", "-0530" or nothing (UTC).
std::optional<Nanos> take_offset(std::string_view &s) {
  if (s.empty() || take_char(s, "Zz")) return 0;
  const Nanos sign = s.front() == '-' ? -1 : 1;
  unsigned h = 0, m = 0;
  if (!take_char(s, "+-") || !take_number(s, 2, h)) return std::nullopt;
  take_char(s, ":");
  if (!s.empty() && !take_number(s, 2, m)) return std::nullopt;
  if (h > 23 || m > 59) return std::nullopt;
  return sign * (h * kHour + m * kMinute);
}

std::optional<Nanos> parse_iso(std::string_view s) {
  CivilTime c;
  unsigned year = 0;
  if (!take_number(s, 4, year) || !take_char(s, "-") || !take_number(s, 2, c.month) ||
      !take_char(s, "-") || !take_number(s, 2, c.day))
    return std::nullopt;
  c.year = static_cast<int>(year);
  const std::chrono::year_month_day date{std::chrono::year(c.year), std::chrono::month(c.month),
                                         std::chrono::day(c.day)};
  if (!date.ok() || c.year < kFirstYear || c.year > kLastYear) return std::nullopt;
  if (s.empty()) return nanos_of(c);
  if (!take_char(s, "Tt ") || !take_clock(s, c)) return std::nullopt;
  const auto offset = take_offset(s);
  if (!offset || !s.empty()) return std::nullopt;
  return nanos_of(c) - *offset;
}

struct Unit {
  std::string_view name;
  Nanos length;
};
constexpr std::array<Unit, 8> kUnits = {{{"ms", 1'000'000},
                                         {"s", kSecond},
                                         {"m", kMinute},
                                         {"h", kHour},
                                         {"d", kDay},
                                         {"w", 7 * kDay},
                                         {"y", 365 * kDay},
                                         {"us", 1000}}};

std::optional<std::int64_t> whole_number(std::string_view s) {
  std::int64_t n = 0;
  const auto r = std::from_chars(s.data(), s.data() + s.size(), n);
  if (s.empty() || r.ec != std::errc() || r.ptr != s.data() + s.size()) return std::nullopt;
  return n;
}

// "2y": as many calendar years before `now`, so that a leap day in between counts; the 28th when the
// day would be a 29 February that the year does not have. Nothing when `text` is no number of years.
std::optional<Nanos> years_before(std::string_view text, Nanos now) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos || text.substr(digits) != "y") return std::nullopt;
  const auto n = whole_number(text.substr(0, digits));
  CivilTime c = civil_of(now);
  if (!n || *n > c.year - kFirstYear) return std::nullopt;
  c.year -= static_cast<int>(*n);
  if (c.month == 2 && c.day == 29 && !std::chrono::year(c.year).is_leap()) c.day = 28;
  return nanos_of(c);
}

void two_digits(char *out, unsigned v) noexcept {
  out[0] = static_cast<char>('0' + v / 10);
  out[1] = static_cast<char>('0' + v % 10);
}

}  // namespace

CivilTime civil_of(Nanos time) noexcept {
  using namespace std::chrono;
  const Nanos day = floor_div(time, kDay);
  Nanos rest = time % kDay;
  if (rest < 0) rest += kDay;
  const year_month_day date{sys_days{days{day}}};
  CivilTime c;
  c.year = static_cast<int>(date.year());
  c.month = static_cast<unsigned>(date.month());
  c.day = static_cast<unsigned>(date.day());
  c.hour = static_cast<unsigned>(rest / kHour);
  rest %= kHour;
  c.minute = static_cast<unsigned>(rest / kMinute);
  rest %= kMinute;
  c.second = static_cast<unsigned>(rest / kSecond);
  c.nanosecond = static_cast<std::uint32_t>(rest % kSecond);
  return c;
}

Nanos nanos_of(const CivilTime &c) noexcept {
  using namespace std::chrono;
  const sys_days day{year_month_day{year{c.year}, month{c.month}, std::chrono::day{c.day}}};
  return day.time_since_epoch().count() * kDay + c.hour * kHour + c.minute * kMinute +
         c.second * kSecond + c.nanosecond;
}

void append_time(std::string &out, Nanos time) {
  const CivilTime c = civil_of(time);
  char text[] = "0000-00-00T00:00:00";
  const auto year = static_cast<unsigned>(c.year);
  two_digits(text, year / 100);
  two_digits(text + 2, year % 100);
  two_digits(text + 5, c.month);
  two_digits(text + 8, c.day);
  two_digits(text + 11, c.hour);
  two_digits(text + 14, c.minute);
  two_digits(text + 17, c.second);
  out.append(text, sizeof text - 1);
  if (c.nanosecond != 0) {
    char fraction[16];
    std::snprintf(fraction, sizeof fraction, ".%09u", c.nanosecond);
    const int digits = c.nanosecond % 1'000'000 == 0 ? 3 : c.nanosecond % 1000 == 0 ? 6 : 9;
    out.append(fraction, static_cast<std::size_t>(digits) + 1);
  }
  out += 'Z';
}

std::string format_time(Nanos time) {
  std::string out;
  append_time(out, time);
  return out;
}

std::optional<Nanos> parse_time(std::string_view text, Nanos now) {
  if (text == "now") return now;
  if (const auto seconds = whole_number(text)) {
    // Four digits are a year that somebody forgot to finish, not 1970-01-01T00:33:44.
    if (text.size() <= 4 || *seconds > INT64_MAX / kSecond || *seconds < 0) return std::nullopt;
    return *seconds * kSecond;
  }
  if (text.ends_with('y')) return years_before(text, now);
  if (const auto span = parse_duration(text)) return now - *span;
  return parse_iso(text);
}

std::optional<Nanos> parse_duration(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
  const auto n = whole_number(text.substr(0, digits));
  for (const auto &u : kUnits)
    if (n && text.substr(digits) == u.name) {
      if (*n > INT64_MAX / u.length) return std::nullopt;
      return *n * u.length;
    }
  return std::nullopt;
}

std::string format_duration(Nanos d) {
  char text[64];
  if (d < kSecond)
    std::snprintf(text, sizeof text, "%lld ms", static_cast<long long>(d / 1'000'000));
  else if (d < kMinute)
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(d) / 1e9);
  else if (d < kHour)
    std::snprintf(text, sizeof text, "%lldm %llds", static_cast<long long>(d / kMinute),
                  static_cast<long long>(d % kMinute / kSecond));
  else if (d < 2 * kDay)
    std::snprintf(text, sizeof text, "%lldh %lldm", static_cast<long long>(d / kHour),
                  static_cast<long long>(d % kHour / kMinute));
  else
    std::snprintf(text, sizeof text, "%lldd %lldh", static_cast<long long>(d / kDay),
                  static_cast<long long>(d % kDay / kHour));
  return text;
}

}  // namespace tapedeck
