// A delivery into the store in memory, and one shard of BTC/USDT over it, for tests.
#pragma once

#include <memory>
#include <vector>

#include "live/delivery.hpp"
#include "live/live_shard.hpp"
#include "live/testing/live_bench.hpp"

namespace tapedeck::testing {

class ShardBench : public LiveBench {
 protected:
  ShardBench() {
    DeliverySettings settings;
    settings.spool = files.spool();
    delivery = std::make_unique<Delivery>(
        "p", [this] { return std::make_unique<MemoryStorage>(store); }, settings, clock, hub, metrics);
  }
  ~ShardBench() override {
    timed([this] { delivery->stop(kSecond); });
  }
  // Of these sources; nothing is settled from noon on.
  void make_shard(std::vector<ShardSource> sources) {
    ShardSpec spec;
    spec.pipeline = "p";
    spec.symbols = {kBitcoin.symbol};
    spec.candles = {kBitcoin};
    shard = std::make_unique<LiveShard>(spec, std::move(sources), hub, *delivery, counts, clock);
    shard->start_series(0, noon(0));
  }

  LiveCounts counts;
  std::unique_ptr<Delivery> delivery;
  std::unique_ptr<LiveShard> shard;
};

}  // namespace tapedeck::testing
