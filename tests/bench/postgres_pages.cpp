#include "postgres_pages.hpp"

#include "candle_market.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

#include "ingest/store_writer.hpp"
#include "runtime/plugin_storage.hpp"

namespace tapedeck::bench {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;

std::unique_ptr<Storage> open_storage(const StoreOptions &options, const tdk_host *host) {
  InstanceSettings settings;
  settings.options = options;
  settings.host = std::shared_ptr<const tdk_host>(std::shared_ptr<void>(), host);
  return make_plugin_storage(PluginInstance::make(Module::load(POSTGRES_PLUGIN), "postgres", settings));
}

std::vector<SeriesPlan> plans() {
  std::vector<SeriesPlan> out;
  for (const char *symbol : {"BTC/USDT", "ETH/USDT"}) {
    SeriesPlan &p = out.emplace_back();
    p.series.symbol = symbol;
    p.series.interval = *Interval::parse("1m");
    p.source = "binance";
  }
  return out;
}

void fill(ChunkResult &result, const Chunk &page, const std::vector<SeriesPlan> &plans) {
  tapedeck::Chunk asked;
  asked.series = static_cast<std::size_t>(page.series - 1);
  asked.range = {page.open_time.front(), plans[asked.series].series.interval.next(page.open_time.back())};
  result.start(asked);
  result.fetched_at = kNow;
  if (!result.candles.append(batch_of(page))) throw std::runtime_error("a page with several exponents");
  LedgerEntry &entry = result.ledger.emplace_back();
  entry.state = CoverageState::Present;
  entry.range = asked.range;
}

}  // namespace

void write_pages(const StoreOptions &options, const tdk_host *host, const std::vector<Chunk> &pages, int workers) {
  const std::vector<SeriesPlan> series = plans();
  const StoreWriter::Versions versions{{"binance", "binance 1.0.0"}};
  BackfillProgress progress;
  StoreWriter writer(open_storage(options, host), series, versions, progress, system_clock());
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < workers; ++i)
      threads.emplace_back([&] {
        for (std::size_t n = next++; n < pages.size(); n = next++) {
          auto result = writer.take_result();
          fill(*result, pages[n], series);
          if (!writer.submit(std::move(result))) return;
        }
      });
  }
  writer.finish();
  if (progress.chunks_done != pages.size()) throw std::runtime_error("pages are missing");
}

}  // namespace tapedeck::bench
