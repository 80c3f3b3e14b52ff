// The history of one instrument, and the question every source of candles answers.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/candle.hpp"
#include "sim/interval.hpp"

namespace tapedeck::sim {

inline constexpr std::int64_t kNoTimeLimit = std::numeric_limits<std::int64_t>::max() / 4;

/// Candles of one grid whose open time lies in [from, to], as known at `now`.
struct Window {
  Grid grid;
  std::int64_t from = -kNoTimeLimit;
  std::int64_t to = kNoTimeLimit;
  std::size_t limit = 500;
  /// Which end is kept when there are more than `limit`; the answer is ascending either way.
  bool newest_first = false;
  std::int64_t now = 0;
};

/// One single trade of the tape.
struct Trade {
  std::int64_t id = 0;
  std::int64_t time = 0;
  std::int64_t price = 0;
  std::int64_t quantity = 0;
  bool buyer_is_maker = false;
};

/// A stretch of trading taken apart into the small candles it consists of.
struct Stretch {
  std::int64_t open_time = 0;
  std::int64_t length_ms = 0;
  std::int64_t first_id = 0;  ///< of its trades
  std::vector<Candle> parts;  ///< equally long, without holes; empty where there is no trading

  std::int64_t end() const { return open_time + length_ms; }
  std::int64_t part_end(std::size_t index) const {
    return open_time + static_cast<std::int64_t>(index + 1) * length_ms /
                           static_cast<std::int64_t>(parts.size());
  }
};

/// Threads: every function is const and may be called from any thread.
class Series {
 public:
  virtual ~Series() = default;

  /// The finest candles it has, in ms; a finer grid yields nothing.
  virtual std::int64_t step_ms() const = 0;
  /// Open time of the first candle; opens at or after `end` do not exist (delisted).
  virtual std::int64_t first_open() const = 0;
  virtual std::int64_t end() const = 0;
  /// Replaces `out`; a candle that contains `now` holds what has happened up to then.
  virtual void candles(const Window &window, std::vector<Candle> &out) const = 0;
  /// Length of the stretches in which trades are made, in ms.
  virtual std::int64_t trade_span_ms() const = 0;
  /// Replaces `out` with all trades of the stretch that contains `time`, ascending; may be empty.
  virtual void trades(std::int64_t time, std::vector<Trade> &out) const = 0;
  /// Replaces `out` with the stretch that contains `time`.
  virtual void stretch(std::int64_t time, Stretch &out) const = 0;
  /// Open time of the stretch that holds trade `id`, or is nearest to it.
  virtual std::int64_t span_of_trade(std::int64_t id) const = 0;
};

}  // namespace tapedeck::sim
