// The vendor's answers as rows. Pure: a parsed body in, values out. What is not as documented
// throws TDK_BAD_DATA that names the place.
#pragma once

#include "intervals.hpp"
#include "kit/candle_rows.hpp"
#include "kit/exact_json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twelvedata {

// What a page of candles has to agree with.
struct SeriesAsked {
  std::string symbol;  // the vendor's
  const Interval *interval = nullptr;
  std::int64_t from_s = 0, to_s = 0;  // open times, [from, to)
};

struct SeriesPage {
  std::vector<kit::ExactCandle> rows;  // ascending, of the range asked for, none marked forming
  std::size_t received = 0;            // with those outside of it
};

// {"meta":..., "values":[...]} in either order of time. Rows that lie one or two intervals outside
// of the range, intraday at most two hours behind it, are left out: the vendor's rules for its ends
// differ. Rows farther out mean that the
// answer is in another time zone, and are refused. Where open or close leaves low to high by less
// than a basis point, the vendor's rounding, high or low is moved to it; by more is refused.
SeriesPage parse_time_series(const kit::JsonValue &body, const SeriesAsked &asked);

struct Quote {
  std::optional<std::int64_t> time_s;  // none: /price has no time, and /quote may be without
  std::optional<kit::Decimal> last, volume;
};
Quote parse_quote(const kit::JsonValue &body);  // of /quote
Quote parse_price(const kit::JsonValue &body);  // of /price

struct Listing {
  std::string symbol;  // canonical
  std::string vendor_symbol, name, exchange, country, currency, isin;
  std::uint32_t asset_class = TDK_ASSET_OTHER;
};
// /symbol_search, /stocks, /forex_pairs, /cryptocurrencies, /commodities. `otherwise` is the class
// of elements that name no type.
std::vector<Listing> parse_listings(const kit::JsonValue &body, std::uint32_t otherwise);

// /earliest_timestamp: where the first candle opens, unix seconds.
std::int64_t parse_earliest(const kit::JsonValue &body, const Interval &interval);

struct Usage {
  std::uint64_t per_minute = 0, used_this_minute = 0;
  std::optional<std::uint64_t> per_day;  // none: the plan has no such limit
  std::uint64_t used_today = 0;
  std::string plan;
};
Usage parse_usage(const kit::JsonValue &body);

}  // namespace twelvedata
