#include "live/testing/live_bench.hpp"

#include <thread>

namespace tapedeck::testing {

LiveBench::LiveBench() { vendor.set_history(history); }

PipelineConfig LiveBench::pipeline(const std::string &name) {
  PipelineConfig p;
  p.name = name;
  p.symbols = {{kBitcoin.symbol, {}}};
  p.intervals = {{kBitcoin.interval, {}}};
  p.sources = {{"one", {}}};
  p.storage = {"store", {}};
  p.stream.emplace();
  return p;
}

LivePorts LiveBench::ports(std::vector<PipelineConfig> pipelines) {
  auto config = std::make_shared<Config>();
  for (auto &p : pipelines) p.queue.spool_dir = files.root().string();
  config->pipelines = std::move(pipelines);
  LivePorts out;
  out.config = std::move(config);
  out.open_provider = [this](const std::string &source, Priority) { return vendor.provider(source); };
  out.open_storage = [this](const std::string &) { return std::make_unique<MemoryStorage>(store); };
  out.info_of = [this](const std::string &source) { return vendor.provider(source)->info(); };
  out.version_of = [](const std::string &source) { return source + " 1.0"; };
  out.hub = &hub;
  out.metrics = &metrics;
  out.clock = &clock;
  out.look_after = std::chrono::milliseconds(1);
  return out;
}

CandleRow LiveBench::row(std::int64_t minute, bool forming) {
  CandleRow r;
  r.open_time = noon(minute);
  const Values v = FakeMarket{}.values(r.open_time);
  r.open = v[0];
  r.high = v[1];
  r.low = v[2];
  r.close = v[3];
  r.volume = v[4];
  r.price_exp = kPriceExp;
  r.volume_exp = kVolumeExp;
  r.state = forming ? TDK_CANDLE_FORMING : 0;
  return r;
}

void LiveBench::candle(std::size_t n, std::int64_t minute, bool forming) {
  const CandleRow r = row(minute, forming);
  vendor.candle(n, kBitcoin, batch_of(r));
}

// Between two looks at what other threads have done.
void LiveBench::rest() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

void LiveBench::pass_a_little() {
  clock.advance(20'000'000);
  rest();
}

}  // namespace tapedeck::testing
