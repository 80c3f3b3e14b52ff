#include "ingest/classify.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

LedgerEntry entry(CoverageState state, TimeRange range) {
  LedgerEntry e;
  e.state = state;
  e.range = range;
  return e;
}

// The ranges of consecutive rows.
RangeSet present_runs(Interval interval, const std::vector<std::int64_t> &open_times) {
  RangeSet present;
  for (std::size_t i = 0; i < open_times.size();) {
    const Nanos from = open_times[i];
    Nanos expected = from;
    for (; i < open_times.size() && open_times[i] == expected; ++i)
      expected = interval.next(expected);
    present.add({from, expected});
  }
  return present;
}

}  // namespace

std::vector<LedgerEntry> classify_answer(TimeRange asked, Interval interval,
                                         const std::vector<std::int64_t> &open_times,
                                         const RangeSet &unexpected) {
  const RangeSet present = present_runs(interval, open_times);
  RangeSet absent(asked);
  absent.subtract(present);
  absent.subtract(unexpected);
  std::vector<LedgerEntry> out;
  for (const auto &r : present.within(asked).ranges())
    out.push_back(entry(CoverageState::Present, r));
  for (const auto &r : absent.ranges()) out.push_back(entry(CoverageState::NoTrades, r));
  std::sort(out.begin(), out.end(),
            [](const LedgerEntry &a, const LedgerEntry &b) { return a.range.from < b.range.from; });
  return out;
}

OpenEnds open_ends(TimeRange asked, Interval interval,
                   const std::vector<std::int64_t> &open_times) {
  if (open_times.empty()) return {asked, {asked.to, asked.to}};
  return {{asked.from, open_times.front()}, {interval.next(open_times.back()), asked.to}};
}

}  // namespace tapedeck
