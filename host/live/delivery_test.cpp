#include <semaphore>
#include <thread>

#include "live/testing/delivery_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

class DeliveryTest : public DeliveryBench {};

struct StoredRowsHeard : LiveListener {
  void on_candle(LiveStage stage, const LiveSeries &, const CandleRow &row, std::string_view) noexcept override {
    std::lock_guard lock(mutex);
    if (stage == LiveStage::Stored) times.push_back(row.open_time / kMinute);
  }
  void on_ticks(LiveStage, const LiveSymbol &, std::span<const Tick>, std::string_view) noexcept override {}
  void on_status(const StreamStatus &) noexcept override {}
  std::mutex mutex;
  std::vector<std::int64_t> times;
};

TEST_F(DeliveryTest, StoresCandlesWithTheirLedgerAndTicks) {
  start();
  for (int n = 0; n < 10; ++n) EXPECT_TRUE(put(n));
  EXPECT_TRUE(put_trade(1));
  EXPECT_TRUE(put_trade(1)) << "a second time";
  ASSERT_TRUE(settled());
  expect_candles(10);
  EXPECT_THAT(store->ticks("BTC/USDT", true), ElementsAre(trade(1)));
  EXPECT_EQ(store->rows(btc->series).begin()->second.version, "binance 0.1.0");
  const auto counts = delivery->counts();
  EXPECT_EQ(counts.candles_stored, 10u);
  EXPECT_EQ(counts.ticks_stored, 2u);
  EXPECT_EQ(counts.queued_rows, 0u);
  EXPECT_EQ(counts.spooled_rows, 0u);
  EXPECT_THAT(metrics.text(), HasSubstr("tapedeck_delivery_seconds_count{pipeline=\"crypto\"}"));
}

TEST_F(DeliveryTest, RowsPutTogetherAreOneTransaction) {
  settings.flush_after = 3600 * kSecond;
  start();
  for (int n = 0; n < 10; ++n) {
    delivery->put(*btc, binance, row(n));
    delivery->put(*eth, other, row(n));
  }
  ASSERT_TRUE(delivery->drain(10 * kSecond));
  EXPECT_EQ(store->commits(), 1);
  expect_candles(10);
  EXPECT_EQ(store->rows(eth->series).size(), 10u);
  EXPECT_EQ(store->coverage(eth->series, "other", {0, kMinute}).size(), 1u);
}

TEST_F(DeliveryTest, FlushesByRowsWithoutWaitingForTheTime) {
  settings.flush_after = 3600 * kSecond;
  settings.flush_rows = 50;
  start();
  for (int n = 0; n < 50; ++n) put(n);
  EXPECT_TRUE(wait_until([&] { return delivery->counts().candles_stored == 50; }));
}

TEST_F(DeliveryTest, FlushesByAge) {
  ManualClock &clock = manual;
  settings.flush_after = 250'000'000;
  start(clock);
  put(0);
  clock.advance(249'000'000);
  EXPECT_EQ(delivery->counts().candles_stored, 0u);
  clock.advance(1'000'000);
  EXPECT_TRUE(wait_until([&] { return delivery->counts().candles_stored == 1; }));
}

TEST_F(DeliveryTest, ALaterValueOfASlotStands) {
  settings.flush_after = 3600 * kSecond;
  start();
  for (const std::int64_t price : {50, 60, 55}) delivery->put(*btc, binance, row(3, price));
  delivery->put(*btc, binance, row(2, 40));
  ASSERT_TRUE(delivery->drain(10 * kSecond));
  const auto rows = store->rows(btc->series);
  EXPECT_EQ(rows.at(3 * kMinute).values[0], 55);
  EXPECT_EQ(rows.at(2 * kMinute).values[0], 40);
}

TEST_F(DeliveryTest, APageKeepsItsLedgerAndItsPlace) {
  settings.flush_after = 3600 * kSecond;
  start();
  delivery->put(*btc, binance, row(0, 50));
  ChunkResult page;
  page.fetched_at = 77;
  page.candles.append(batch_of(row(0, 60)));
  page.ledger.resize(2);
  page.ledger[0].range = {0, kMinute};
  page.ledger[1].state = CoverageState::NoTrades;
  page.ledger[1].range = {kMinute, 3 * kMinute};
  delivery->put(*btc, binance, std::move(page));
  delivery->put(*btc, binance, row(3, 70));
  ASSERT_TRUE(delivery->drain(10 * kSecond));
  EXPECT_EQ(store->rows(btc->series).at(0).values[0], 60);
  EXPECT_EQ(store->in_state(btc->series, CoverageState::NoTrades), RangeSet(TimeRange{kMinute, 3 * kMinute}));
  EXPECT_TRUE(store->rows(btc->series).contains(3 * kMinute));
}

