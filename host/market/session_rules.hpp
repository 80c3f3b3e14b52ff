// What a calendar file says, read.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/date_rule.hpp"

namespace tapedeck {

// The hours of a trading day from a date on.
struct HoursRule {
  Day since;
  Weekdays days;
  std::vector<DaySpan> spans;  // ascending
};

// An early close, or a late open.
struct EdgeRule {
  int minute = 0;
  DateRule when;
};

struct OptionalRule {
  std::optional<DaySpan> span;   // of the date; nothing: the sessions of the trading day
  std::optional<DateRule> when;  // nothing: every day
};

struct SessionRules {
  std::string zone;
  int first_year = 0, last_year = 0;
  std::vector<HoursRule> hours;  // ascending
  std::vector<DateRule> closed;  // in the order in which they move
  std::vector<EdgeRule> early, late;
  std::vector<OptionalRule> optional;
  int auction = 0;  // minutes after the last close
};

// The text of another calendar; nothing when there is none.
using OtherCalendar = std::function<std::optional<std::string_view>(std::string_view name)>;

// Throws TDK_INVALID_ARGUMENT with the line and what is wrong with it.
SessionRules read_session_rules(std::string_view text, const OtherCalendar &other);

}  // namespace tapedeck
