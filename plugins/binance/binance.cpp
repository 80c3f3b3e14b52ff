#include "binance.hpp"

#include "quotes.hpp"

namespace binance {

Provider::Provider(tapedeck::Host host, tapedeck::Config config)
    : session_(host, read_settings(config)),
      history_(session_),
      catalogue_(session_),
      streams_(session_, catalogue_) {}

void Provider::info(tdk_provider_info &out) {
  constexpr std::uint64_t kWeightOfKlines = 2;
  const auto ids = interval_ids();
  out.intervals = ids.data();
  out.interval_count = ids.size();
  out.max_candles_per_call = kRowsPerPage;
  out.credits_per_request = kWeightOfKlines;
  out.max_stream_symbols = kStreamsPerConnection;
  out.requests_per_minute = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(session_.settings().weight_limit / kWeightOfKlines, UINT32_MAX));
}

void Provider::fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                             const tapedeck::Cancel &cancel) {
  history_.fetch(rq, out, cancel);
}

void Provider::fetch_quotes(tapedeck::span<const tdk_str> symbols, const tdk_quote_sink &sink,
                            const tapedeck::Cancel &cancel) {
  binance::fetch_quotes(session_, symbols, sink, cancel);
}

void Provider::search_symbols(std::string_view query, std::uint64_t limit,
                              const tdk_symbol_sink &sink, const tapedeck::Cancel &cancel) {
  tapedeck::SymbolWriter out(sink);
  for (const Listing *l : matches(catalogue_.listings(cancel), query, limit)) {
    tdk_symbol row{};
    row.asset_class = TDK_ASSET_CRYPTO;
    row.symbol = tapedeck::str(l->symbol);
    row.exchange = tapedeck::str("Binance");
    row.currency = tapedeck::str(l->quote);
    row.price_exp = l->price_exp;
    row.price_exp_known = l->price_exp_known;
    row.earliest = TDK_NULL_I64;
    row.vendor_symbol = tapedeck::str(l->vendor_symbol);
    row.status = l->status;
    out.push(row);
  }
}

std::int64_t Provider::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  return history_.earliest(series, cancel);
}

void Provider::run_stream(const tdk_stream_request &rq, const tdk_stream_sink &sink,
                          const tapedeck::Cancel &cancel) {
  streams_.run(rq, sink, cancel);
}

}  // namespace binance