TEST_F(DeliveryTest, TicksWithoutASequenceGetAscendingOnes) {
  start();
  std::vector<Tick> ticks(3);
  for (auto &t : ticks) t.time = 9;
  delivery->put(*btc_ticks, binance, ticks);
  delivery->put(*btc_ticks, binance, ticks);
  ASSERT_TRUE(settled());
  EXPECT_EQ(store->ticks("BTC/USDT", false).size(), 6u);
}

TEST_F(DeliveryTest, TellsOfEachCandleOnceAfterItIsStored) {
  StoredRowsHeard heard;
  hub.add(heard, static_cast<std::uint32_t>(LiveStage::Stored));
  store->on_commit = [](int n) {
    if (n <= 3) throw Error(TDK_BUSY, "locked");
  };
  start();
  for (int n = 0; n < 20; ++n) put(n);
  ASSERT_TRUE(settled());
  ASSERT_TRUE(wait_until([&] {
    std::lock_guard lock(heard.mutex);
    return heard.times.size() >= 20;
  }));
  delivery->stop(kSecond);
  std::vector<std::int64_t> expected(20);
  for (std::size_t n = 0; n < 20; ++n) expected[n] = static_cast<std::int64_t>(n);
  EXPECT_EQ(heard.times, expected);
  hub.remove(heard);
}

TEST_F(DeliveryTest, AnOutageGoesThroughTheSpoolAndNothingIsMissing) {
  for (const tdk_status status : {TDK_BUSY, TDK_UNAVAILABLE, TDK_IO, TDK_TIMEOUT, TDK_INTERNAL}) {
    store = std::make_shared<MemoryStore>();
    store->on_commit = [status](int n) {
      if (n >= 3 && n < 12) throw Error(status, "away");
    };
    settings.flush_rows = 10;
    start();
    for (int n = 0; n < 300; ++n) {
      EXPECT_TRUE(put(n));
      EXPECT_TRUE(put_trade(n));
      // However slow the threads are, there are enough commits for the outage to be met.
      ASSERT_TRUE(n % 30 != 0 || wait_until([&] { return store->commits() > n / 30; }));
    }
    ASSERT_TRUE(settled()) << status;
    expect_candles(300);
    EXPECT_EQ(store->ticks("BTC/USDT", true).size(), 300u);
    const auto counts = delivery->counts();
    EXPECT_GT(counts.spooled_rows, 0u);
    EXPECT_EQ(counts.spooled_rows, counts.replayed_rows);
    EXPECT_EQ(counts.candles_stored, 300u);
    EXPECT_EQ(counts.dropped_candles + counts.dropped_ticks, 0u);
    EXPECT_FALSE(counts.storage_away);
    delivery->stop(kSecond);
    EXPECT_FALSE(std::filesystem::exists(files.spool())) << "nothing is in it";
  }
}

TEST_F(DeliveryTest, ASlowCommitCountsAsAway) {
  std::binary_semaphore let_go{0};
  store->on_commit = [&](int n) {
    if (n == 1) let_go.acquire();
  };
  settings.away_after = 20'000'000;
  start();
  put(0);
  EXPECT_TRUE(wait_until([&] { return delivery->counts().spooled_rows == 1; }));
  EXPECT_TRUE(delivery->counts().storage_away);
  EXPECT_THAT(delivery->counts().away_reason, HasSubstr("takes longer"));
  put(1);
  EXPECT_TRUE(delivery->drain(10 * kSecond)) << "it is in the spool";
  let_go.release();
  ASSERT_TRUE(settled());
  expect_candles(2);
  EXPECT_EQ(delivery->counts().candles_stored, 2u) << "what was stored twice counts once";
}

TEST_F(DeliveryTest, AStorageThatCannotBeOpenedIsAway) {
  std::atomic<int> tries{0};
  delivery = std::make_unique<Delivery>(
      "crypto",
      [&]() -> std::unique_ptr<Storage> {
        if (++tries < 4) throw Error(TDK_NOT_FOUND, "no such disk");
        return std::make_unique<MemoryStorage>(store);
      },
      settings, system_clock(), hub, metrics);
  for (int n = 0; n < 5; ++n) put(n);
  ASSERT_TRUE(settled());
  expect_candles(5);
  EXPECT_EQ(tries, 4);
}

