// When a market is open.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

// NULL for an unknown name.
std::shared_ptr<const Calendar> find_calendar(std::string_view name);
std::vector<std::string> calendar_names();

}  // namespace tapedeck
