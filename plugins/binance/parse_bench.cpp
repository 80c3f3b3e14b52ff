// How fast pages of klines become columns: bytes in memory to a batch at the sink, on one core.
#include "fake_host.hpp"
#include "testdata.hpp"

#include <benchmark/benchmark.h>

namespace {

using binance::testdata::klines_body;

constexpr std::int64_t kFromMs = 1'588'280'400'000;
constexpr std::int64_t kMinuteMs = 60'000;

void parse_page(benchmark::State &state) {
  const std::string body = klines_body(kFromMs, kMinuteMs, 1000);
  const binance::Interval &minute = binance::find_interval({TDK_UNIT_MINUTE, 1});
  const binance::KlinesAsked asked{"BTCUSDT", &minute, kFromMs, kFromMs + 1000 * kMinuteMs, 1000};
  binance::Klines page;
  for (auto _ : state) {
    binance::parse_klines(body, asked, page);
    benchmark::DoNotOptimize(page.column[binance::Klines::kClose].data());
  }
  state.SetItemsProcessed(state.iterations() * 1000);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(parse_page);

// The whole of fetch_candles through the ABI's table, from a host that has the body at hand.
void fetch_page(benchmark::State &state) {
  const std::string body = klines_body(kFromMs, kMinuteMs, 1000);
  tdk_host_http http{};
  http.struct_size = sizeof http;
  http.request = [](const tdk_host *h, const tdk_http_request *, const tdk_http_sink *sink,
                    const tdk_cancel *, tdk_error *) -> tdk_status {
    const auto &text = **static_cast<const std::string **>(h->ctx);
    tdk_http_response r{};
    r.struct_size = sizeof r;
    r.status = 200;
    r.body = {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
    return sink->on_response(sink->ctx, &r);
  };
  struct Context {
    const std::string *body;
    const tdk_host_http *http;
  } context{&body, &http};
  tdk_host host{};
  host.struct_size = sizeof host;
  host.ctx = &context;
  host.now_ns = [](const tdk_host *) -> std::int64_t { return 1'700'000'000'000'000'000; };
  host.get_interface = [](const tdk_host *h, const char *iid) -> const void * {
    return std::strcmp(iid, TDK_IID_HOST_HTTP) ? nullptr : static_cast<Context *>(h->ctx)->http;
  };
  binance::Provider provider(tapedeck::Host(&host), tapedeck::Config(nullptr, 0));
  tdk_series series{};
  series.symbol = tapedeck::str("BTC/USDT");
  series.interval = {TDK_UNIT_MINUTE, 1};
  tdk_candle_request rq{};
  rq.series = &series;
  rq.range = {kFromMs * 1'000'000, (kFromMs + 1000 * kMinuteMs) * 1'000'000};
  std::uint64_t rows = 0;
  const tdk_candle_sink sink{sizeof sink, 0, &rows,
                             [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
                               *static_cast<std::uint64_t *>(ctx) += b->count;
                               return TDK_OK;
                             }};
  const tdk_provider *table = tapedeck::detail::ProviderTable<binance::Provider>::get();
  tdk_error error = tapedeck::detail::fresh();
  for (auto _ : state)
    if (table->fetch_candles(&provider, &rq, &sink, nullptr, &error) != TDK_OK)
      state.SkipWithError(error.message);
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
}
BENCHMARK(fetch_page);

}  // namespace

BENCHMARK_MAIN();
