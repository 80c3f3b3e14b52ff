// The rows of a series beside what the ledger says of them.
#pragma once

#include <cstdint>
#include <vector>

#include "market/interval.hpp"
#include "market/range_set.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck {

struct RowFaults {
  std::vector<TimeRange> lost;    // the ledger says present, and there is no row
  std::vector<TimeRange> unsaid;  // rows that the ledger does not call present
  std::uint64_t rows = 0;
  std::uint64_t off_grid = 0;     // rows that open between two slots
  std::uint64_t impossible = 0;   // a high below the low, an open or close outside of both
  bool none() const noexcept { return lost.empty() && unsaid.empty() && off_grid == 0 && impossible == 0; }
};

// Lifecycle: all rows of a range, in ascending order, then faults(). Threads: one at a time.
class RowCheck {
 public:
  explicit RowCheck(Interval interval) : interval_(interval) {}
  void add(const tdk_candle_batch &rows);
  // `ledger` of all sources; what one of them calls present has a row, whosever.
  RowFaults faults(const std::vector<LedgerEntry> &ledger, TimeRange range) const;

 private:
  Interval interval_;
  RangeSet slots_;
  RowFaults faults_;
};

}  // namespace tapedeck
