#include "market/range_set.hpp"

#include <algorithm>

namespace tapedeck {

void RangeSet::add(TimeRange r) {
  if (r.empty()) return;
  const auto first = std::lower_bound(ranges_.begin(), ranges_.end(), r.from,
                                      [](const TimeRange &x, Nanos t) { return x.to < t; });
  auto last = first;
  for (; last != ranges_.end() && last->from <= r.to; ++last) {
    r.from = std::min(r.from, last->from);
    r.to = std::max(r.to, last->to);
  }
  ranges_.insert(ranges_.erase(first, last), r);
}

void RangeSet::subtract(TimeRange r) {
  if (r.empty()) return;
  auto first = std::lower_bound(ranges_.begin(), ranges_.end(), r.from,
                                [](const TimeRange &x, Nanos t) { return x.to <= t; });
  std::vector<TimeRange> kept;
  auto last = first;
  for (; last != ranges_.end() && last->from < r.to; ++last) {
    if (last->from < r.from) kept.push_back({last->from, r.from});
    if (last->to > r.to) kept.push_back({r.to, last->to});
  }
  ranges_.insert(ranges_.erase(first, last), kept.begin(), kept.end());
}

void RangeSet::subtract(const RangeSet &other) {
  for (const auto &r : other.ranges_) subtract(r);
}

RangeSet RangeSet::within(TimeRange range) const {
  RangeSet out;
  if (range.empty()) return out;
  auto it = std::lower_bound(ranges_.begin(), ranges_.end(), range.from,
                             [](const TimeRange &x, Nanos t) { return x.to <= t; });
  for (; it != ranges_.end() && it->from < range.to; ++it)
    out.ranges_.push_back({std::max(it->from, range.from), std::min(it->to, range.to)});
  return out;
}

bool RangeSet::contains(Nanos time) const noexcept { return covers({time, time + 1}); }

bool RangeSet::covers(TimeRange range) const noexcept {
  const auto it = std::lower_bound(ranges_.begin(), ranges_.end(), range.from,
                                   [](const TimeRange &x, Nanos t) { return x.to <= t; });
  return range.empty() || (it != ranges_.end() && it->from <= range.from && it->to >= range.to);
}

}  // namespace tapedeck
