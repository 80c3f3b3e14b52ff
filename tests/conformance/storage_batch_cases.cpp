// STO-100 to STO-112: several commits and ticks in one transaction, and what is read of the ticks.
#include "storage_conformance.hpp"

namespace tapedeck::conformance {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr const char *kNone = "this storage has no commit_batch";

Tick quote(std::int64_t time, std::int64_t sequence) {
  Tick t;
  t.time = time;
  t.sequence = sequence;
  t.bid = 4'200'000 + sequence;
  t.ask = 4'200'010 + sequence;
  t.bid_size = 7;
  t.ask_size = 8;
  return t;
}

Tick trade(std::int64_t time, std::int64_t sequence) {
  Tick t;
  t.time = time;
  t.sequence = sequence;
  t.flags = TDK_QUOTE_TRADE | TDK_QUOTE_SELL;
  t.last = 4'200'005 + sequence;
  t.last_size = 3;
  t.trades = 2;
  return t;
}

std::vector<Tick> quotes(std::int64_t first, std::int64_t count) {
  std::vector<Tick> out;
  for (std::int64_t i = first; i < first + count; ++i) out.push_back(quote(i * 10, i));
  return out;
}

Commit of_symbol(const std::string &symbol, std::int64_t salt) {
  Commit c;
  c.series.symbol = symbol;
  c.candles = make_candles(0, 5, salt);
  c.coverage = {covered(0, 5 * kMinute)};
  return c;
}

TEST_P(StorageConformance, STO100_SeriesAndTicksAreStoredTogether) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.commits = {of_symbol("BTC/USDT", 0), of_symbol("ETH/USDT", 1)};
  b.ticks = quotes(0, 3);
  Committed done = store().commit_batch(b);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.inserted, 10u) << "candles are counted, ticks are not";
  for (const Commit &c : b.commits) {
    EXPECT_THAT(store().query({.series = c.series}).candles(), ElementsAreArray(c.candles));
    auto ledger = store().coverage(c.series).items;
    ASSERT_EQ(ledger.size(), 1u);
    EXPECT_EQ(ledger[0].to, 5 * kMinute);
  }
  EXPECT_THAT(store().query_ticks({}).items, ElementsAreArray(b.ticks));
}

TEST_P(StorageConformance, STO101_OneBadCommitStoresNothingOfTheBatch) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.commits = {of_symbol("BTC/USDT", 0), of_symbol("ETH/USDT", 1)};
  std::swap(b.commits[1].candles[3], b.commits[1].candles[4]);
  b.ticks = quotes(0, 3);
  EXPECT_EQ(store().commit_batch(b).status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(store().query({}).status, TDK_NOT_FOUND);
  EXPECT_EQ(store().query_ticks({}).status, TDK_NOT_FOUND);
  EXPECT_THAT(store().list_series().items, IsEmpty());
}

TEST_P(StorageConformance, STO102_OneBadTickStoresNothingOfTheBatch) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit good;
  good.ticks = quotes(0, 1);
  ASSERT_TRUE(store().commit_batch(good).ok());
  Tick without_sequence = quote(20, TDK_NULL_I64), without_symbol = quote(20, 2),
       wild = quote(20, 2);
  without_symbol.symbol = "";
  wild.exps.price = 19;
  for (const Tick &bad : {without_sequence, without_symbol, wild}) {
    BatchCommit b;
    b.commits = {of_symbol("BTC/USDT", 0)};
    b.ticks = {quote(10, 1), bad};
    EXPECT_EQ(store().commit_batch(b).status, TDK_INVALID_ARGUMENT) << bad;
    EXPECT_EQ(store().query({}).status, TDK_NOT_FOUND) << bad;
    EXPECT_EQ(store().query_ticks({}).items.size(), 1u) << bad;
  }
}

TEST_P(StorageConformance, STO103_TheSameSequenceTwiceChangesNothing) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = {quote(10, 1), trade(10, 1), quote(20, 2)};
  ASSERT_TRUE(store().commit_batch(b).ok());
  BatchCommit again;
  again.ticks = {quote(11, 1), trade(12, 1), quote(30, 3), quote(31, 3)};
  again.ticks[0].bid = 1;
  ASSERT_TRUE(store().commit_batch(again).ok());
  EXPECT_THAT(store().query_ticks({}).items,
              ElementsAreArray({quote(10, 1), quote(20, 2), quote(30, 3)}));
  EXPECT_THAT(store().query_ticks({.trades = true}).items, ElementsAreArray({trade(10, 1)}));
}

TEST_P(StorageConformance, STO104_SourcesCountTheirTicksByThemselves) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = quotes(0, 3);
  ASSERT_TRUE(store().commit_batch(b).ok());
  b.source = "beta";
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_EQ(store().query_ticks({}).items.size(), 6u);
  EXPECT_EQ(store().query_ticks({.limit = 5, .newest = true}).items.size(), 5u);
}

