// Names of streams: `btcusdt@kline_1m`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/interval.hpp"

namespace tapedeck::sim::binance {

enum class StreamKind {
  Trade,
  AggregateTrade,
  BookTicker,
  Kline,
  MiniTicker,
  Ticker,
  Silent,  ///< of the right form, but nothing is simulated: depth, avgPrice, all-market arrays
};

struct StreamName {
  std::string text;
  std::string symbol;  ///< upper case, as REST has it; empty for all-market streams
  StreamKind kind = StreamKind::Silent;
  Interval interval;
};

/// Nothing for a name that Binance calls an invalid stream. Whether its symbol exists is not asked.
std::optional<StreamName> parse_stream_name(std::string_view text);

}  // namespace tapedeck::sim::binance
