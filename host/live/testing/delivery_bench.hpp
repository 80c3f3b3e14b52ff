// A delivery over a store in memory, for tests.
#pragma once

#include <gmock/gmock.h>

#include <tapedeck/layer/core.hpp>

#include "ingest/testing/memory_storage.hpp"
#include "live/delivery.hpp"
#include "live/testing/spool_files.hpp"

namespace tapedeck::testing {

class DeliveryBench : public ::testing::Test {
 protected:
  DeliveryBench() {
    settings.spool = files.spool();
    settings.flush_after = 5'000'000;
    settings.retry_after = 5'000'000;
    settings.away_after = 2 * kSecond;
  }
  // With the settings as they are now; ends the one before.
  Delivery &start(Clock &clock = system_clock()) {
    delivery.reset();
    delivery = std::make_unique<Delivery>(
        "crypto", [this] { return std::make_unique<MemoryStorage>(store); }, settings, clock, hub, metrics);
    return *delivery;
  }
  static CandleRow row(std::int64_t n, std::int64_t price = 0) {
    const std::int64_t p = price == 0 ? 100 + n : price;
    return {.open_time = n * kMinute, .open = p, .high = p + 2, .low = p - 2, .close = p + 1, .volume = 7,
            .price_exp = -2, .volume_exp = -3};
  }
  static Tick trade(std::int64_t n) {
    Tick t;
    t.time = t.sequence = n;
    t.last = 5;
    t.flags = TDK_QUOTE_TRADE;
    return t;
  }
  bool put(std::int64_t n) { return delivery->put(*btc, binance, row(n)); }
  bool put_trade(std::int64_t n) {
    const Tick t = trade(n);
    return delivery->put(*btc_ticks, binance, std::span(&t, 1));
  }
  template <class Condition>
  static bool wait_until(Condition condition) {
    for (int i = 0; i < 20'000 && !condition(); ++i) system_clock().sleep_ns(1'000'000, nullptr);
    return condition();
  }
  // Everything is in the store, and nothing in the spool.
  bool settled() {
    return delivery->drain(20 * kSecond) && wait_until([&] { return delivery->counts().spool_bytes == 0; });
  }
  // The store has exactly candles 0 to n-1, and its ledger says so.
  void expect_candles(std::int64_t n) const {
    const auto rows = store->rows(btc->series);
    EXPECT_EQ(rows.size(), static_cast<std::size_t>(n));
    std::int64_t i = 0;
    for (const auto &[time, stored] : rows) {
      EXPECT_EQ(time, i * kMinute);
      EXPECT_EQ(stored.values[0], row(i).open);
      ++i;
    }
    EXPECT_EQ(store->in_state(btc->series, CoverageState::Present), RangeSet(TimeRange{0, n * kMinute}));
  }

  SpoolFiles files;
  ManualClock manual{kSecond};
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  LiveHub hub;
  Metrics metrics;
  DeliverySettings settings;
  const std::shared_ptr<const LiveSeries> btc = hub.open_series("crypto", {"BTC/USDT", {}});
  const std::shared_ptr<const LiveSeries> eth = hub.open_series("crypto", {"ETH/USDT", {}});
  const std::shared_ptr<const LiveSymbol> btc_ticks = hub.open_symbol("crypto", "BTC/USDT");
  const std::shared_ptr<const LiveSymbol> eth_ticks = hub.open_symbol("crypto", "ETH/USDT");
  const DeliverySource binance{"binance", "binance 0.1.0", 0};
  const DeliverySource other{"other", "other 1.0", 1};
  std::unique_ptr<Delivery> delivery;
};

}  // namespace tapedeck::testing
