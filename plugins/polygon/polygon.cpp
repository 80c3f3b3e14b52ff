#include "polygon.hpp"

#include "quotes.hpp"
#include "stream_run.hpp"

namespace polygon {

Provider::Provider(tapedeck::Host host, tapedeck::Config config)
    : session_(host, read_settings(config)), history_(session_), catalogue_(session_) {}

void Provider::info(tdk_provider_info &out) {
  const Settings &settings = session_.settings();
  const auto ids = interval_ids();
  out.intervals = ids.data();
  out.interval_count = ids.size();
  // A page of minutes. Of longer candles a call reads several pages: at worst 240, of the free plan,
  // which has two years, 21.
  out.max_candles_per_call = kBasePerPage;
  out.requests_per_minute = static_cast<std::uint32_t>(settings.requests_per_minute);
  // One connection for each market is all an account has: the series of a pipeline must share it.
  out.max_stream_symbols = 0;
  if (settings.free_plan) out.capabilities &= ~(stream_capabilities | TDK_CAP_QUOTES);
}

void Provider::fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                             const tapedeck::Cancel &cancel) {
  history_.fetch(rq, out, cancel);
}

void Provider::fetch_quotes(tapedeck::span<const tdk_str> symbols, const tdk_quote_sink &sink,
                            const tapedeck::Cancel &cancel) {
  polygon::fetch_quotes(session_, symbols, sink, cancel);
}

void Provider::search_symbols(std::string_view query, std::uint64_t limit,
                              const tdk_symbol_sink &sink, const tapedeck::Cancel &cancel) {
  catalogue_.search(query, limit, sink, cancel);
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

}  // namespace polygon
