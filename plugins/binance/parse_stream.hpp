// Messages of Binance's market streams, from the bytes of one WebSocket message; combined
// ({"stream":..,"data":..}) and raw alike. Pure, without allocation unless it throws; safe against
// any bytes. Keys may come in any order, and unknown ones are skipped. What cannot be used throws
// TDK_BAD_DATA with a text that says what was seen and where.
#pragma once

#include "intervals.hpp"

#include <cstdint>
#include <string_view>

namespace binance {

// Amounts are exact at exponent -8, or at the finest coarser one that fits into int64; times are
// unix nanoseconds, from the vendor's milliseconds or microseconds.
struct StreamTrade {
  std::int64_t id;      // of the trade, or of the aggregate
  std::int64_t trades;  // how many it stands for
  std::int64_t time_ns;
  std::int64_t price, size;  // a price of 0 is refused
  int price_exp, size_exp;
  bool aggressor_sold;  // the buyer was the maker
};

struct StreamBook {
  std::int64_t update_id;
  std::int64_t bid, bid_size, ask, ask_size;  // TDK_NULL_I64: that side is empty
  int price_exp, size_exp;
};

// Judged as a row of /api/v3/klines is: on the grid, closing before the next opens, open and close
// inside low to high.
struct StreamKline {
  const Interval *interval;
  std::int64_t open_time_ns;
  std::int64_t open, high, low, close, volume, turnover, trades;
  int price_exp, volume_exp, turnover_exp;
  bool closed;
};

// The answer to a command. web-socket-streams.md shows errors flat, {"code":2,"msg":".."}; on the
// wire of 2026 they came wrapped, {"error":{"code":2,"msg":".."},"id":2}. Both are read.
struct StreamReply {
  bool has_id;  // false: null, or not a number of ours
  std::int64_t id;
  bool is_error;
  std::int64_t code;
  std::string_view message;
};

// Only the member of its kind has a meaning; texts lie in the bytes that were parsed.
struct StreamMessage {
  enum class Kind { Kline, Trade, AggTrade, BookTicker, ServerShutdown, Reply, Ignored };
  Kind kind;
  std::string_view symbol;  // the vendor's notation, of the first four kinds
  StreamTrade trade;        // AggTrade too
  StreamBook book;
  StreamKline kline;
  StreamReply reply;
};

// Ignored: sound, but of a kind that nobody here asks for, such as depth. A combined message must
// carry the kind, the symbol and the interval that its stream's name says.
void parse_stream_message(std::string_view bytes, StreamMessage &out);

}  // namespace binance
