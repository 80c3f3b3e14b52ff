// Sets of time ranges: sorted, not touching each other.
#pragma once

#include <utility>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

class RangeSet {
 public:
  RangeSet() = default;
  explicit RangeSet(TimeRange range) { add(range); }

  void add(TimeRange range);       // merges what overlaps or touches
  void subtract(TimeRange range);
  void subtract(const RangeSet &other);
  RangeSet within(TimeRange range) const;  // the part inside `range`
  bool contains(Nanos time) const noexcept;
  bool covers(TimeRange range) const noexcept;
  bool empty() const noexcept { return ranges_.empty(); }
  const std::vector<TimeRange> &ranges() const & noexcept { return ranges_; }
  std::vector<TimeRange> ranges() && noexcept { return std::move(ranges_); }  // safe in a range-for
  bool operator==(const RangeSet &) const = default;

 private:
  std::vector<TimeRange> ranges_;
};

}  // namespace tapedeck
