// The answers of the simulated Twelve Data to single symbols and whole requests.
#pragma once

#include <cstdint>
#include <string>

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
Part earliest_timestamp(const Context &context, const Query &query, const std::string &symbol);

/// Of the whole request.
Part symbol_search(const Context &context, const Query &query);
Part forex_pairs(const Context &context, const Query &query);
Part cryptocurrencies(const Context &context, const Query &query);
Part stocks(const Context &context, const Query &query);
Part commodities(const Context &context, const Query &query);
Part api_usage(const Context &context, const Query &query);

/// The instrument, if the plan has it; throws ApiError 404.
const Instrument &known(const Context &context, const std::string &symbol);
/// Throws ApiError 400 that names all there are.
Interval asked_interval(const Query &query, std::string_view otherwise);
/// The zone of the answer: as asked, else the instrument's.
Zone asked_zone(const Query &query, const Instrument &instrument);

/// Close of the running minute, or the last one there was.
Candle last_minute(const Context &context, const Instrument &instrument);

}  // namespace tapedeck::sim::twelvedata
