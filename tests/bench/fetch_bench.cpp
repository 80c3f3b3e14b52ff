// Fetching and decoding alone: the binance plugin behind the host's instance, HTTP client, budgets and
// intake, into columns of the host; no store.
//
//   fetch_bench URL PAGES [threads]
#include "bench_config.hpp"
#include "fetch_run.hpp"
#include "host_parts.hpp"

#include <tapedeck/layer/core.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include "base/cancel.hpp"
#include "runtime/runtime.hpp"

namespace tapedeck::bench {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

// One thread's part: every `step`-th page from `first` on.
std::int64_t read_pages(Provider &provider, const FetchTask &task, std::int64_t first,
                        std::int64_t step) {
  const CancelSource source;
  CandleAsk ask;
  ask.series.symbol = "BTC/USDT";
  ask.series.interval = *Interval::parse("1m");
  CandleColumns candles;
  std::int64_t rows = 0;
  for (std::int64_t page = first; page < task.pages; page += step) {
    ask.range = {FetchTask::page_ms(page) * kNsPerMs, FetchTask::page_ms(page + 1) * kNsPerMs};
    candles.clear();
    const CancelToken token(source, 60 * kSecond);
    provider.fetch_candles(ask, candles, token.raw());
    rows += static_cast<std::int64_t>(candles.size());
  }
  return rows;
}

class Rig {
 public:
  explicit Rig(const FetchTask &task)
      : config_(config_of(bench_config(task.url, "unused.db"))), catalog_(built_plugins()),
        runtime_(config_, catalog_, metrics_, system_clock()) {
    for (int i = 0; i < task.threads; ++i) {
      providers_.push_back(runtime_.open_provider("binance", Priority::Backfill));
      read_pages(*providers_.back(), {task.url, 1, 1}, 0, 1);  // connects
    }
  }
  std::int64_t read(const FetchTask &task) {
    std::atomic<std::int64_t> rows{0};
    std::vector<std::jthread> threads;
    for (int i = 1; i < task.threads; ++i)
      threads.emplace_back([&, i] { rows += read_pages(*providers_[static_cast<std::size_t>(i)], task, i, task.threads); });
    rows += read_pages(*providers_.front(), task, 0, task.threads);
    threads.clear();
    return rows;
  }

 private:
  Config config_;
  Metrics metrics_;
  PluginCatalog catalog_;
  Runtime runtime_;
  std::vector<std::unique_ptr<Provider>> providers_;
};

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  using namespace tapedeck::bench;
  const FetchTask task = fetch_task(argc, argv);
  Rig rig(task);
  print_fetch_run(task, [&](const FetchTask &t) { return rig.read(t); });
} catch (const std::exception &e) {
  std::fprintf(stderr, "fetch_bench: %s\n", e.what());
  return 1;
}
