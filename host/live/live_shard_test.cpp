// One connection's series: whose data counts, what becomes a hole, what recovers.
#include "live/live_shard.hpp"

#include <gtest/gtest.h>

#include "live/testing/shard_bench.hpp"

namespace tapedeck {
namespace {

using testing::kBitcoin;
using testing::minutes;
using testing::noon;
using testing::ShardBench;

class Shard : public ShardBench {
 protected:
  void make(CandleOrigin first = CandleOrigin::Vendor, CandleOrigin second = CandleOrigin::Vendor) {
    make_shard({{"one", first, {"one", "one 1.0", 0}, {"one", "built", 2}},
                {"two", second, {"two", "two 1.0", 1}, {"two", "built", 3}}});
  }
  // Connection number links.size(), connected.
  StreamLink &link(std::size_t source) {
    const std::size_t n = links.size();
    const std::string name = source == 0 ? "one" : "two";
    links.push_back(std::make_unique<StreamLink>(StreamLink::Of{source, name, n + 1}, vendor.provider(name), shard->ask_of(source),
                                                 *shard, clock));
    links[n]->start();
    EXPECT_TRUE(vendor.await(n));
    connected(n);
    return *links[n];
  }
  void reject(std::size_t n, const Series &series) { vendor.event(n, {TDK_STREAM_REJECTED, series, {}, "no such symbol"}); }
  void trade(std::size_t n, Nanos time, std::int64_t price) {
    Tick t;
    t.time = time;
    t.sequence = ++sequence;
    t.last = price;
    t.last_size = 1;
    t.flags = TDK_QUOTE_TRADE;
    vendor.ticks(n, kBitcoin.symbol, std::span(&t, 1));
  }
  // The connection lives, and `time` later too.
  void advance(std::size_t n, Nanos time) {
    clock.advance(time);
    vendor.event(n, {TDK_STREAM_HEARTBEAT, std::nullopt, {}, ""});
  }
  static Series ticks_of(const Series &series) {
    Series out = series;
    out.interval = Interval(tdk_interval{});
    return out;
  }

