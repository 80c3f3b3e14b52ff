// What is known of an instrument's prices: single quotes, and candles of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/stream_session.hpp"

namespace tapedeck::sim::oanda {

/// One change of the price. Mantissas of 1e-8.
struct QuoteTick {
  std::int64_t time_ms = 0;
  std::int64_t bid = 0, ask = 0;
};

struct Ohlc {
  std::int64_t open = 0, high = 0, low = 0, close = 0;

  static Ohlc flat(std::int64_t price) { return {price, price, price, price}; }
  void add(const Ohlc &next) {
    high = std::max(high, next.high);
    low = std::min(low, next.low);
    close = next.close;
  }
};

/// A candle of all three prices. The middle is kept doubled, which makes it exact.
struct QuoteCandle {
  std::int64_t open_time = 0;
  Ohlc bid, ask, twice_mid;
  std::int64_t volume = 0;  ///< changes of the price

  static QuoteCandle of(const QuoteTick &tick) {
    return {tick.time_ms, Ohlc::flat(tick.bid), Ohlc::flat(tick.ask),
            Ohlc::flat(tick.bid + tick.ask), 1};
  }
  void add(const QuoteCandle &next) {
    if (volume == 0) {
      *this = next;
      return;
    }
    bid.add(next.bid);
    ask.add(next.ask);
    twice_mid.add(next.twice_mid);
    volume += next.volume;
  }
};

/// Threads: every function is const and may be called from any thread.
class QuoteHistory {
 public:
  virtual ~QuoteHistory() = default;

  /// Replaces `out` by the ticks of [from, to), ascending.
  virtual void ticks(std::int64_t from, std::int64_t to, std::vector<QuoteTick> &out) const = 0;
  /// The last tick at or before `time`.
  virtual std::optional<QuoteTick> latest(std::int64_t time) const = 0;
  /// Sum of what happened in [from, to) and not after `now`; volume 0 when nothing did.
  virtual QuoteCandle candle(std::int64_t from, std::int64_t to, std::int64_t now) const = 0;
  /// No tick lies in [time, here); kNever when there is none any more.
  virtual std::int64_t active_from(std::int64_t time) const = 0;
  /// No tick lies in (here, time]; -kNever when there is none before.
  virtual std::int64_t active_until(std::int64_t time) const = 0;
  /// Whether the market is open.
  virtual bool open(std::int64_t time) const = 0;
  /// Recorded ticks, not made-up ones.
  virtual bool recorded() const = 0;
};

}  // namespace tapedeck::sim::oanda
