// Which slots of a live series are settled, which are holes, and when to ask for them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "market/calendar.hpp"
#include "market/interval.hpp"
#include "market/range_set.hpp"

namespace tapedeck {

struct TrackerSettings {
  // How long after its end a slot's closing frame may still come: Binance sends it up to 2 s late. So long
  // is waited after a connection too, which then is known to bring every slot that was not over when it began.
  Nanos grace = 2'500'000'000;
  // What is asked first when no connection holds, then twice as long each time.
  Nanos away_first = 5 * kMinute;
  Nanos retry_first = kSecond, retry_longest = kMinute;
  std::uint32_t patient_after = 10;  // tries in vain, in a row: from then on up to `quiet_longest`
  // A series without trades gets no frames: its newest slots are asked for less and less often.
  Nanos quiet_longest = 10 * kMinute;
};

// One series. Everything before start() is the backfill's business. A hole inside, with a later candle
// after it, is asked for at once; one at the end when its slot is over and `grace` has passed. Threads:
// one at a time.
class SlotTracker {
 public:
  SlotTracker(Interval interval, std::shared_ptr<const Calendar> calendar, TrackerSettings settings)
      : interval_(interval), calendar_(std::move(calendar)), settings_(settings) {}

  // `first`: the first slot that is not settled.
  void start(Nanos first);
  bool started() const noexcept { return next_.has_value(); }

  void settled(TimeRange slots);   // a final candle came, or the ledger explains them
  void reopen(TimeRange slots);    // what stands there is not whole; nothing before start()
  void connected(Nanos now) noexcept;
  void disconnected() noexcept { connected_ = false; }
  // What is to be asked for now, ascending; it counts as under way until asked().
  std::vector<TimeRange> due(Nanos now);
  // The answer to it came; `settled_part` of it is in the store. `quiet`: the vendor says that there was
  // no trade.
  void asked(TimeRange range, const RangeSet &settled_part, bool quiet, Nanos now);
  // It was not asked, or not answered.
  void failed(TimeRange range, Nanos now);

  // The holes as they are known, those under way among them.
  RangeSet holes(Nanos now) const;
  std::uint32_t tries() const noexcept { return tries_; }  // in vain, in a row
  std::optional<Nanos> first_unsettled() const noexcept { return next_; }

 private:
  void advance();
  void settle_closed(Nanos until);
  RangeSet unsettled(Nanos until) const;
  std::optional<Nanos> end_of_due(Nanos now) const;

  Interval interval_;
  std::shared_ptr<const Calendar> calendar_;
  TrackerSettings settings_;
  Nanos first_ = INT64_MIN;     // of start()
  std::optional<Nanos> next_;   // everything before it is settled
  RangeSet settled_;            // after it
  Nanos newest_ = INT64_MIN;    // the end of the newest slot that a candle came for
  RangeSet under_way_;
  bool connected_ = false;
  std::optional<Nanos> away_since_;
  Nanos away_wait_ = 0;
  Nanos not_before_ = INT64_MIN;
  Nanos retry_ = 0;
  std::uint32_t tries_ = 0;
  Nanos quiet_ = 0, quiet_until_ = 0;  // no asking for the newest slots before that
};

}  // namespace tapedeck
