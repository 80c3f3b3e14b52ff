// Sessions of which an answer shows no candle at all.
#pragma once

#include <cstdint>
#include <vector>

#include "market/calendar.hpp"

namespace tapedeck {

// The gaps between the rows in `open_times` (ascending) in which a whole session of the calendar lies: a day of an
// exchange, from pause to pause where the market only pauses. A market without sessions has none. Ascending.
std::vector<TimeRange> silent_sessions(const Calendar *calendar, Interval interval,
                                       const std::vector<std::int64_t> &open_times);

}  // namespace tapedeck