TEST_F(DeliveryTest, MemoryStaysBoundedThroughAMinuteOfOutage) {
  ManualClock &clock = manual;
  const Nanos end = clock.monotonic_ns() + 60 * kSecond;
  store->on_commit = [&](int) {
    if (clock.monotonic_ns() < end) throw Error(TDK_BUSY, "locked");
  };
  settings.queue_rows = 2000;
  settings.flush_after = 250'000'000;
  settings.retry_after = kSecond;
  start(clock);
  std::size_t most = 0;
  for (int n = 0; n < 60'000; ++n) {  // a thousand a second
    ASSERT_TRUE(put_trade(n));
    clock.advance(1'000'000);
    if (n % 64 == 0) most = std::max(most, delivery->counts().queued_rows);
  }
  EXPECT_LE(most, 2000u);
  EXPECT_GT(delivery->counts().spooled_rows, 50'000u);
  clock.advance(2 * kSecond);
  ASSERT_TRUE(wait_until([&] {
    clock.advance(kSecond);
    return delivery->counts().ticks_stored == 60'000;
  }));
  EXPECT_EQ(store->ticks("BTC/USDT", true).size(), 60'000u);
}

TEST_F(DeliveryTest, AFullSpoolDropsAndCounts) {
  std::atomic<bool> away{true};
  store->on_commit = [&](int) {
    if (away) throw Error(TDK_BUSY, "locked");
  };
  settings.spool_limit = 20'000;
  settings.queue_rows = 100;
  settings.flush_rows = 10;
  start();
  std::uint64_t kept = 0;
  for (int n = 0; n < 5000; ++n) kept += put_trade(n) ? 1u : 0u;
  kept += put(0) ? 1u : 0u;
  auto counts = delivery->counts();
  EXPECT_GT(counts.dropped_ticks, 1000u);
  EXPECT_EQ(counts.dropped_ticks + counts.dropped_candles, 5001 - kept);
  EXPECT_LE(counts.spool_bytes, 20'000u);
  EXPECT_LE(counts.queued_rows, 100u);
  EXPECT_THAT(metrics.text(),
              HasSubstr("tapedeck_dropped_total{kind=\"tick\",pipeline=\"crypto\",reason=\"spool full\"}"));
  away = false;
  const bool done = settled();
  counts = delivery->counts();
  ASSERT_TRUE(done) << counts.queued_rows << " in memory, " << counts.spool_bytes << " bytes in the spool, "
                    << counts.ticks_stored << " ticks stored, away: " << counts.away_reason;
  EXPECT_EQ(store->ticks("BTC/USDT", true).size() + store->rows(btc->series).size(), kept)
      << "what was accepted is there";
}

TEST_F(DeliveryTest, AnUnwritableSpoolDropsWhatDoesNotFitInMemory) {
  std::ofstream(files.root() / "file") << "x";
  settings.spool = files.root() / "file" / "spool";
  settings.queue_rows = 50;
  std::atomic<bool> away{true};
  store->on_commit = [&](int) {
    if (away) throw Error(TDK_UNAVAILABLE, "gone");
  };
  start();
  std::uint64_t kept = 0;
  for (int n = 0; n < 200; ++n) kept += put_trade(n) ? 1u : 0u;
  EXPECT_EQ(kept, 50u);
  EXPECT_EQ(delivery->counts().dropped_ticks, 150u);
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"spool unwritable\""));
  away = false;
  ASSERT_TRUE(delivery->drain(10 * kSecond));
  EXPECT_EQ(store->ticks("BTC/USDT", true).size(), 50u);
}

TEST_F(DeliveryTest, BlockWaitsForRoomAndGoesOn) {
  std::atomic<bool> away{true};
  store->on_commit = [&](int) {
    if (away) throw Error(TDK_BUSY, "locked");
  };
  settings.when_full = WhenFull::Block;
  settings.queue_rows = 20;
  start();
  std::atomic<int> done{0};
  std::jthread producer([&] {
    for (int n = 0; n < 100; ++n) {
      put(n);
      ++done;
    }
  });
  ASSERT_TRUE(wait_until([&] { return done == 20; }));
  ASSERT_TRUE(wait_until([&] { return delivery->counts().storage_away; }));
  EXPECT_EQ(done, 20);
  EXPECT_EQ(delivery->counts().spooled_rows, 0u);
  away = false;
  producer.join();
  ASSERT_TRUE(settled());
  expect_candles(100);
  EXPECT_FALSE(std::filesystem::exists(files.spool()));
}

TEST_F(DeliveryTest, BlockSpoolsTheRestAtTheEnd) {
  store->on_commit = [](int) { throw Error(TDK_BUSY, "locked"); };
  settings.when_full = WhenFull::Block;
  start();
  for (int n = 0; n < 100; ++n) put(n);
  delivery->stop(20'000'000);
  EXPECT_EQ(delivery->counts().spooled_rows, 100u);
  store->on_commit = nullptr;
  start();
  put(100);
  ASSERT_TRUE(settled());
  expect_candles(101);
}

TEST_F(DeliveryTest, ABadCommitTakesNoOtherAlong) {
  settings.flush_after = 3600 * kSecond;
  start();
  delivery->put(*btc, binance, row(0));
  CandleRow off_grid = row(0);
  off_grid.open_time = 17;  // the store refuses an entry that is off the grid
  delivery->put(*eth, binance, off_grid);
  put_trade(1);
  ASSERT_TRUE(delivery->drain(10 * kSecond));
  expect_candles(1);
  EXPECT_EQ(store->rows(eth->series).size(), 0u);
  EXPECT_EQ(store->ticks("BTC/USDT", true).size(), 1u);
  EXPECT_EQ(delivery->counts().dropped_candles, 1u);
  EXPECT_EQ(files.names(".bad").size(), 1u);
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"refused by the storage\""));
}

