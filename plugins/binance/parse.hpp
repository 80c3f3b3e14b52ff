// Vendor bytes to rows. Pure: no I/O, no clock, no state; safe against any bytes. What cannot be
// used throws TDK_BAD_DATA with a text that says what was seen and where.
#pragma once

#include "intervals.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace binance {

// One page of candles in columns, reused from page to page. Times are unix nanoseconds.
struct Klines {
  enum Column { kOpenTime, kOpen, kHigh, kLow, kClose, kVolume, kTurnover, kTrades, kColumnCount };
  std::vector<std::int64_t> column[kColumnCount];
  std::vector<std::int64_t> close_time;
  std::vector<std::uint32_t>
      state;              // all 0; whoever knows the vendor's time sets TDK_CANDLE_FORMING
  std::size_t count = 0;  // rows; the vectors may be longer
  int price_exp = 0, volume_exp = 0, turnover_exp = 0;

  void make_room(std::size_t rows);
};

// What the page was asked for, to judge the answer by.
struct KlinesAsked {
  std::string_view symbol;  // for texts
  const Interval *interval;
  std::int64_t from_ms, to_ms;  // open times, [from, to)
  std::size_t limit;
};

// The body of GET /api/v3/klines, to be read as rows of
//   open time, open, high, low, close, volume, close time, quote volume, trades, 2 unused, unused
// Prices and volumes are exact at exponent -8, or at the finest coarser one at which every value of
// the page fits into int64 (daily volumes of PEPE or SHIB exceed 92e9). Refused: open times that do
// not ascend, leave the asked range or the grid, more rows than asked for, prices outside [low,
// high].
void parse_klines(std::string_view body, const KlinesAsked &asked, Klines &out);

// A ticker of /ticker/24hr (FULL or MINI) or /ticker/bookTicker. TDK_NULL_I64: not in the answer,
// or zero where zero means that there is none.
struct Ticker {
  std::string symbol;        // the vendor's notation
  std::int64_t time_ms = 0;  // 0: unknown
  int price_exp = 0, size_exp = 0, volume_exp = 0;
  std::int64_t bid = 0, ask = 0, last = 0;
  std::int64_t bid_size = 0, ask_size = 0, last_size = 0;
  std::int64_t volume = 0;
};

// One object or an array of them.
std::vector<Ticker> parse_tickers(std::string_view body);

struct Listing {
  std::string symbol;         // canonical, "BTC/USDT"
  std::string vendor_symbol;  // "BTCUSDT"
  std::string base, quote;
  std::uint32_t status = 0;  // TDK_SYMBOL_*
  int price_exp = 0;
  bool price_exp_known = false;
};
struct ExchangeInfo {
  std::vector<Listing> listings;
  std::uint64_t weight_per_minute = 0;          // 0: not told
  std::uint64_t requests_per_five_minutes = 0;  // 0: not told
};
ExchangeInfo parse_exchange_info(std::string_view body);

// GET /api/v3/time: {"serverTime":1499827319559}, unix ms.
std::int64_t parse_server_time(std::string_view body);

}  // namespace binance