  std::int64_t sequence = 0;
  std::vector<std::unique_ptr<StreamLink>> links;
};

TEST_F(Shard, OnlyTheSourceThatCountsIsHeardAndTheRestIsCounted) {
  make();
  shard->set_active(link(1));
  link(0);
  candle(0, 0);
  candle(1, 1);
  EXPECT_EQ(counts.candles, 2u);
  EXPECT_EQ(counts.unheard, 1u);
  EXPECT_EQ(shard->first_unsettled(0), noon(1));
}

// The delivery ends next: what it would not take any more must not have been told to anybody.
TEST_F(Shard, AfterItsEndNothingIsPassedOn) {
  make();
  shard->set_active(link(0));
  candle(0, 0);
  shard->end();
  candle(0, 1);
  EXPECT_EQ(counts.unheard, 1u);
  EXPECT_EQ(shard->first_unsettled(0), noon(1));
  EXPECT_EQ(hub.last(*hub.find_series("BTC/USDT", kBitcoin.interval))->row.open_time, noon(0));
}

TEST_F(Shard, TwoConnectionsOfOneSourceBringEachThingOnce) {
  make();
  shard->set_active(link(0));
  shard->set_active(link(0));
  candle(0, 0);
  candle(1, 0);
  candle(0, 1);
  EXPECT_EQ(counts.duplicates, 1u);
  EXPECT_EQ(shard->first_unsettled(0), noon(2));
}

// After a failover the other vendor's candle of the last slot is news to nobody: who listens keeps what the store keeps.
TEST_F(Shard, ALowerRankedFinalDoesNotReplaceAHigherRankedOne) {
  make();
  shard->set_active(link(0));
  candle(0, 0);
  StreamLink &other = link(1);
  shard->set_active(other);
  CandleRow differs = row(0);
  differs.close = differs.high;
  differs.volume += 1;
  vendor.candle(1, kBitcoin, batch_of(differs));
  EXPECT_EQ(counts.duplicates, 1u);
  EXPECT_EQ(hub.last(*hub.find_series("BTC/USDT", kBitcoin.interval))->source, "one");

  candle(1, 1);  // the next slot is its own, until the better one has it
  StreamLink &back = link(0);
  shard->set_active(back);
  CandleRow better = row(1);
  better.volume += 1;
  vendor.candle(2, kBitcoin, batch_of(better));
  EXPECT_EQ(hub.last(*hub.find_series("BTC/USDT", kBitcoin.interval))->source, "one");
  timed([this] { delivery->drain(10 * kSecond); });
  const auto rows = store->rows(kBitcoin);
  EXPECT_EQ(rows.at(noon(0)).source, "one");
  EXPECT_EQ(rows.at(noon(1)).source, "one");
}

TEST_F(Shard, APageOfALowerRankedSourceDoesNotReplaceAHigherRankedFinal) {
  make();
  shard->set_active(link(0));
  candle(0, 0);
  ChunkResult page;
  page.start(Chunk{0, minutes(0, 1)});
  CandleRow differs = row(0);
  differs.volume += 1;
  page.candles.append(batch_of(differs));
  shard->take_page({0, minutes(0, 1), 0}, 1, std::move(page));
  EXPECT_EQ(hub.last(*hub.find_series("BTC/USDT", kBitcoin.interval))->source, "one");
}

TEST_F(Shard, ARejectedSeriesIsLeftAloneUntilTheNextConnection) {
  make();
  StreamLink &first = link(0);
  shard->set_active(first);
  reject(0, kBitcoin);
  advance(0, 2 * kMinute);
  EXPECT_TRUE(shard->holes_due().empty());
  shard->connection_lost(first);
  shard->set_active(link(1));
  advance(1, 5 * kSecond);
  const auto holes = shard->holes_due();
  ASSERT_EQ(holes.size(), 1u);
  EXPECT_EQ(holes[0].range, minutes(0, 2));
}

TEST_F(Shard, RejectedTradesSayNothingOfTheVendorsCandles) {
  make();
  shard->set_active(link(0));
  reject(0, ticks_of(kBitcoin));
  candle(0, 0);
  vendor.event(0, {TDK_STREAM_GAP, ticks_of(kBitcoin), minutes(0, 1), ""});
  advance(0, kMinute + 10 * kSecond);
  EXPECT_TRUE(shard->holes_due().empty()) << "the candle is there";
  advance(0, kMinute);
  EXPECT_EQ(shard->holes_due().size(), 1u) << "and the next is missed";
}

TEST_F(Shard, AGapIsAHoleAndNeverOneBeforeTheStart) {
  make();
  shard->set_active(link(0));
  for (int m = 0; m < 3; ++m) candle(0, m);
  advance(0, 3 * kMinute + 5 * kSecond);
  EXPECT_TRUE(shard->holes_due().empty());
  vendor.event(0, {TDK_STREAM_GAP, kBitcoin, {INT64_MIN, noon(1, kSecond)}, "lost"});
  const auto holes = shard->holes_due();
  ASSERT_EQ(holes.size(), 1u);
  EXPECT_EQ(holes[0].range, minutes(0, 2));
}

TEST_F(Shard, ACandleOfNextWeekDoesNotMakeTheRestOldNews) {
  make();
  shard->set_active(link(0));
  candle(0, 7 * 1440);
  EXPECT_EQ(counts.unknown, 1u);
  candle(0, 0);
  EXPECT_EQ(hub.last(*hub.find_series("BTC/USDT", kBitcoin.interval))->row.open_time, noon(0));
}

TEST_F(Shard, ACandleIsNotBuiltOutOfTwoVendorsTrades) {
  make(CandleOrigin::Trades, CandleOrigin::Trades);
  shard->set_active(link(0));
  trade(0, noon(0, 50 * kSecond), 10);
  trade(0, noon(1, kSecond), 11);
  shard->set_active(link(1));
  trade(1, noon(1, 30 * kSecond), 500);
  trade(1, noon(1, 40 * kSecond), 500);
  trade(1, noon(2, kSecond), 501);
  trade(1, noon(3, 10 * kSecond), 502);
  ASSERT_TRUE(eventually([&] { return delivery->counts().candles_in == 1; }));
  timed([this] { delivery->drain(10 * kSecond); });
  const auto rows = store->rows(kBitcoin);
  ASSERT_EQ(rows.size(), 1u) << "minute 1 is whole of neither";
  EXPECT_EQ(rows.begin()->first, noon(2));
  EXPECT_EQ(rows.begin()->second.source, "two");
}

TEST_F(Shard, ADroppedCandleIsAHole) {
  make();
  shard->set_active(link(0));
  timed([this] { delivery->stop(kSecond); });
  candle(0, 0);
  EXPECT_EQ(shard->first_unsettled(0), noon(0));
  advance(0, kMinute + 10 * kSecond);
  EXPECT_EQ(shard->holes_due().size(), 1u);
}

}  // namespace
}  // namespace tapedeck