TEST_F(DeliveryTest, WhatTheStorageRefusesIsNotToldAsStoredAndKeptInOneFile) {
  StoredRowsHeard heard;
  hub.add(heard, static_cast<std::uint32_t>(LiveStage::Stored));
  settings.flush_after = 3600 * kSecond;
  start();
  delivery->put(*btc, binance, row(0));
  CandleRow off_grid = row(1);
  off_grid.open_time += 17;
  delivery->put(*eth, binance, off_grid);
  delivery->put(*eth, other, off_grid);
  const LiveSymbol nameless{.pipeline = "crypto", .symbol = ""};
  const std::vector<Tick> ticks = {trade(1), trade(2)};
  delivery->put(nameless, binance, ticks);
  ASSERT_TRUE(delivery->drain(10 * kSecond));
  delivery->stop(kSecond);
  EXPECT_EQ(heard.times, std::vector<std::int64_t>{0});
  EXPECT_EQ(delivery->counts().dropped_candles, 2u);
  EXPECT_EQ(delivery->counts().dropped_ticks, 2u);
  EXPECT_EQ(files.names(".bad").size(), 1u);
  hub.remove(heard);
}

// A storage of the first version.
struct OldStorage final : Storage {
  explicit OldStorage(std::shared_ptr<MemoryStore> s) : store(std::move(s)) {}
  CommitResult commit(const Commit &c) override { return store->commit(c); }
  void query(const CandleScan &, const OnBatch &, const tdk_cancel *) override {}
  std::vector<LedgerEntry> coverage(const Series &, std::string_view, TimeRange, const tdk_cancel *) override {
    return {};
  }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return {}; }
  void health() override {}
  std::shared_ptr<MemoryStore> store;
};

TEST_F(DeliveryTest, AStorageWithoutBatchesKeepsItsCandles) {
  delivery = std::make_unique<Delivery>(
      "crypto", [this] { return std::make_unique<OldStorage>(store); }, settings, system_clock(), hub, metrics);
  for (int n = 0; n < 5; ++n) {
    put(n);
    put_trade(n);
    delivery->put(*eth, binance, row(n));
  }
  ASSERT_TRUE(settled());
  expect_candles(5);
  EXPECT_EQ(store->rows(eth->series).size(), 5u);
  EXPECT_EQ(delivery->counts().dropped_ticks, 5u);
  EXPECT_EQ(delivery->counts().ticks_stored, 0u);
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"storage keeps no ticks\""));
}

TEST_F(DeliveryTest, TwoDeliveriesDoNotShareASpool) {
  start();
  EXPECT_THROW(Delivery("other", [this] { return std::make_unique<MemoryStorage>(store); }, settings, system_clock(),
                        hub, metrics),
               Error);
}

TEST_F(DeliveryTest, ProducersOfManyThreadsLoseNothing) {
  store->on_commit = [](int n) {
    if (n % 5 == 2) throw Error(TDK_BUSY, "locked");
  };
  settings.queue_rows = 500;
  settings.flush_rows = 20;
  start();
  {
    std::vector<std::jthread> producers;
    for (int p = 0; p < 4; ++p)
      producers.emplace_back([&, p] {
        for (int n = 0; n < 2000; ++n) {
          const Tick t = trade(p * 10'000 + n);
          EXPECT_TRUE(delivery->put(p % 2 == 0 ? *btc_ticks : *eth_ticks, binance, std::span(&t, 1)));
        }
      });
  }
  ASSERT_TRUE(settled());
  EXPECT_EQ(store->ticks("BTC/USDT", true).size(), 4000u);
  EXPECT_EQ(store->ticks("ETH/USDT", true).size(), 4000u);
}

}  // namespace
