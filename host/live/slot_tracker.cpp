#include "live/slot_tracker.hpp"

#include <algorithm>

namespace tapedeck {

void SlotTracker::start(Nanos first) {
  first_ = first;
  next_ = first;
  settled_.subtract({INT64_MIN, first});
  advance();
}

// Moves `next_` over what is settled, and forgets that.
void SlotTracker::advance() {
  if (!next_ || settled_.empty() || settled_.ranges().front().from > *next_) return;
  next_ = std::max(*next_, settled_.ranges().front().to);
  settled_.subtract({INT64_MIN, *next_});
}

void SlotTracker::settled(TimeRange slots) {
  newest_ = std::max(newest_, slots.to);
  quiet_ = quiet_until_ = 0;
  if (next_ && slots.to <= *next_) return;
  settled_.add(slots);
  advance();
}

void SlotTracker::reopen(TimeRange slots) {
  slots.from = std::max(slots.from, first_);
  if (slots.from >= slots.to) return;
  if (next_ && slots.from < *next_) {
    settled_.add({slots.from, *next_});
    next_ = slots.from;
  }
  settled_.subtract(slots);
}

void SlotTracker::connected(Nanos now) noexcept {
  if (!connected_) {  // whoever was away may answer again: earlier failures say nothing any more
    not_before_ = now + settings_.grace;
    retry_ = 0;
  }
  connected_ = true;
  away_since_.reset();
}

RangeSet SlotTracker::unsettled(Nanos until) const {
  RangeSet out;
  if (!next_ || until <= *next_) return out;
  const TimeRange range{*next_, until};
  out.add(range);
  out.subtract(settled_);
  return worth_asking(std::move(out), calendar_.get(), interval_);
}

// What nobody will ask for is settled: else every closed night would stay behind, and be looked at for ever.
void SlotTracker::settle_closed(Nanos until) {
  if (!next_ || !calendar_ || until <= *next_ || settled_.covers({*next_, until})) return;
  RangeSet settled({*next_, until});
  settled.subtract(unsettled(until));
  for (const TimeRange r : settled.ranges()) settled_.add(r);
  advance();
}

// Where the holes that may be asked for end. Nothing: no asking now.
std::optional<Nanos> SlotTracker::end_of_due(Nanos now) const {
  if (now < not_before_) return std::nullopt;
  const Nanos over = interval_.floor(now - settings_.grace);
  return now < quiet_until_ ? std::min(newest_, over) : over;
}

std::vector<TimeRange> SlotTracker::due(Nanos now) {
  if (!connected_) {
    if (!away_since_) {
      away_since_ = now;
      away_wait_ = settings_.away_first;
    }
    if (now - *away_since_ < away_wait_) return {};
    away_since_ = now;
    away_wait_ = std::min(away_wait_ * 2, kHour);
  }
  const auto end = end_of_due(now);
  if (!end) return {};
  settle_closed(*end);
  RangeSet out = unsettled(*end);
  out.subtract(under_way_);
  for (const auto &r : out.ranges()) under_way_.add(r);
  return out.ranges();
}

void SlotTracker::asked(TimeRange range, const RangeSet &settled_part, bool quiet, Nanos now) {
  under_way_.subtract(range);
  for (const auto &r : settled_part.ranges())
    if (!next_ || r.to > *next_) settled_.add(r);
  advance();
  RangeSet left(range);
  left.subtract(settled_part);
  if (worth_asking(std::move(left), calendar_.get(), interval_).empty()) {
    retry_ = 0;
    tries_ = 0;
  } else {
    failed({}, now);
  }
  if (!quiet) return;
  quiet_ = std::min(std::max(quiet_ * 2, 2 * interval_.next(0)), settings_.quiet_longest);
  quiet_until_ = now + quiet_;
}

void SlotTracker::failed(TimeRange range, Nanos now) {
  under_way_.subtract(range);
  ++tries_;
  const Nanos longest = tries_ > settings_.patient_after ? settings_.quiet_longest : settings_.retry_longest;
  retry_ = retry_ == 0 ? settings_.retry_first : std::min(retry_ * 2, longest);
  not_before_ = now + retry_;
}

RangeSet SlotTracker::holes(Nanos now) const { return unsettled(interval_.floor(now)); }

}  // namespace tapedeck
