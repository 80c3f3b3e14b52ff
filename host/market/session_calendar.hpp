// A calendar by rules: sessions in the local time of a place, holidays, early closes.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "market/calendar.hpp"
#include "market/session_rules.hpp"

namespace tapedeck {

// Works out a year when it is first asked for, and keeps it. Outside the years it knows nothing is closed:
// asking in vain costs a request, leaving out costs data.
// Threads: any.
class SessionCalendar final : public Calendar {
 public:
  // Throws as LocalTime.
  SessionCalendar(std::string name, SessionRules rules);
  ~SessionCalendar() override;

  std::string_view name() const noexcept override { return name_; }
  RangeSet closed(TimeRange range) const override;
  RangeSet optional(TimeRange range) const override;

 private:
  struct Year {
    std::once_flag once;
    RangeSet closed, optional;
  };
  class Builder;
  const Year &year(int year) const;
  RangeSet collect(TimeRange range, RangeSet Year::*part) const;

  const std::string name_;
  const SessionRules rules_;
  const LocalTime local_;
  mutable std::vector<std::unique_ptr<Year>> years_;  // from rules_.first_year on
};

}  // namespace tapedeck
