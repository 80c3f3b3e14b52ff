#include "ingest/silent_sessions.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

// Longer than a market is ever open without a pause, so that the sessions at the ends are seen whole.
constexpr Nanos kAround = 8 * kDay;

// From quiet time to quiet time; a session that reaches beyond `around` is none of interest.
std::vector<TimeRange> sessions_in(const Calendar &calendar, TimeRange around) {
  const auto quiet = quiet_time(&calendar, around).ranges();
  std::vector<TimeRange> out;
  for (std::size_t i = 1; i < quiet.size(); ++i) out.push_back({quiet[i - 1].to, quiet[i].from});
  return out;
}

}  // namespace

std::vector<TimeRange> silent_sessions(const Calendar *calendar, Interval interval,
                                       const std::vector<std::int64_t> &open_times) {
  std::vector<TimeRange> gaps;
  if (calendar == nullptr || open_times.size() < 2) return gaps;
  for (const auto &s : sessions_in(*calendar, {open_times.front() - kAround, open_times.back() + kAround})) {
    const auto next = std::lower_bound(open_times.begin(), open_times.end(), interval.floor(s.from));
    if (next == open_times.begin() || next == open_times.end() || *next < s.to) continue;
    const TimeRange gap{interval.next(*std::prev(next)), *next};
    if (gaps.empty() || gaps.back() != gap) gaps.push_back(gap);
  }
  return gaps;
}

}  // namespace tapedeck
