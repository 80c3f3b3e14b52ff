// Candles out of trades, or out of quotes, for vendors that stream none.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "market/candle_row.hpp"
#include "market/interval.hpp"
#include "market/tick.hpp"

namespace tapedeck {

// One series of one connection. A slot is closed `late` after its end, by the vendor's time: that is the
// time of the newest tick, moved on by what has passed here since, so a clock that is off does no harm.
// Ticks that come before that find their slot, in any order; what comes later is reported. The slot in
// which the connection began is not whole: it is shown while it forms and never closed. Some vendors begin
// with the last price there was, however old, so it is the second tick that tells which slot that is.
//
// Trades: open and close are the first and last by time (then by sequence, then by arrival), volume and
// turnover are exact sums, turnover only where it fits. Quotes: the middle of bid and ask, exact at one
// more decimal; no volume. Threads: one at a time.
class CandleBuilder {
 public:
  CandleBuilder(Interval interval, Nanos late) : interval_(interval), late_(late) {}

  // A connection began: what was not closed is dropped.
  void restart();

  // `mono_ns`: the monotonic time of arrival. False: the tick found no place, its slot `reopened()` was
  // closed before or lies far ahead; who keeps the candle has to ask for it. Two ticks in a row that lie
  // far ahead and agree are believed: it was the time before them that was old.
  bool add(const Tick &tick, Nanos mono_ns);
  // Closes what is due at `mono_ns`; ascending, without TDK_CANDLE_FORMING. Valid until the next call.
  const std::vector<CandleRow> &close_due(Nanos mono_ns);
  // The newest slot as it stands.
  std::optional<CandleRow> forming() const;
  // The slot of the last tick that found no place.
  Nanos reopened() const noexcept { return reopened_; }

 private:
  __extension__ using Wide = __int128;
  struct Slot {
    Nanos open_time = 0;
    bool whole = false;
    bool empty = true;
    CandleRow row;
    Nanos first_time = 0, last_time = 0;
    std::int64_t first_sequence = 0, last_sequence = 0;
    Wide turnover = 0;  // at 10^(price_exp + size_exp)
    bool turnover_fits = true;
  };
  struct Print;
  Nanos vendor_now(Nanos mono_ns) const;
  bool believable(Nanos time, Nanos mono_ns);
  void note_beginning(Nanos open_time);
  Slot &slot_at(Nanos open_time);
  bool rescale(Slot &slot, std::int32_t price_exp, std::int32_t size_exp);
  void apply(Slot &slot, const Print &print);
  CandleRow finished(const Slot &slot) const;

  Interval interval_;
  Nanos late_;
  std::deque<Slot> slots_;  // ascending
  std::optional<Nanos> first_slot_;           // where the connection began
  int first_ticks_ = 0;                       // how many have told so
  std::optional<Nanos> far_ahead_;            // the time of the last tick, when that was not believed
  Nanos closed_until_ = INT64_MIN;
  Nanos newest_ = INT64_MIN, newest_mono_ = 0;  // the newest tick's time, and when it came
  Nanos reopened_ = 0;
  std::vector<CandleRow> closed_;
};

}  // namespace tapedeck
