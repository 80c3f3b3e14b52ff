#include "market/session_calendar.hpp"

#include <algorithm>
#include <map>

namespace tapedeck {
namespace {

using std::chrono::days;

TimeRange year_range(int year) {
  CivilTime first, next;
  first.year = year;
  next.year = year + 1;
  return {nanos_of(first), nanos_of(next)};
}

// Days of the year and of its neighbours: what a holiday of December is moved to may lie in January, and the
// first session of a year may begin in the old one.
template <class F>
void for_days_around(const DateRule &rule, int year, F f) {
  for (int y = year - 1; y <= year + 1; ++y)
    for (const Day day : rule.days_in(y)) f(day);
}

}  // namespace

// One year of a calendar, in the making.
class SessionCalendar::Builder {
 public:
  Builder(const SessionCalendar &calendar, int year) : rules_(calendar.rules_), local_(calendar.local_), year_(year) {
    find_holidays();
    find_edges(rules_.early, early_);
    find_edges(rules_.late, late_);
    find_optional_days();
  }

  void build(RangeSet &closed, RangeSet &optional) {
    const TimeRange whole = year_range(year_);
    const Day first = Day(std::chrono::year(year_) / std::chrono::January / 1) - days(3);
    for (Day day = first; day < first + days(366 + 6); day += days(1)) add_day(day);
    for (const auto &span : optional_spans_) add_optional(span);
    RangeSet outside = optional_;
    outside.subtract(open_);
    optional_.subtract(outside);
    for (const auto &r : auctions_.ranges()) {
      optional_.add(r);
      open_.add(r);
    }
    closed = RangeSet(whole);
    closed.subtract(open_.within(whole));
    optional = optional_.within(whole);
  }

 private:
  struct DatedSpan {
    Day day;
    DaySpan span;
  };

  // Rule by rule, so that a holiday that is moved to a free day sees those of the rules before it.
  void find_holidays() {
    for (const auto &rule : rules_.closed) {
      std::set<Day> found;
      for_days_around(rule, year_, [&](Day day) { found.insert(rule.moved(day, closed_days_)); });
      closed_days_.merge(found);
    }
  }

  void find_edges(const std::vector<EdgeRule> &rules, std::map<Day, int> &edges) {
    for (const auto &rule : rules)
      for_days_around(rule.when, year_,
                      [&](Day day) { edges.insert_or_assign(rule.when.moved(day, closed_days_), rule.minute); });
  }

  void find_optional_days() {
    const Day first = Day(std::chrono::year(year_) / std::chrono::January / 1) - days(3);
    for (const auto &rule : rules_.optional) {
      if (!rule.when)
        for (Day day = first; day < first + days(366 + 6); day += days(1)) optional_spans_.push_back({day, *rule.span});
      else
        for_days_around(*rule.when, year_, [&](Day day) {
          day = rule.when->moved(day, closed_days_);
          if (rule.span)
            optional_spans_.push_back({day, *rule.span});
          else
            optional_days_.insert(day);
        });
    }
  }

  std::vector<DaySpan> hours_of(Day day) const {
    const auto next = std::upper_bound(rules_.hours.begin(), rules_.hours.end(), day,
                                       [](Day d, const HoursRule &rule) { return d < rule.since; });
    if (next == rules_.hours.begin() || closed_days_.contains(day)) return {};
    const HoursRule &rule = *std::prev(next);
    if (!rule.days.has(day)) return {};
    std::vector<DaySpan> spans = rule.spans;
    if (const auto edge = early_.find(day); edge != early_.end())
      for (auto &span : spans) span.to = std::min(span.to, edge->second);
    if (const auto edge = late_.find(day); edge != late_.end())
      for (auto &span : spans) span.from = std::max(span.from, edge->second);
    std::erase_if(spans, [](const DaySpan &span) { return span.from >= span.to; });
    return spans;
  }

  TimeRange range_of(Day day, DaySpan span) const { return {local_.instant(day, span.from), local_.instant(day, span.to)}; }

  void add_day(Day day) {
    const auto spans = hours_of(day);
    for (const auto &span : spans) {
      open_.add(range_of(day, span));
      if (optional_days_.contains(day)) optional_.add(range_of(day, span));
    }
    if (rules_.auction > 0 && !spans.empty())
      auctions_.add(range_of(day, {spans.back().to, spans.back().to + rules_.auction}));
  }

  void add_optional(const DatedSpan &at) { optional_.add(range_of(at.day, at.span)); }

  const SessionRules &rules_;
  const LocalTime &local_;
  const int year_;
  std::set<Day> closed_days_, optional_days_;
  std::map<Day, int> early_, late_;  // minutes after midnight
  std::vector<DatedSpan> optional_spans_;
  RangeSet open_, optional_, auctions_;
};

SessionCalendar::SessionCalendar(std::string name, SessionRules rules)
    : name_(std::move(name)), rules_(std::move(rules)), local_(rules_.zone) {
  for (int y = rules_.first_year; y <= rules_.last_year; ++y) years_.push_back(std::make_unique<Year>());
}

SessionCalendar::~SessionCalendar() = default;

const SessionCalendar::Year &SessionCalendar::year(int year) const {
  Year &y = *years_[static_cast<std::size_t>(year - rules_.first_year)];
  std::call_once(y.once, [&] { Builder(*this, year).build(y.closed, y.optional); });
  return y;
}

RangeSet SessionCalendar::collect(TimeRange range, RangeSet Year::*part) const {
  RangeSet out;
  const TimeRange known{year_range(rules_.first_year).from, year_range(rules_.last_year).to};
  range = {std::max(range.from, known.from), std::min(range.to, known.to)};
  if (range.empty()) return out;
  const int last = civil_of(range.to - 1).year;
  for (int y = civil_of(range.from).year; y <= last; ++y)
    for (const auto &r : (year(y).*part).within(range).ranges()) out.add(r);
  return out;
}

RangeSet SessionCalendar::closed(TimeRange range) const { return collect(range, &Year::closed); }
RangeSet SessionCalendar::optional(TimeRange range) const { return collect(range, &Year::optional); }

}  // namespace tapedeck
