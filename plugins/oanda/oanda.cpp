#include "oanda.hpp"

#include "quotes.hpp"
#include "stream_run.hpp"
#include "symbols.hpp"

namespace oanda {

Provider::Provider(tapedeck::Host host, tapedeck::Config config)
    : session_(host, read_settings(config)), history_(session_), catalogue_(session_) {}

void Provider::info(tdk_provider_info &out) {
  const auto ids = interval_ids();
  out.intervals = ids.data();
  out.interval_count = ids.size();
  out.max_candles_per_call = static_cast<std::uint64_t>(kSlotsPerRequest);
  out.credits_per_request = 1;
  out.max_stream_symbols = kInstrumentsPerStream;
  out.requests_per_minute =
      static_cast<std::uint32_t>(session_.settings().requests_per_second * 60);
}

void Provider::fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                             const tapedeck::Cancel &cancel) {
  history_.fetch(rq, out, cancel);
}

void Provider::fetch_quotes(tapedeck::span<const tdk_str> symbols, const tdk_quote_sink &sink,
                            const tapedeck::Cancel &cancel) {
  oanda::fetch_quotes(session_, catalogue_, symbols, sink, cancel);
}

void Provider::search_symbols(std::string_view query, std::uint64_t limit,
                              const tdk_symbol_sink &sink, const tapedeck::Cancel &cancel) {
  tapedeck::SymbolWriter out(sink);
  for (const Listing *l : matches(catalogue_.listings(cancel), query, limit)) {
    const Instrument &i = l->instrument;
    const std::size_t cut = i.name.find('_');
    tdk_symbol row{};
    row.asset_class = asset_class(i.name, i.type, i.asset_tag);
    row.symbol = tapedeck::str(l->symbol);
    row.name = tapedeck::str(i.display_name);
    row.exchange = tapedeck::str("OANDA");
    if (cut != std::string::npos)
      row.currency = tapedeck::str(std::string_view(i.name).substr(cut + 1));
    row.price_exp = i.decimals ? -*i.decimals : 0;
    row.price_exp_known = i.decimals.has_value();
    row.earliest = TDK_NULL_I64;
    row.vendor_symbol = tapedeck::str(i.name);
    row.status = TDK_SYMBOL_TRADING;
    out.push(row);
  }
}

std::int64_t Provider::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  return history_.earliest(series, cancel);
}

void Provider::run_stream(const tdk_stream_request &rq, const tdk_stream_sink &sink,
                          const tapedeck::Cancel &cancel) {
  StreamRun run(session_, catalogue_, sink, cancel);
  run.ask_for(tapedeck::StreamRequest(rq));
  run.until_it_ends();
}

}  // namespace oanda
