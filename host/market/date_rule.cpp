#include "market/date_rule.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

using std::chrono::days;

Day first_of(int year, unsigned month, unsigned day) {
  return Day(std::chrono::year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)});
}

int year_of(Day day) { return static_cast<int>(std::chrono::year_month_day(day).year()); }

// "+2", "-1"; nothing when the word is none.
std::optional<int> signed_number(std::string_view word) {
  if (word.size() < 2 || (word[0] != '+' && word[0] != '-')) return std::nullopt;
  const auto n = number_of(word.substr(1));
  return n ? std::optional(word[0] == '-' ? -*n : *n) : std::nullopt;
}

std::optional<unsigned> ordinal_of(std::string_view word) {
  if (word == "1st") return 1;
  if (word == "2nd") return 2;
  if (word == "3rd") return 3;
  if (word == "4th") return 4;
  if (word == "last") return 0;
  return std::nullopt;
}

}  // namespace

// The algorithm of Meeus, Jones and Butcher.
Day easter_sunday(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
  return first_of(year, static_cast<unsigned>(n / 31), static_cast<unsigned>(n % 31 + 1));
}

DateRule DateRule::read(RuleWords &words, const DateTables &tables) {
  DateRule rule;
  rule.since_ = first_of(1900, 1, 1);
  rule.until_ = first_of(2200, 1, 1);
  rule.read_days(words, tables);
  while (!words.empty()) rule.read_condition(words);
  return rule;
}

void DateRule::read_days(RuleWords &words, const DateTables &tables) {
  const auto word = words.peek();
  if (day_of(word.substr(0, 10))) return read_listed(words);
  words.take("a day");
  if (const auto nth = ordinal_of(word)) {
    kind_ = Kind::Nth;
    nth_ = *nth;
    const auto weekday = weekday_of(words.take("a weekday such as mon"));
    const auto month = month_of(words.take("a month such as jan"));
    if (!weekday || !month) throw RuleError{"expected a weekday and a month after " + in_quotes(word)};
    weekday_ = *weekday;
    month_ = *month;
  } else if (const auto month = month_of(word)) {
    kind_ = Kind::Fixed;
    month_ = *month;
    day_ = static_cast<unsigned>(words.take_number("a day of the month", 1, 31));
    // 2023 is no leap year: the 29th of February is no day of every year.
    const std::chrono::month_day date{std::chrono::month(month_), std::chrono::day(day_)};
    if (!date.ok() || (month_ == 2 && day_ > 28)) throw RuleError{"no day of every year: " + in_quotes(word)};
  } else if (word == "easter") {
    kind_ = Kind::Easter;
  } else if (const auto table = tables.find(word); table != tables.end()) {
    listed_ = table->second;
  } else {
    throw RuleError{"expected a day, found " + in_quotes(word)};
  }
  read_offset(words);
}

void DateRule::read_listed(RuleWords &words) {
  while (day_of(words.peek().substr(0, 10))) {
    const auto word = words.take("a date");
    const Day first = *day_of(word.substr(0, 10));
    Day last = first;
    if (word.size() > 10) {
      const auto end = word.substr(10).starts_with("..") ? day_of(word.substr(12)) : std::nullopt;
      if (!end || *end <= first) throw RuleError{"expected dates such as 2012-10-29..2012-10-30, found " + in_quotes(word)};
      last = *end;
    }
    for (Day day = first; day <= last; day += days(1)) listed_.push_back(day);
  }
  if (!std::is_sorted(listed_.begin(), listed_.end(), std::less_equal<>()))
    throw RuleError{"the dates do not ascend"};
}

void DateRule::read_offset(RuleWords &words) {
  if (const auto n = signed_number(words.peek())) {
    offset_ = *n;
    words.take("an offset");
  }
}

void DateRule::read_condition(RuleWords &words) {
  const auto edge = [&words](unsigned month, unsigned day) {
    if (const auto date = day_of(words.peek())) {
      words.take("a date");
      return *date;
    }
    return first_of(words.take_number("a year or a date", 1900, 2199), month, day);
  };
  const auto word = words.take("a condition");
  if (word == "since") {
    since_ = edge(1, 1);
  } else if (word == "until") {
    until_ = edge(12, 31);
  } else if (word == "on") {
    on_ = words.take_weekdays();
  } else if (word == "except") {
    while (number_of(words.peek())) except_.push_back(words.take_number("a year", 1900, 2199));
    if (except_.empty()) throw RuleError{"expected years after 'except'"};
  } else if (word == "move") {
    read_move(words);
  } else {
    throw RuleError{"expected since, until, on, except or move, found " + in_quotes(word)};
  }
}

void DateRule::read_move(RuleWords &words) {
  if (words.skip("free")) {
    move_free_ = true;
    while (const auto weekday = weekday_of(words.peek())) {
      not_free_.add(*weekday);
      words.take("a weekday");
    }
    if (not_free_.empty()) throw RuleError{"expected weekdays after 'move free'"};
    return;
  }
  bool some = false;
  while (const auto weekday = weekday_of(words.peek().substr(0, 3))) {
    const auto word = words.take("a move");
    const auto by = signed_number(word.substr(3));
    if (!by) throw RuleError{"expected a move such as sun+1, found " + in_quotes(word)};
    move_by_[weekday->c_encoding()] = *by;
    some = true;
  }
  if (!some) throw RuleError{"expected moves such as sun+1 after 'move'"};
}

Day DateRule::fixed_day(int year) const {
  using namespace std::chrono;
  if (kind_ == Kind::Easter) return easter_sunday(year);
  if (kind_ == Kind::Fixed) return first_of(year, month_, day_);
  const year_month at{std::chrono::year(year), month(month_)};
  return nth_ == 0 ? Day(at / weekday_[last]) : Day(at / weekday_[nth_]);
}

bool DateRule::holds(Day day) const {
  return day >= since_ && day <= until_ && on_.has(day) &&
         std::find(except_.begin(), except_.end(), year_of(day)) == except_.end();
}

std::vector<Day> DateRule::days_in(int year) const {
  std::vector<Day> out;
  const auto add = [&](Day day) {
    if (holds(day)) out.push_back(day);
  };
  if (kind_ != Kind::Listed) {
    add(fixed_day(year) + days(offset_));
    return out;
  }
  for (const Day listed : listed_)
    if (const Day day = listed + days(offset_); year_of(day) == year) add(day);
  return out;
}

Day DateRule::moved(Day day, const std::set<Day> &taken) const {
  if (!move_free_) return day + days(move_by_[std::chrono::weekday(day).c_encoding()]);
  while (not_free_.has(day) || taken.contains(day)) day += days(1);
  return day;
}

}  // namespace tapedeck
