// When a market is open.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "market/interval.hpp"
#include "market/range_set.hpp"

namespace tapedeck {

// Every instant is open, optional or closed. Where it is optional candles may come and need not: vendors pause
// at minutes of their own, and keep other eves of holidays. What a calendar does not know for certain to be
// closed it calls open, or optional: asking in vain costs a request, leaving out costs data.
// Threads: any; a calendar does not change.
class Calendar {
 public:
  virtual ~Calendar() = default;
  virtual std::string_view name() const noexcept = 0;
  // The parts of `range` in which the market is closed: no candle is expected there, or asked for. One that
  // comes along with others in a page is left out.
  virtual RangeSet closed(TimeRange range) const = 0;
  // The parts in which none is expected either, but asked for along with those around it.
  virtual RangeSet optional(TimeRange) const { return {}; }
};

// Closed and optional time together: silence there means nothing.
RangeSet quiet_time(const Calendar *calendar, TimeRange range);

// The slots of `range` that are closed from their first instant to their last: a candle that is open
// for a minute of its day may hold trades. Nothing without a calendar.
RangeSet closed_slots(const Calendar *calendar, Interval interval, TimeRange range);

// The same with optional time taken for closed: slots that are no hole when nothing is there.
RangeSet unexpected_slots(const Calendar *calendar, Interval interval, TimeRange range);

// What of `missing` is worth a question: not its closed slots, and optional ones only beside others.
RangeSet worth_asking(RangeSet missing, const Calendar *calendar, Interval interval);

// NULL for an unknown name. Throws TDK_UNAVAILABLE when the system has no time zones.
std::shared_ptr<const Calendar> find_calendar(std::string_view name);
std::vector<std::string> calendar_names();

}  // namespace tapedeck
