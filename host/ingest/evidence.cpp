#include "ingest/evidence.hpp"

#include <algorithm>

namespace tapedeck {

void Evidence::learn(CoverageState state, TimeRange range, const std::string &reason) {
  std::lock_guard lock(mutex_);
  known_.push_back({state, range, reason});
}

void Evidence::learn_earliest(Nanos first_open) {
  learn(CoverageState::ProviderHasNone, {INT64_MIN, first_open},
        "the vendor's first candle opens at " + format_time(first_open));
  saw_candle(first_open);
}

void Evidence::saw_candle(Nanos open_time) {
  std::lock_guard lock(mutex_);
  first_seen_ = first_seen_ ? std::min(*first_seen_, open_time) : open_time;
}

bool Evidence::knows_earlier_than(Nanos time) const {
  std::lock_guard lock(mutex_);
  return first_seen_ && *first_seen_ < time;
}

std::optional<LedgerEntry> Evidence::explains(TimeRange range) const {
  std::lock_guard lock(mutex_);
  for (const auto &k : known_)
    if (k.range.from <= range.from && k.range.to >= range.to) {
      LedgerEntry e;
      e.state = k.state;
      e.range = range;
      e.reason = k.reason;
      return e;
    }
  return std::nullopt;
}

}  // namespace tapedeck
