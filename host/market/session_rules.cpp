#include "market/session_rules.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

namespace tapedeck {
namespace {

class Reader {
 public:
  explicit Reader(const OtherCalendar &other) : other_(other) {}
  SessionRules read(std::string_view text);

 private:
  void read_line(RuleWords &words);
  void read_years(RuleWords &words);
  void read_hours(RuleWords &words);
  void read_optional(RuleWords &words);
  void read_table(RuleWords &words);
  void read_days_of(RuleWords &words);
  EdgeRule read_edge(RuleWords &words);
  void check_whole() const;

  const OtherCalendar &other_;
  SessionRules rules_;
  DateTables tables_;
};

SessionRules Reader::read(std::string_view text) {
  int line = 0;
  try {
    while (!text.empty()) {
      ++line;
      const auto end = std::min(text.find('\n'), text.size());
      RuleWords words(text.substr(0, end));
      if (!words.empty()) read_line(words);
      if (!words.empty()) throw RuleError{"more than expected: " + in_quotes(words.peek())};
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    check_whole();
  } catch (const RuleError &e) {
    throw Error(TDK_INVALID_ARGUMENT, "line " + std::to_string(line) + ": " + e.what);
  }
  return std::move(rules_);
}

void Reader::read_line(RuleWords &words) {
  const auto word = words.take("a word");
  if (word == "zone") {
    if (!rules_.zone.empty()) throw RuleError{"a second zone"};
    rules_.zone = words.take("a time zone");
  } else if (word == "years") {
    read_years(words);
  } else if (word == "hours") {
    read_hours(words);
  } else if (word == "closed") {
    rules_.closed.push_back(DateRule::read(words, tables_));
  } else if (word == "early") {
    rules_.early.push_back(read_edge(words));
  } else if (word == "late") {
    rules_.late.push_back(read_edge(words));
  } else if (word == "optional") {
    read_optional(words);
  } else if (word == "auction") {
    rules_.auction = words.take_number("minutes", 1, 120);
  } else if (word == "table") {
    read_table(words);
  } else if (word == "days-of") {
    read_days_of(words);
  } else {
    throw RuleError{"unknown word " + in_quotes(word)};
  }
}

void Reader::read_years(RuleWords &words) {
  const auto word = words.take("years such as 1990-2037");
  const auto first = number_of(word.substr(0, 4));
  const auto last = word.size() == 9 && word[4] == '-' ? number_of(word.substr(5)) : std::nullopt;
  if (!first || !last || *first < 1970 || *last < *first || *last > 2100)
    throw RuleError{"expected years such as 1990-2037, found " + in_quotes(word)};
  rules_.first_year = *first;
  rules_.last_year = *last;
}

void Reader::read_hours(RuleWords &words) {
  HoursRule rule;
  rule.since = words.take_day();
  rule.days = words.take_weekdays();
  do {
    const DaySpan span = words.take_span();
    if (!rule.spans.empty() && span.from < rule.spans.back().to) throw RuleError{"the hours overlap"};
    rule.spans.push_back(span);
  } while (!words.empty());
  if (!rules_.hours.empty() && rule.since <= rules_.hours.back().since)
    throw RuleError{"the lines with hours do not ascend"};
  rules_.hours.push_back(std::move(rule));
}

void Reader::read_optional(RuleWords &words) {
  OptionalRule rule;
  rule.span = span_of(words.peek());
  if (rule.span) words.take_span();
  if (!words.empty()) rule.when = DateRule::read(words, tables_);
  if (!rule.span && !rule.when) throw RuleError{"expected hours or days after 'optional'"};
  rules_.optional.push_back(std::move(rule));
}

// A table may take several lines.
void Reader::read_table(RuleWords &words) {
  auto &days = tables_[std::string(words.take("the name of a table"))];
  do {
    const Day day = words.take_day();
    if (!days.empty() && day <= days.back()) throw RuleError{"the dates do not ascend"};
    days.push_back(day);
  } while (!words.empty());
}

void Reader::read_days_of(RuleWords &words) {
  const auto name = words.take("the name of a calendar");
  const auto text = other_(name);
  if (!text) throw RuleError{"there is no calendar " + in_quotes(name)};
  const OtherCalendar none = [](std::string_view) { return std::nullopt; };
  SessionRules days = read_session_rules(*text, none);
  std::move(days.closed.begin(), days.closed.end(), std::back_inserter(rules_.closed));
  std::move(days.early.begin(), days.early.end(), std::back_inserter(rules_.early));
  std::move(days.late.begin(), days.late.end(), std::back_inserter(rules_.late));
}

EdgeRule Reader::read_edge(RuleWords &words) {
  EdgeRule rule;
  rule.minute = words.take_clock();
  rule.when = DateRule::read(words, tables_);
  return rule;
}

void Reader::check_whole() const {
  if (rules_.zone.empty()) throw RuleError{"the file ends without a zone"};
  if (rules_.first_year == 0) throw RuleError{"the file ends without its years"};
  const Day begin(std::chrono::year(rules_.first_year) / std::chrono::January / 1);
  if (rules_.hours.empty() || rules_.hours.front().since > begin)
    throw RuleError{"the file ends without hours for its first year"};
  for (const auto &[name, days] : tables_)
    for (int year = rules_.first_year; year <= rules_.last_year; ++year)
      if (std::none_of(days.begin(), days.end(),
                       [&](Day d) { return std::chrono::year_month_day(d).year() == std::chrono::year(year); }))
        throw RuleError{"the table " + in_quotes(name) + " has no date in " + std::to_string(year)};
}

}  // namespace

SessionRules read_session_rules(std::string_view text, const OtherCalendar &other) {
  return Reader(other).read(text);
}

}  // namespace tapedeck
