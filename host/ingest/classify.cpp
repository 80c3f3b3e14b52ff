#include "ingest/classify.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

namespace tapedeck {
namespace {

constexpr std::int64_t kSuspiciousSlots = 10;
constexpr std::int64_t kSuspiciousShare = 4;  // a quarter of what was asked

bool suspicious(TimeRange end, TimeRange asked, Interval interval) {
  const std::int64_t n = interval.count(end);
  return n > 0 && (n >= kSuspiciousSlots || n * kSuspiciousShare >= interval.count(asked));
}

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
    for (; i < open_times.size() && open_times[i] == expected; ++i) expected = interval.next(expected);
    present.add({from, expected});
    if (i < open_times.size() && (open_times[i] < expected || !interval.on_grid(open_times[i])))
      throw Error(TDK_BAD_DATA, "a candle opens at " + format_time(open_times[i]) +
                                    ", which is no multiple of " + interval.name());
  }
  return present;
}

}  // namespace

std::vector<LedgerEntry> classify_answer(TimeRange asked, Interval interval,
                                         const std::vector<std::int64_t> &open_times,
                                         const RangeSet &closed) {
  if (!open_times.empty() && !interval.on_grid(open_times.front()))
    throw Error(TDK_BAD_DATA, "a candle opens at " + format_time(open_times.front()) +
                                  ", which is no multiple of " + interval.name());
  const RangeSet present = present_runs(interval, open_times);
  RangeSet absent(asked);
  absent.subtract(present);
  absent.subtract(closed);
  std::vector<LedgerEntry> out;
  for (const auto &r : present.within(asked).ranges()) out.push_back(entry(CoverageState::Present, r));
  for (const auto &r : absent.ranges()) out.push_back(entry(CoverageState::NoTrades, r));
  std::sort(out.begin(), out.end(),
            [](const LedgerEntry &a, const LedgerEntry &b) { return a.range.from < b.range.from; });
  return out;
}

OpenEnds suspicious_ends(TimeRange asked, Interval interval, const std::vector<std::int64_t> &open_times) {
  OpenEnds ends;
  if (open_times.empty()) return ends;
  const TimeRange before{asked.from, open_times.front()};
  const TimeRange after{interval.next(open_times.back()), asked.to};
  if (suspicious(before, asked, interval)) ends.before = before;
  if (suspicious(after, asked, interval)) ends.after = after;
  return ends;
}

}  // namespace tapedeck
