// On which days something is: a holiday, an early close.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "market/rule_words.hpp"

namespace tapedeck {

using DateTables = std::map<std::string, std::vector<Day>, std::less<>>;  // by name, ascending

// "dec 25", "3rd mon jan", "last mon may", "easter -2", "mid_autumn +1" (a table's dates), "2001-09-11",
// "2012-10-29..2012-10-30", followed by conditions; host/market/calendars/README.md has them all.
// Threads: any; a rule does not change.
class DateRule {
 public:
  // Takes all words that are left. Throws RuleError.
  static DateRule read(RuleWords &words, const DateTables &tables);

  // The days that the rule names in a year, ascending, before they are moved.
  std::vector<Day> days_in(int year) const;
  // Where such a day is kept: `taken` are the days that are holidays already.
  Day moved(Day day, const std::set<Day> &taken) const;

 private:
  enum class Kind { Listed, Fixed, Nth, Easter };
  void read_days(RuleWords &words, const DateTables &tables);
  void read_listed(RuleWords &words);
  void read_offset(RuleWords &words);
  void read_condition(RuleWords &words);
  void read_move(RuleWords &words);
  Day fixed_day(int year) const;
  bool holds(Day day) const;

  Kind kind_ = Kind::Listed;
  std::vector<Day> listed_;  // ascending
  unsigned month_ = 1, day_ = 1;
  unsigned nth_ = 0;  // 0: the last
  std::chrono::weekday weekday_{0u};
  int offset_ = 0;

  Weekdays on_ = Weekdays::all();
  Day since_, until_;
  std::vector<int> except_;
  std::array<int, 7> move_by_{};  // by weekday, Sunday first
  bool move_free_ = false;
  Weekdays not_free_;
};

Day easter_sunday(int year);  // of the Gregorian calendar

}  // namespace tapedeck
