// A pipeline from the vendor's words to the store.
#include "live/live_pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "live/testing/live_bench.hpp"

namespace tapedeck {
namespace {

using testing::kBitcoin;
using testing::LiveBench;
using testing::minutes;
using testing::noon;

class Pipeline : public LiveBench {
 protected:
  ~Pipeline() override {
    if (live) stop();
  }
  void start(const PipelineConfig &config) {
    const LivePorts p = ports({config});
    live = std::make_unique<LivePipeline>(p.config->pipelines[0], p);
  }
  std::chrono::milliseconds stop() {
    const auto took = timed([this] { live->stop(2 * kSecond); });
    live.reset();
    return took;
  }
  // Connection `n` is there and has said so.
  void connect(std::size_t n) {
    ASSERT_TRUE(until([&] { return vendor.opened() > n; }));
    connected(n);
    ASSERT_TRUE(until([&] { return live->state().connected == 1; }));
  }

  // The store has the minutes 0 and 5, and not those between; it is six minutes past.
  void leave_a_hole_inside() {
    vendor.set_history(nullptr);
    start(pipeline());
    connect(0);
    candle(0, 0);
    candle(0, 5);
    ASSERT_TRUE(until([&] { return present(minutes(5, 6)); }));
    stop();
    vendor.set_history(history);
    clock.advance(noon(6, kSecond) - clock.now_ns());
  }