TEST_P(StorageConformance, STO105_TicksComeByTimeThenSequence) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = {quote(30, 1), quote(10, 9), quote(20, 5), quote(20, 4), quote(-5, 7)};
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(store().query_ticks({}).items,
              ElementsAreArray({quote(-5, 7), quote(10, 9), quote(20, 4), quote(20, 5), quote(30, 1)}));
}

TEST_P(StorageConformance, STO106_RangeAndLimitCutTheAnswer) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = quotes(0, 10);
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(store().query_ticks({.from = 20, .to = 50}).items, ElementsAreArray(quotes(2, 3)));
  EXPECT_THAT(store().query_ticks({.from = 20, .to = 90, .limit = 2}).items,
              ElementsAreArray(quotes(2, 2)));
  EXPECT_THAT(store().query_ticks({.from = 91}).items, IsEmpty());
}

TEST_P(StorageConformance, STO107_TheNewestComeInAscendingOrder) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = quotes(0, 10);
  b.ticks.push_back(quote(90, 90));
  b.ticks.push_back(trade(1000, 1));
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(store().query_ticks({.limit = 3, .newest = true}).items,
              ElementsAreArray({quote(80, 8), quote(90, 9), quote(90, 90)}));
  EXPECT_THAT(store().query_ticks({.to = 50, .limit = 2, .newest = true}).items,
              ElementsAreArray(quotes(3, 2)));
  EXPECT_EQ(store().query_ticks({.limit = 100, .newest = true}).items.size(), 11u);
}

TEST_P(StorageConformance, STO108_EveryFieldOfATickComesBack) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  for (int exp = -18; exp <= 18; exp += 9) {
    Tick t;
    t.symbol = numbered("E", exp);
    t.time = -1;
    t.sequence = INT64_MAX;
    t.flags = TDK_QUOTE_HOST_TIME;
    t.bid = INT64_MAX;
    t.ask = -INT64_MAX;
    t.last = 0;
    t.bid_size = 1;
    t.ask_size = 2;
    t.last_size = 3;
    t.volume = 4;
    t.trades = 5;
    t.exps = {exp, -exp, exp};
    Tick unknown;  // nothing but the key
    unknown.symbol = t.symbol;
    unknown.sequence = -INT64_MAX;
    BatchCommit b;
    b.ticks = {t, unknown};
    ASSERT_TRUE(store().commit_batch(b).ok());
    EXPECT_THAT(store().query_ticks({.symbol = t.symbol}).items, ElementsAreArray(b.ticks));
  }
}

TEST_P(StorageConformance, STO109_RanksAndTheLedgerHoldWithinABatch) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  Commit first = of_symbol("BTC/USDT", 0), better = of_symbol("BTC/USDT", 1);
  first.source = "slow";
  first.rank = 1;
  better.source = "fast";
  better.candles.resize(2);
  better.coverage = {covered(0, 2 * kMinute)};
  Commit late = first;
  late.candles = make_candles(0, 1, 2);
  late.coverage = {failed(0, 8 * kMinute, 1, TDK_NULL_I64)};
  BatchCommit b;
  b.commits = {first, better, late};
  Committed done = store().commit_batch(b);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.inserted, 5u);
  EXPECT_EQ(done.updated, 2u);
  EXPECT_EQ(done.outranked, 1u);
  std::vector<Candle> expected = first.candles;
  std::copy(better.candles.begin(), better.candles.end(), expected.begin());
  EXPECT_THAT(store().query({}).candles(), ElementsAreArray(expected));
  auto slow = store().coverage({}, "slow").items;
  ASSERT_EQ(slow.size(), 2u) << "failed replaces nothing that is settled";
  EXPECT_EQ(slow[0].state, TDK_COVERAGE_PRESENT);
  EXPECT_EQ(slow[1].from, 5 * kMinute);
  EXPECT_EQ(store().coverage({}, "fast").items.at(0).to, 2 * kMinute);
}

TEST_P(StorageConformance, STO110_AnEmptyBatchIsFine) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  EXPECT_TRUE(store().commit_batch({}).ok());
  EXPECT_THAT(store().list_series().items, IsEmpty());
}

TEST_P(StorageConformance, STO111_TicksAreThereAfterReopeningAndForReaders) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = quotes(0, 5000);
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(reader()->query_ticks({}).items, ElementsAreArray(b.ticks));
  close();
  EXPECT_THAT(store().query_ticks({}).items, ElementsAreArray(b.ticks));
  close();
  EXPECT_EQ(under_test().damage(), "");
}

TEST_P(StorageConformance, STO112_ReadingTicksCanBeCalledOff) {
  if (!keeps_batches()) GTEST_SKIP() << kNone;
  BatchCommit b;
  b.ticks = quotes(0, 20'000);
  ASSERT_TRUE(store().commit_batch(b).ok());
  CancelAfter cancel(2);
  EXPECT_EQ(store().query_ticks({.cancel = cancel.raw()}).status, TDK_CANCELLED);
}

}  // namespace
}  // namespace tapedeck::conformance
