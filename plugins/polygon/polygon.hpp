// The provider "polygon": stocks, forex, crypto and indices of Polygon.io (today Massive) over REST
// and WebSockets, with a key.
//
// Lifecycle: one instance per worker, any number of them; all spend from one account's budget.
// Threads: one call at a time. Failures: see session.hpp; it never retries, sleeps or keeps
// candles.
#pragma once

#include "catalogue.hpp"
#include "history.hpp"
#include "session.hpp"

#include <tapedeck/plugin.hpp>

namespace polygon {

class Provider {
 public:
  Provider(tapedeck::Host host, tapedeck::Config config);
  Provider(const Provider &) = delete;
  Provider &operator=(const Provider &) = delete;

  static constexpr std::uint64_t stream_capabilities =
      TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES | TDK_CAP_STREAM_QUOTES |
      TDK_CAP_STREAM_UPDATE;

  // The free plan has neither streams nor snapshots.
  void info(tdk_provider_info &out);
  void fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                     const tapedeck::Cancel &cancel);

  // One quote for every name asked that the vendor answered, in the order of asking: bid, ask, last
  // and the day's volume as far as its market and the plan have them.
  void fetch_quotes(tapedeck::span<const tdk_str> symbols, const tdk_quote_sink &sink,
                    const tapedeck::Cancel &cancel);

  void search_symbols(std::string_view query, std::uint64_t limit, const tdk_symbol_sink &sink,
                      const tapedeck::Cancel &cancel);
  std::int64_t earliest(const tdk_series &series, const tapedeck::Cancel &cancel);
  void run_stream(const tdk_stream_request &rq, const tdk_stream_sink &sink,
                  const tapedeck::Cancel &cancel);

 private:
  Session session_;
  History history_;
  Catalogue catalogue_;
};

}  // namespace polygon
