#include "query/row_check.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

bool impossible(const tdk_candle_batch &b, std::uint64_t i) {
  return b.low[i] > std::min(b.open[i], b.close[i]) || b.high[i] < std::max(b.open[i], b.close[i]);
}

RangeSet minus(RangeSet a, const RangeSet &b) {
  a.subtract(b);
  return a;
}

}  // namespace

void RowCheck::add(const tdk_candle_batch &rows) {
  for (std::uint64_t i = 0; i < rows.count; ++i) {
    const Nanos t = rows.open_time[i];
    faults_.rows += 1;
    faults_.impossible += impossible(rows, i) ? 1U : 0U;
    if (interval_.on_grid(t))
      slots_.add({t, interval_.next(t)});
    else
      faults_.off_grid += 1;
  }
}

RowFaults RowCheck::faults(const std::vector<LedgerEntry> &ledger, TimeRange range) const {
  RangeSet present;
  for (const auto &e : ledger)
    if (e.state == CoverageState::Present) present.add(e.range);
  RowFaults out = faults_;
  out.lost = minus(present.within(range), slots_).ranges();
  out.unsaid = minus(slots_.within(range), present).ranges();
  return out;
}

}  // namespace tapedeck
