// OANDA's bodies and lines as rows. Pure; whatever is not as expected throws TDK_BAD_DATA that names
// the place. Unknown fields are passed over: the vendor adds some every year.
#pragma once

#include "kit/candle_rows.hpp"
#include "kit/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oanda {

// The first account of {"accounts":[{"id":...}]}; TDK_NOT_FOUND when there is none.
std::string parse_first_account(std::string_view body);

// The account a summary is about: {"account":{"id":...}}.
std::string parse_summary_account(std::string_view body);

struct Instrument {
  std::string name, type, display_name, asset_tag;  // "EUR_USD", "CURRENCY", "EUR/USD", "CURRENCY"
  std::optional<int> decimals;                      // of its prices; -1: tens
};
std::vector<Instrument> parse_instruments(std::string_view body);

// Which of a candle's prices.
enum class PriceKind : char { Mid = 'M', Bid = 'B', Ask = 'A' };

// The candles of a body, ascending, one for each time. Of which instrument they are is known from
// the request: the vendor has echoed names in other notations.
struct ParsedCandles {
  std::vector<kit::ExactCandle> rows;
};
void parse_candles(std::string_view body, PriceKind kind, ParsedCandles &out);

// The best entry of one side of a book.
struct Level {
  kit::Decimal price, size;
};

// A price as pricing answers it and the stream says it. Closeout prices are not read: they are the
// worst, not the best.
struct Price {
  std::string instrument;
  std::int64_t time_ns = 0;
  bool tradeable = true;
  std::optional<Level> bid, ask;  // absent: nobody is there, or the vendor calls the price invalid
};
std::vector<Price> parse_pricing(std::string_view body);

struct StreamLine {
  enum class Kind { Price, Heartbeat, Refusal, Other };
  Kind kind = Kind::Other;
  Price price;
  std::string said;  // of a refusal: the vendor's words
};
// `line` is not empty.
void parse_stream_line(std::string_view line, StreamLine &out);

}  // namespace oanda