  std::unique_ptr<LivePipeline> live;
};

TEST_F(Pipeline, StoresWhatIsFinalWithItsSource) {
  start(pipeline());
  connect(0);
  candle(0, 0, true);
  candle(0, 0);
  ASSERT_TRUE(until([&] { return present(minutes(0, 1)); }));
  const auto stored = store->rows(kBitcoin).at(noon(0));
  EXPECT_EQ(stored.source, "one");
  EXPECT_EQ(stored.version, "one 1.0");
  EXPECT_EQ(stored.rank, 0u);
  EXPECT_TRUE(history->pages().empty());
}

TEST_F(Pipeline, TellsWhatHappensToItsSource) {
  std::mutex mutex;
  std::vector<std::string> told;
  LivePorts p = ports({pipeline()});
  p.on_source = [&](const SourceEvent &e) {
    std::lock_guard lock(mutex);
    told.push_back(e.pipeline + " " + e.source + " " + std::string(e.state));
  };
  const auto has = [&](const char *what) {
    std::lock_guard lock(mutex);
    return std::find(told.begin(), told.end(), what) != told.end();
  };
  live = std::make_unique<LivePipeline>(p.config->pipelines[0], p);
  connect(0);
  candle(0, 0);
  EXPECT_TRUE(until([&] { return has("p one connected"); }));
  vendor.refuse("one", Error(TDK_UNAVAILABLE, "closed"));
  vendor.end(0, Error(TDK_UNAVAILABLE, "reset"));
  EXPECT_TRUE(until([&] { return has("p one lost") && has("p one breaker_open"); }));
  vendor.refuse("one", std::nullopt);
  ASSERT_TRUE(until([&] { return vendor.connection(vendor.opened() - 1).open; }));
  const std::size_t last = vendor.opened() - 1;
  connected(last);
  candle(last, 1);
  EXPECT_TRUE(until([&] { return has("p one reconnected") && has("p one breaker_closed"); }));
  stop();
  EXPECT_TRUE(has("p one stopped"));
}

TEST_F(Pipeline, GoesToTheNextSourceAndTheStoreKnowsIt) {
  vendor.refuse("one", Error(TDK_UNAUTHENTICATED, "wrong key"));
  auto config = pipeline();
  config.sources.push_back({"two", {}});
  start(config);
  connect(1);
  EXPECT_EQ(vendor.connection(1).source, "two");
  candle(1, 0);
  ASSERT_TRUE(until([&] { return present(minutes(0, 1)); }));
  EXPECT_EQ(store->rows(kBitcoin).at(noon(0)).source, "two");
  EXPECT_EQ(store->rows(kBitcoin).at(noon(0)).rank, 1u);
}

// As a vendor's plan without streams beside another vendor: it comes first where it can.
TEST_F(Pipeline, WhoStreamsNothingIsPassedOverAndAskedForHoles) {
  auto config = pipeline();
  config.sources.push_back({"two", {}});
  LivePorts p = ports({config});
  p.info_of = [this](const std::string &source) {
    ProviderInfo info = vendor.provider(source)->info();
    info.capabilities = source == "one" ? TDK_CAP_HISTORY : info.capabilities;
    return info;
  };
  live = std::make_unique<LivePipeline>(p.config->pipelines[0], p);
  connect(0);
  EXPECT_EQ(vendor.connection(0).source, "two");
  candle(0, 0);
  ASSERT_TRUE(until([&] { return present(minutes(0, 1)); }));
  clock.advance(noon(2) - clock.now_ns());
  candle(0, 2);
  ASSERT_TRUE(until([&] { return present(minutes(0, 3)); }));
  const auto rows = store->rows(kBitcoin);
  EXPECT_EQ(rows.at(noon(0)).source, "two");
  EXPECT_EQ(rows.at(noon(0)).rank, 1u);
  EXPECT_EQ(rows.at(noon(1)).source, "one");
  EXPECT_EQ(rows.at(noon(1)).rank, 0u);
  ASSERT_EQ(live->state().sources.size(), 1u);
  EXPECT_EQ(live->state().sources[0].name, "two");
}

TEST_F(Pipeline, AHoleIsAskedForOnceAndTheSeamIsWhole) {
  start(pipeline());
  connect(0);
  candle(0, 0);
  ASSERT_TRUE(until([&] { return present(minutes(0, 1)); }));
  clock.advance(noon(1) - clock.now_ns());
  candle(0, 1, true);
  vendor.end(0, Error(TDK_UNAVAILABLE, "reset"));
  ASSERT_TRUE(until([&] { return live->state().connected == 0; }));
  vendor.refuse("one", Error(TDK_UNAVAILABLE, "down"));
  ASSERT_TRUE(until([&] { return vendor.opened() > 1; }));
  clock.advance(noon(4, kSecond) - clock.now_ns());
  vendor.refuse("one", std::nullopt);
  ASSERT_TRUE(until([&] {
    const std::size_t n = vendor.opened();
    return vendor.connection(n - 1).open;
  }));
  connect(vendor.opened() - 1);
  ASSERT_TRUE(until([&] { return present(minutes(0, 4)); }, 30 * kSecond));
  ASSERT_EQ(history->pages().size(), 1u);
  EXPECT_EQ(history->pages()[0].range, minutes(1, 4));
  candle(vendor.opened() - 1, 4);
  ASSERT_TRUE(until([&] { return present(minutes(0, 5)); }));
  EXPECT_EQ(store->rows(kBitcoin).size(), 5u);
  EXPECT_EQ(live->state().losses, 1u);
}

TEST_F(Pipeline, BeginsWhereTheLedgerEnds) {
  start(pipeline());
  connect(0);
  candle(0, 0);
  ASSERT_TRUE(until([&] { return present(minutes(0, 1)); }));
  stop();
  clock.advance(noon(6, kSecond) - clock.now_ns());
  start(pipeline());
  connect(1);
  ASSERT_TRUE(until([&] { return present(minutes(0, 6)); }));
  ASSERT_EQ(history->pages().size(), 1u);
  EXPECT_EQ(history->pages()[0].range, minutes(1, 6));
  EXPECT_EQ(live->keeps_from(kBitcoin), noon(1));
}

// Who was killed while it asked for a hole leaves it behind, with later candles after it.
TEST_F(Pipeline, AHoleThatAnEarlierProcessLeftInsideIsAskedFor) {
  leave_a_hole_inside();
  start(pipeline());
  connect(1);
  ASSERT_TRUE(until([&] { return present(minutes(0, 6)); }));
  ASSERT_EQ(history->pages().size(), 1u);
  EXPECT_EQ(history->pages()[0].range, minutes(1, 5));
}

TEST_F(Pipeline, AHoleInsideThePipelinesBackfillIsItsBusiness) {
  leave_a_hole_inside();
  auto config = pipeline();
  config.backfill.emplace().since = "1d";
  start(config);
  connect(1);
  ASSERT_TRUE(until([&] { return live->keeps_from(kBitcoin).has_value(); }));
  EXPECT_EQ(live->keeps_from(kBitcoin), noon(6));
  pass(5 * kSecond);
  EXPECT_TRUE(history->pages().empty());
}

TEST_F(Pipeline, AHoleAfterTheEndOfTheBackfillIsAskedFor) {
  leave_a_hole_inside();
  auto config = pipeline();
  config.backfill.emplace().since = "1d";
  config.backfill->until = format_time(noon(3));
  start(config);
  connect(1);
  ASSERT_TRUE(until([&] { return present(minutes(3, 6)); }));
  ASSERT_EQ(history->pages().size(), 1u);
  EXPECT_EQ(history->pages()[0].range, minutes(3, 5));
}

// A vendor takes so many series on a connection: the rest is on others.
TEST_F(Pipeline, MoreSeriesThanAConnectionTakesAreOnSeveral) {
  vendor.set_series_per_stream(5);
  auto config = pipeline();
  config.stream->trades = true;  // with the candles of two intervals: three series a symbol
  config.intervals.push_back({*Interval::parse("1h"), {}});
  config.symbols = {{"A/USDT", {}}, {"B/USDT", {}}, {"C/USDT", {}}};
  start(config);
  ASSERT_TRUE(until([&] { return vendor.opened() == 3; }));
  std::multiset<std::string> candles, trades;
  for (std::size_t n = 0; n < 3; ++n) {
    const StreamAsk ask = vendor.connection(n).ask;
    EXPECT_LE(ask.candles.size() + ask.trades.size() + ask.quotes.size(), 5u);
    for (const auto &s : ask.candles) candles.insert(s.name());
    trades.insert(ask.trades.begin(), ask.trades.end());
    connected(n);
  }
  EXPECT_EQ(trades, (std::multiset<std::string>{"A/USDT", "B/USDT", "C/USDT"}));
  EXPECT_EQ(candles.size(), 6u);
  EXPECT_EQ(std::set(candles.begin(), candles.end()).size(), 6u);
  ASSERT_TRUE(until([&] { return live->state().connected == 3; }));
  EXPECT_EQ(live->state().connections, 3u);
}

// What is in the spool is asked for by nobody.
TEST_F(Pipeline, AtAStartTheSpoolComesBeforeTheLedger) {
  start(pipeline());
  connect(0);
  store->on_commit = [](int) { throw Error(TDK_BUSY, "away"); };
  candle(0, 0);
  ASSERT_TRUE(until([&] { return live->state().delivery.spool_bytes > 0; }));
  stop();
  store->on_commit = nullptr;
  clock.advance(noon(1, 10 * kSecond) - clock.now_ns());
  start(pipeline());
  connect(1);
  ASSERT_TRUE(until([&] { return live->keeps_from(kBitcoin).has_value(); }));
  EXPECT_EQ(live->keeps_from(kBitcoin), noon(1));
  EXPECT_TRUE(present(minutes(0, 1)));
  pass(5 * kSecond);
  EXPECT_TRUE(history->pages().empty());
}

TEST_F(Pipeline, WithoutAHistoryNobodyIsAsked) {
  vendor.set_history(nullptr);
  start(pipeline());
  connect(0);
  candle(0, 2);
  clock.advance(noon(3, kSecond) - clock.now_ns());
  pass(10 * kSecond);
  EXPECT_EQ(live->state().repairs, 0u);
  EXPECT_TRUE(live->mended());
}

TEST_F(Pipeline, ASourceThatStreamsTooLittleIsRefusedAndLeavesNothingOpen) {
  vendor.set_capabilities(TDK_CAP_STREAM_QUOTES);
  auto config = pipeline();
  config.stream->trades = true;
  try {
    start(config);
    FAIL() << "it streams no trades";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_NOT_SUPPORTED);
    EXPECT_EQ(std::string(e.what()), "one streams no trades; leave them out of 'kinds', or name another source");
  }
  EXPECT_TRUE(hub.symbols().empty());
}

// The connection waits for room, with the lock that the control thread wants.
TEST_F(Pipeline, AFullQueueDoesNotKeepItFromStopping) {
  store->on_commit = [](int) { throw Error(TDK_BUSY, "away"); };
  auto config = pipeline();
  config.stream->trades = true;
  config.queue.spool = false;
  config.queue.rows = 10;
  start(config);
  connect(0);
  std::thread feeding([this] {
    for (int i = 0; i < 20; ++i) {
      Tick t;
      t.sequence = i;
      t.last = t.last_size = 1;
      t.flags = TDK_QUOTE_TRADE;
      vendor.ticks(0, kBitcoin.symbol, std::span(&t, 1));
    }
  });
  ASSERT_TRUE(eventually([&] { return live->state().delivery.queued_rows == 10; }));
  EXPECT_LT(stop(), std::chrono::seconds(20));
  feeding.join();
}

// A plugin that does not hear its cancellation for a while: the rows are safe before it comes back.
TEST_F(Pipeline, WhatIsInMemoryIsSafeBeforeAPluginThatHangs) {
  start(pipeline());
  connect(0);
  vendor.be_deaf(true);
  std::thread waking([this] {
    eventually([&] { return present(minutes(0, 1)); });
    vendor.be_deaf(false);
  });
  candle(0, 0);
  live->stop(2 * kSecond);
  EXPECT_TRUE(present(minutes(0, 1)));
  waking.join();
  live.reset();
}

}  // namespace
}  // namespace tapedeck
