// The answers of the simulated Twelve Data to single symbols and whole requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/twelvedata/bars.hpp"
#include "sim/twelvedata/credits.hpp"
#include "sim/twelvedata/listing.hpp"
#include "sim/twelvedata/query.hpp"
#include "sim/twelvedata/settings.hpp"

namespace tapedeck::sim::twelvedata {

struct Context {
  const Listing &listing;
  const Settings &settings;
  std::int64_t now_ms;
  Spent spent;  ///< this request included
};

/// A body, or a part of one; rows for the counters.
struct Part {
  std::string text;
  std::uint64_t rows = 0;
  std::string content_type = std::string(kJson);
};

/// Of one symbol; they throw ApiError.
Part time_series(const Context &context, const Query &query, const std::string &symbol);
Part quote(const Context &context, const Query &query, const std::string &symbol);
Part price(const Context &context, const Query &query, const std::string &symbol);
Part end_of_day(const Context &context, const Query &query, const std::string &symbol);
Part exchange_rate(const Context &context, const Query &query, const std::string &symbol);
Part currency_conversion(const Context &context, const Query &query, const std::string &symbol);
Part earliest_timestamp(const Context &context, const Query &query, const std::string &symbol);

/// Of the whole request.
Part time_series_cross(const Context &context, const Query &query);
Part symbol_search(const Context &context, const Query &query);
Part forex_pairs(const Context &context, const Query &query);
Part cryptocurrencies(const Context &context, const Query &query);
Part stocks(const Context &context, const Query &query);
Part commodities(const Context &context, const Query &query);
Part exchanges(const Context &context, const Query &query);
Part cryptocurrency_exchanges(const Context &context, const Query &query);
Part instrument_types(const Context &context, const Query &query);
Part intervals(const Context &context, const Query &query);
Part market_state(const Context &context, const Query &query);
Part api_usage(const Context &context, const Query &query);

/// The instrument, if there is one with the exchange, mic_code, country and type asked for, and the
/// plan has it; throws ApiError 404.
const Instrument &known(const Context &context, const Query &query, const std::string &symbol);
/// Whether it is of the exchange, country, currencies and so on that the request names, if any.
bool is_wanted(const Instrument &instrument, const Query &query);
/// Throws ApiError 400 that names all there are.
Interval asked_interval(const Query &query, std::string_view otherwise);
/// The zone of the answer: as asked, else the instrument's.
Zone asked_zone(const Query &query, const Instrument &instrument);
/// Where dates of the request are meant: of forex and crypto in UTC unless a zone is named.
Zone zone_of_dates(const Query &query, const Instrument &instrument);

/// `dp`, 0 to 11; nothing: as the instrument has them. Throws ApiError 400.
std::optional<int> asked_decimals(const Query &query);
/// `true`, in any letter case.
bool asked_flag(const Query &query, std::string_view name);
/// Of a parameter with a date, or a date and a time; throws ApiError 400.
std::int64_t local_time(const Query &query, std::string_view name);
/// Interval, range and number of rows, as /time_series takes them.
BarsAsked asked_bars(const Context &context, const Query &query, const Instrument &instrument);
/// `2024-05-01 10:00:00`, or a date: of a bar, in that zone.
std::string label(const Interval &interval, Zone zone, const Candle &bar);

/// The running minute, or the last one there was, at `now_ms`; throws ApiError 400.
Candle last_minute(const Context &context, const Instrument &instrument, std::int64_t now_ms);

}  // namespace tapedeck::sim::twelvedata
