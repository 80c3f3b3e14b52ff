// Vendor bytes to rows. Pure: no I/O, no clock, no state; safe against any bytes. Prices are JSON
// numbers, read by their text. What cannot be used throws TDK_BAD_DATA that says what was seen and
// where.
#pragma once

#include "intervals.hpp"
#include "symbols.hpp"

#include "kit/candle_rows.hpp"
#include "kit/exact_json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polygon {

// A bar of a piece of an interval: its place on the UTC grid, and when the vendor's own window ends.
struct Bar {
  std::int64_t open_ms = 0;
  std::int64_t window_end_ms = 0;
  kit::ExactCandle candle;  // open_time is that of open_ms
};

struct AggregatesAsked {
  std::string doing;  // "minutes of AAPL", for texts
  Market market = Market::Stocks;
  const Interval *interval = nullptr;
  std::int64_t from_ms = 0, to_ms = 0;  // opens of pieces, [from, to)
  bool newest_first = false;
};

struct Aggregates {
  std::vector<Bar> bars;  // in the order asked
  std::string next_url;   // empty: this was the last page
  bool delayed = false;   // status DELAYED: good data, of 15 minutes ago and before
  std::int64_t known_until_ms = 0;  // set by who asked: what ends later may still change
};

// The body of /v2/aggs/ticker/.../range/... `results` absent, null or empty are no rows. A day's
// bar begins at 00:00 of the market's own time (04:00 or 05:00 UTC of New York), which is always the
// same date in UTC: it becomes the candle of that date. Refused: bars that do not ascend (or descend),
// leave the asked range or the grid, prices outside [low, high], negative volumes.
Aggregates parse_aggregates(std::string_view body, const AggregatesAsked &asked);

// One instrument of a snapshot. Nothing: unknown, or zero where zero means that there is none.
struct Snapshot {
  std::string ticker;
  std::string error;  // NOT_FOUND, NOT_ENTITLED: there is nothing else then
  std::int64_t time_ns = 0;  // 0: unknown
  std::optional<kit::Decimal> bid, ask, last, bid_size, ask_size, last_size, volume;
};

// /v2/snapshot/...: `tickers`, or one `ticker`. /v3/snapshot and /v3/snapshot/indices: `results`.
std::vector<Snapshot> parse_snapshots(std::string_view body);

struct Listing {
  std::string ticker, name, type, exchange, currency;
  std::string base, quote;  // of pairs, where told
  Market market = Market::Stocks;
  bool active = true;
};
struct Listings {
  std::vector<Listing> rows;  // of the markets that are offered here
  std::string next_url;
};
// /v3/reference/tickers
Listings parse_tickers(std::string_view body);

// That a status is OK or DELAYED. A refusal that comes with HTTP 200 has the class that its HTTP status would give it,
// where the vendor has words of its own for it; else TDK_BAD_DATA.
void require_success(const kit::JsonValue &root, std::string_view status);

// A time in nanoseconds out of one in s, ms, us or ns, by its magnitude: the documents and the wire
// disagree for some fields. 0: none of these.
std::int64_t time_ns_of(std::int64_t value);

}  // namespace polygon
