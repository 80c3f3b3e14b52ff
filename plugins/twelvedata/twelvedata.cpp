#include "twelvedata.hpp"

#include "quotes.hpp"
#include "search.hpp"
#include "stream_run.hpp"

#include <algorithm>

namespace twelvedata {

Provider::Provider(tapedeck::Host host, tapedeck::Config config)
    : session_(host, read_settings(config)), history_(session_) {}

void Provider::info(tdk_provider_info &out) {
  const auto ids = interval_ids();
  out.capabilities &= ~std::uint64_t{TDK_CAP_CALENDAR};
  out.intervals = ids.data();
  out.interval_count = ids.size();
  out.max_candles_per_call = kRowsPerPage;
  out.credits_per_request = 1;
  out.max_stream_symbols = session_.settings().max_stream_symbols;
  out.requests_per_minute = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(session_.settings().credits_per_minute, UINT32_MAX));
}

void Provider::fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                             const tapedeck::Cancel &cancel) {
  history_.fetch(rq, out, cancel);
}

void Provider::fetch_quotes(tapedeck::span<const tdk_str> symbols, const tdk_quote_sink &sink,
                            const tapedeck::Cancel &cancel) {
  twelvedata::fetch_quotes(session_, symbols, sink, cancel);
}

void Provider::search_symbols(std::string_view query, std::uint64_t limit,
                              const tdk_symbol_sink &sink, const tapedeck::Cancel &cancel) {
  twelvedata::search_symbols(session_, query, limit, sink, cancel);
}

void Provider::fetch_calendar(const tdk_range &, std::string_view, const tdk_calendar_sink &,
                              const tapedeck::Cancel &) {
  throw tapedeck::Error(TDK_NOT_SUPPORTED,
                        "economic calendar: not supported by this provider; Twelve Data has no "
                        "such endpoint, ask another source");
}

std::int64_t Provider::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  return history_.earliest(series, cancel);
}

void Provider::run_stream(const tdk_stream_request &rq, const tdk_stream_sink &sink,
                          const tapedeck::Cancel &cancel) {
  StreamRun run(session_, sink, cancel);
  run.ask_for(tapedeck::StreamRequest(rq));
  run.until_it_ends();
}

}  // namespace twelvedata
