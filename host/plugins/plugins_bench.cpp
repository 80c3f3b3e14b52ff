// What the loader costs: intake per batch, the hand-over to an instance's worker, a start with
// verdicts that are known. Run: build/release/bin/plugins_bench
#include <benchmark/benchmark.h>

#include <string_view>

#include "base/cancel.hpp"
#include "plugins/catalog.hpp"
#include "plugins/intake.hpp"
#include "plugins/probe_child.hpp"
#include "plugins/provider_plugin.hpp"
#include "plugins/storage_plugin.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;

namespace {

void intake(benchmark::State &state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::vector<std::int64_t> time(n), open(n, 5), high(n, 9), low(n, 1), close(n, 6), volume(n, 3);
  for (std::size_t i = 0; i < n; ++i) time[i] = static_cast<Nanos>(i);
  tdk_candle_batch batch{};
  batch.struct_size = sizeof batch;
  batch.count = n;
  batch.open_time = time.data();
  batch.open = open.data();
  batch.high = high.data();
  batch.low = low.data();
  batch.close = close.data();
  batch.volume = volume.data();
  for (auto _ : state) {
    BatchIntake check({0, static_cast<Nanos>(n)});
    benchmark::DoNotOptimize(check.check(&batch));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 6);  // cells
}
BENCHMARK(intake)->Arg(64)->Arg(4096)->Arg(65536);

InstanceSettings settings_of(OptionValues options, Watchdog &watchdog) {
  InstanceSettings settings;
  settings.options = std::move(options);
  settings.host = test::BareHost::view(test::BareHost::make());
  settings.watchdog = &watchdog;
  return settings;
}

void call_on_worker(benchmark::State &state) {
  Watchdog watchdog;
  ProviderPlugin provider(PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "scripted",
                                               settings_of({{"key", "k"}}, watchdog)));
  CancelSource source;
  const CancelToken token(source);
  PluginCandleQuery query;
  query.range = {0, kMinute};
  for (auto _ : state)
    provider.fetch_candles(
        query, [](const tdk_candle_batch &) { return TDK_OK; }, token.raw());
}
BENCHMARK(call_on_worker)->UseRealTime();

void call_inline(benchmark::State &state) {
  Watchdog watchdog;
  StoragePlugin store(PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "store",
                                           settings_of({{"path", "x"}}, watchdog)));
  const Series series;
  const auto raw = series.abi();
  for (auto _ : state) store.list_series([](const tdk_series_stat &) { return TDK_OK; }, nullptr);
  benchmark::DoNotOptimize(raw);
}
BENCHMARK(call_inline)->UseRealTime();

void start(benchmark::State &state) {
  const test::TemporaryFolder folder, cache;
  for (int i = 0; i < 10; ++i) folder.copy(SCRIPTED_PLUGIN, std::to_string(i) + ".so");
  CatalogSettings settings;
  settings.directories = {folder.path()};
  settings.cache_directory = cache.path();
  const bool cold = state.range(0) == 1;
  if (!cold) PluginCatalog{settings};
  for (auto _ : state) {
    if (cold) std::filesystem::remove(cache.path() / "probes.json");
    PluginCatalog catalog(settings);
    benchmark::DoNotOptimize(catalog.entries().size());
  }
}
BENCHMARK(start)->ArgName("cold")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void load_and_pin(benchmark::State &state) {
  const test::TemporaryFolder folder;
  int n = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto file = folder.copy(SCRIPTED_PLUGIN, std::to_string(n++) + ".so");
    state.ResumeTiming();
    benchmark::DoNotOptimize(&Module::load(file));
  }
}
BENCHMARK(load_and_pin)->Iterations(50)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace

int main(int argc, char **argv) {
  if (argc == 3 && std::string_view(argv[1]) == "plugin-probe") probe_child_main(argv[2]);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
