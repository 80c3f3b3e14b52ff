// The words of one line of a calendar file.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/local_time.hpp"

namespace tapedeck {

// What is wrong with a line. The reader of the file adds where.
struct RuleError {
  std::string what;
};

// Days of the week as bits, Sunday the lowest.
class Weekdays {
 public:
  constexpr Weekdays() = default;
  static constexpr Weekdays all() { return Weekdays(0x7f); }
  void add(std::chrono::weekday day) { bits_ |= 1U << day.c_encoding(); }
  bool has(Day day) const { return (bits_ >> std::chrono::weekday(day).c_encoding() & 1U) != 0; }
  bool empty() const { return bits_ == 0; }

 private:
  explicit constexpr Weekdays(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};

// Minutes after a day's midnight; `from` is negative where it lies on the day before.
struct DaySpan {
  int from = 0, to = 0;
};

// Reads word by word. Each take_*() throws RuleError when the next word is not what it is to be.
class RuleWords {
 public:
  explicit RuleWords(std::string_view line);  // without the comment that begins with '#'
  bool empty() const { return next_ == words_.size(); }
  std::string_view peek() const { return empty() ? std::string_view() : words_[next_]; }
  bool skip(std::string_view word);  // true when the next one is `word`
  std::string_view take(std::string_view what);
  int take_number(std::string_view what, int least, int most);
  int take_clock();                  // "09:30" to "24:00"
  DaySpan take_span();               // "09:30-16:00", "<18:00-17:00" from the day before
  Day take_day();                    // "2024-01-31"
  Weekdays take_weekdays();          // "mon-fri", "mon,tue,thu"

 private:
  std::vector<std::string_view> words_;
  std::size_t next_ = 0;
};

// Nothing when the text is none.
std::optional<int> number_of(std::string_view text);
std::optional<Day> day_of(std::string_view text);
std::optional<std::chrono::weekday> weekday_of(std::string_view text);  // "mon"
std::optional<unsigned> month_of(std::string_view text);                // "jan" is 1
std::optional<DaySpan> span_of(std::string_view text);
std::string in_quotes(std::string_view word);

}  // namespace tapedeck
