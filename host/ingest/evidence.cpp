#include "ingest/evidence.hpp"

#include <algorithm>
#include <iterator>

namespace tapedeck {

void Evidence::learn(CoverageState state, TimeRange range, const std::string &reason) {
  std::lock_guard lock(mutex_);
  if (range.empty() || find(range) != nullptr) return;
  auto it = known_.lower_bound(range.from);
  while (it != known_.end() && it->second.to <= range.to) it = known_.erase(it);
  known_.insert_or_assign(range.from, Known{state, range.to, reason});
}

void Evidence::learn_first(Nanos open_time) {
  learn(CoverageState::ProviderHasNone, {INT64_MIN, open_time},
        "the vendor's first candle opens at " + format_time(open_time));
  saw(open_time, open_time);
}

void Evidence::saw(Nanos first_open, Nanos last_open) {
  std::lock_guard lock(mutex_);
  first_seen_ = std::min(first_seen_.value_or(first_open), first_open);
  last_seen_ = std::max(last_seen_.value_or(last_open), last_open);
  forget(first_open);
  forget(last_open);
}

bool Evidence::knows_earlier_than(Nanos time) const {
  std::lock_guard lock(mutex_);
  return first_seen_ && *first_seen_ < time;
}

bool Evidence::knows_later_than(Nanos time) const {
  std::lock_guard lock(mutex_);
  return last_seen_ && *last_seen_ > time;
}

std::optional<LedgerEntry> Evidence::explains(TimeRange range) const {
  std::lock_guard lock(mutex_);
  const auto *known = find(range);
  if (known == nullptr) return std::nullopt;
  LedgerEntry e;
  e.state = known->second.state;
  e.range = range;
  e.reason = known->second.reason;
  return e;
}

// Of ranges of which none lies within another, the last to start before `range` also ends last.
const std::map<Nanos, Evidence::Known>::value_type *Evidence::find(TimeRange range) const {
  auto it = known_.upper_bound(range.from);
  if (it == known_.begin()) return nullptr;
  it = std::prev(it);
  return it->second.to >= range.to ? &*it : nullptr;
}

void Evidence::forget(Nanos open_time) {
  auto it = known_.upper_bound(open_time);
  while (it != known_.begin()) {
    const auto before = std::prev(it);
    if (before->second.to <= open_time) return;
    it = known_.erase(before);
  }
}

}  // namespace tapedeck
