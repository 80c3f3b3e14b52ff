#include "market/rule_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tapedeck {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr int kMinutesADay = 24 * 60;

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  while (true) {
    const auto from = text.find_first_not_of(separators);
    if (from == std::string_view::npos) return out;
    text.remove_prefix(from);
    const auto length = std::min(text.find_first_of(separators), text.size());
    out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

template <std::size_t N>
std::optional<unsigned> index_of(const std::array<std::string_view, N> &names, std::string_view text) {
  const auto it = std::find(names.begin(), names.end(), text);
  if (it == names.end()) return std::nullopt;
  return static_cast<unsigned>(it - names.begin());
}

std::optional<int> clock_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = number_of(text.substr(0, 2)), minute = number_of(text.substr(3));
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const int at = *hour * 60 + *minute;
  return at <= kMinutesADay ? std::optional(at) : std::nullopt;
}

[[noreturn]] void expected(std::string_view what, std::string_view found) {
  throw RuleError{"expected " + std::string(what) + ", found " + (found.empty() ? "nothing" : in_quotes(found))};
}

}  // namespace

std::string in_quotes(std::string_view word) { return "'" + std::string(word) + "'"; }

std::optional<int> number_of(std::string_view text) {
  int n = 0;
  const auto r = std::from_chars(text.data(), text.data() + text.size(), n);
  if (text.empty() || text.front() == '-' || r.ec != std::errc() || r.ptr != text.data() + text.size())
    return std::nullopt;
  return n;
}

std::optional<Day> day_of(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = number_of(text.substr(0, 4)), m = number_of(text.substr(5, 2)), d = number_of(text.substr(8));
  if (!y || !m || !d) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*y), std::chrono::month(static_cast<unsigned>(*m)),
                                         std::chrono::day(static_cast<unsigned>(*d))};
  return date.ok() ? std::optional<Day>(date) : std::nullopt;
}

std::optional<std::chrono::weekday> weekday_of(std::string_view text) {
  const auto i = index_of(kWeekdays, text);
  return i ? std::optional(std::chrono::weekday(*i)) : std::nullopt;
}

std::optional<unsigned> month_of(std::string_view text) {
  const auto i = index_of(kMonths, text);
  return i ? std::optional(*i + 1) : std::nullopt;
}

std::optional<DaySpan> span_of(std::string_view text) {
  const bool day_before = text.starts_with('<');
  if (day_before) text.remove_prefix(1);
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = clock_of(text.substr(0, dash)), to = clock_of(text.substr(dash + 1));
  if (!from || !to) return std::nullopt;
  const DaySpan span{day_before ? *from - kMinutesADay : *from, *to};
  return span.from < span.to ? std::optional(span) : std::nullopt;
}

RuleWords::RuleWords(std::string_view line) : words_(split(line.substr(0, line.find('#')), " \t\r")) {}

bool RuleWords::skip(std::string_view word) {
  if (peek() != word || empty()) return false;
  ++next_;
  return true;
}

std::string_view RuleWords::take(std::string_view what) {
  if (empty()) expected(what, "");
  return words_[next_++];
}

int RuleWords::take_number(std::string_view what, int least, int most) {
  const auto word = take(what);
  const auto n = number_of(word);
  if (!n || *n < least || *n > most) expected(what, word);
  return *n;
}

int RuleWords::take_clock() {
  const auto word = take("a time such as 13:00");
  const auto at = clock_of(word);
  if (!at) expected("a time such as 13:00", word);
  return *at;
}

DaySpan RuleWords::take_span() {
  const auto word = take("hours such as 09:30-16:00");
  const auto span = span_of(word);
  if (!span) expected("hours such as 09:30-16:00 or <18:00-17:00", word);
  return *span;
}

Day RuleWords::take_day() {
  const auto word = take("a date such as 2024-01-31");
  const auto day = day_of(word);
  if (!day) expected("a date such as 2024-01-31", word);
  return *day;
}

Weekdays RuleWords::take_weekdays() {
  const auto word = take("weekdays such as mon-fri");
  Weekdays out;
  for (const auto part : split(word, ",")) {
    const auto dash = part.find('-');
    const auto first = weekday_of(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : weekday_of(part.substr(dash + 1));
    if (!first || !last) expected("weekdays such as mon-fri", word);
    for (auto day = *first;; ++day) {
      out.add(day);
      if (day == *last) break;
    }
  }
  return out;
}

}  // namespace tapedeck
