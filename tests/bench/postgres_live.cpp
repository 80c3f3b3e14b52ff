// What a live pipeline commits at a time: how long it takes until it is on disk.
#include "postgres_bench.hpp"
#include "storage_client.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

using conformance::BatchCommit;
using conformance::kMinute;

constexpr int kBatches = 500, kSymbols = 100, kTicks = 500;
constexpr double kP99Ms = 100;
constexpr std::int64_t kStart = 1'690'000'020'000'000'000;  // a minute's beginning

std::string symbol(int n) { return "S" + std::to_string(n) + "/USDT"; }

conformance::Commit candle(int series, std::int64_t batch) {
  conformance::Commit c;
  c.series.symbol = symbol(series);
  const std::int64_t time = kStart + batch * kMinute, price = 4'200'000 + (series * 7919 + batch * 31) % 9999;
  c.fetched_at = time + kMinute;
  c.candles = {{time, price, price + 20, price - 20, price + 5, 1'234'567 + batch, TDK_NULL_I64, 17, 0}};
  conformance::Coverage &said = c.coverage.emplace_back();
  said.from = time;
  said.to = time + kMinute;
  said.updated = c.fetched_at;
  return c;
}

BatchCommit batch_of_minute(std::int64_t n) {
  BatchCommit b;
  for (int s = 0; s < kSymbols; ++s) b.commits.push_back(candle(s, n));
  for (int i = 0; i < kTicks; ++i) {
    conformance::Tick t;
    t.symbol = symbol(i % kSymbols);
    t.sequence = n * kTicks + i;
    t.time = kStart + n * kMinute + i * 1'000'003;
    t.bid = 4'200'000 + (n * 31 + i * 7) % 9999;
    t.ask = t.bid + 1;
    t.bid_size = t.ask_size = 5000 + i;
    b.ticks.push_back(t);
  }
  return b;
}

}  // namespace

boost::json::object measure_live_batch(PostgresBench &bench) {
  bench.server.make_store("plugin", bench.host);
  const conformance::StorageClient store(POSTGRES_PLUGIN, "postgres", bench.server.options("plugin"), bench.host);
  std::vector<double> ms;
  for (int n = 0; n < kBatches; ++n) {
    const BatchCommit batch = batch_of_minute(n);
    const auto began = std::chrono::steady_clock::now();
    const auto done = store.commit_batch(batch);
    ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    if (!done.ok() || done.inserted != kSymbols) throw std::runtime_error("a batch was refused: " + done.message);
  }
  const double first = ms.front();  // with the names of all symbols
  std::sort(ms.begin(), ms.end());
  return {{"batches", kBatches},
          {"candles_each", kSymbols},
          {"ticks_each", kTicks},
          {"first_ms", first},
          {"p50_ms", ms[ms.size() / 2]},
          {"p99_ms", at_most(ms[ms.size() * 99 / 100], kP99Ms)},
          {"worst_ms", ms.back()}};
}

}  // namespace tapedeck::bench
