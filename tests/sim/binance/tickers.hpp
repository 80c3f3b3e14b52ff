// The rolling day of an instrument, for the tickers of REST and of streams.
#pragma once

#include <cstdint>
#include <string>

#include "sim/binance/listing.hpp"

namespace tapedeck::sim::binance {

struct DayValues {
  Candle candle;  ///< the last 24 hours; trades 0 when there were none
  Trade last;
  std::int64_t first_id = -1, last_id = -1;
  Wide average = 0;  ///< weighted by volume
  std::string change_percent;
};

DayValues day_values(const Instrument &instrument, std::int64_t now_ms);

}  // namespace tapedeck::sim::binance
