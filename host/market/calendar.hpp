// When a market is open.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "market/interval.hpp"
#include "market/range_set.hpp"

namespace tapedeck {

// Threads: any; a calendar does not change.
class Calendar {
 public:
  virtual ~Calendar() = default;
  virtual std::string_view name() const noexcept = 0;
  // The parts of `range` in which the market is closed: no candle is expected there.
  virtual RangeSet closed(TimeRange range) const = 0;
};

// The slots of `range` that are closed from their first instant to their last: a candle that is open
// for a minute of its day may hold trades. Nothing without a calendar.
RangeSet closed_slots(const Calendar *calendar, Interval interval, TimeRange range);

// NULL for an unknown name.
std::shared_ptr<const Calendar> find_calendar(std::string_view name);
std::vector<std::string> calendar_names();

}  // namespace tapedeck
