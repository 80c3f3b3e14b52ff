// A market that closes for half an hour every two hours, for the first time at minute 60.
#pragma once

#include "ingest/testing/backfill_bench.hpp"

namespace tapedeck::testing {

class LunchBreaks final : public Calendar {
 public:
  std::string_view name() const noexcept override { return "lunch"; }
  RangeSet closed(TimeRange range) const override {
    RangeSet out;
    for (std::int64_t m = 60; at(m) < range.to; m += 120) out.add({at(m), at(m + 30)});
    return out.within(range);
  }
  // After each break vendors take their time.
  RangeSet optional(TimeRange range) const override {
    RangeSet out;
    for (std::int64_t m = 90; at(m) < range.to; m += 120) out.add({at(m), at(m + 5)});
    return out.within(range);
  }
};

}  // namespace tapedeck::testing
