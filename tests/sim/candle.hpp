// One candle as the simulator keeps it: exact integers, open time in UTC milliseconds.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/decimal.hpp"

namespace tapedeck::sim {

/// Prices and volumes are mantissas of 1e-8 (see kUnit).
struct Candle {
  std::int64_t open_time = 0;
  std::int64_t open = 0, high = 0, low = 0, close = 0;
  std::int64_t trades = 0;
  Wide volume = 0, quote_volume = 0;
  Wide taker_volume = 0, taker_quote = 0;

  bool operator==(const Candle &) const = default;
};

/// Adds the candle that follows `into` in time; `into.open_time` and `into.open` stay.
inline void append(Candle &into, const Candle &next) {
  into.high = std::max(into.high, next.high);
  into.low = std::min(into.low, next.low);
  into.close = next.close;
  into.trades += next.trades;
  into.volume += next.volume;
  into.quote_volume += next.quote_volume;
  into.taker_volume += next.taker_volume;
  into.taker_quote += next.taker_quote;
}

}  // namespace tapedeck::sim
