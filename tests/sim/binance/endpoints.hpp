// The endpoints of the simulated Binance REST API. Each takes its parameters from the query, checks
// that none is left, and renders its reply; refusals are thrown as ApiError.
#pragma once

#include <cstdint>
#include <string>

#include "sim/binance/listing.hpp"
#include "sim/binance/query.hpp"
#include "sim/message.hpp"
#include "sim/page_cache.hpp"
#include "sim/rate_limiter.hpp"

namespace tapedeck::sim::binance {

inline constexpr const char *kJson = "application/json;charset=UTF-8";

/// What an endpoint may use.
struct Context {
  const Listing &listing;
  PageCache &pages;
  const LimitRules &rules;
  std::int64_t now_us = 0;
  bool microseconds = false;  ///< unit of the times in the reply

  std::int64_t now_ms() const { return now_us / 1000; }
  /// A time in ms as the reply shows it.
  std::int64_t shown(std::int64_t ms) const { return microseconds ? ms * 1000 : ms; }
};

Reply ping(const Context &context, Query &query);
Reply server_time(const Context &context, Query &query);
Reply exchange_info(const Context &context, Query &query);
Reply klines(const Context &context, Query &query);
Reply average_price(const Context &context, Query &query);
Reply ticker_price(const Context &context, Query &query);
Reply ticker_book(const Context &context, Query &query);
Reply ticker_24h(const Context &context, Query &query);
Reply depth(const Context &context, Query &query);
Reply trades(const Context &context, Query &query);
Reply historical_trades(const Context &context, Query &query);
Reply aggregate_trades(const Context &context, Query &query);

}  // namespace tapedeck::sim::binance
