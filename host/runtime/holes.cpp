#include "runtime/holes.hpp"

#include <algorithm>

namespace tapedeck {

std::vector<Hole> find_holes(const std::vector<LedgerEntry> &ledger, TimeRange wanted, Interval interval,
                             const Calendar *calendar) {
  RangeSet unasked(wanted);
  for (const auto &e : ledger)
    if (settles(e.state)) unasked.subtract(e.range);
  unasked = worth_asking(std::move(unasked), calendar, interval);
  std::vector<Hole> holes;
  for (const auto &e : ledger) {
    if (settles(e.state)) continue;
    // Where two sources failed, the first one's failure is shown.
    for (const auto &r : unasked.within(e.range).ranges())
      holes.push_back({r, true, e.source, e.error, e.tries, e.next_try, e.reason});
    unasked.subtract(e.range);
  }
  for (const auto &r : unasked.ranges()) {
    Hole h;
    h.range = r;
    h.reason = "never asked";
    holes.push_back(h);
  }
  std::sort(holes.begin(), holes.end(),
            [](const Hole &a, const Hole &b) { return a.range.from < b.range.from; });
  return holes;
}

std::int64_t count_slots(const std::vector<Hole> &holes, Interval interval) {
  std::int64_t n = 0;
  for (const auto &h : holes) n += interval.count(h.range);
  return n;
}

}  // namespace tapedeck
