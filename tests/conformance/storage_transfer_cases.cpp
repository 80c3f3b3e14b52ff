// STO-180 to STO-195: all that a store keeps, as it is kept, into another store.
#include "storage_conformance.hpp"

#include <algorithm>

namespace tapedeck::conformance {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr const char *kNone = "this storage has no tapedeck.transfer/1";

// A second store of the same kind, empty.
class Target {
 public:
  Target(const Backend &backend, const FakeHost &host)
      : under_test_(backend.make()),
        client_(std::make_unique<StorageClient>(under_test_->plugin_file(), under_test_->plugin_id(),
                                                under_test_->writer_options(), host)) {}
  StorageClient &store() { return *client_; }
  TransferClient transfer() const { return TransferClient(*client_); }
  // Closes the store and asks its own check.
  std::string damage() {
    client_.reset();
    return under_test_->damage();
  }

 private:
  std::unique_ptr<StorageUnderTest> under_test_;
  std::unique_ptr<StorageClient> client_;
};

Commit offer(std::int64_t time, std::int64_t price, std::uint32_t rank, std::uint32_t state = 0) {
  Commit c;
  c.rank = rank;
  c.source = numbered("rank", rank);
  c.source_version = numbered("plugin 1.", rank);
  c.fetched_at = 1000 + price;
  c.candles = {make_candle(time, price, state)};
  return c;
}

// What batches say of each row, with nothing of how the rows were cut into batches.
struct KeptRow {
  Candle candle;
  std::string source, version;
  std::uint32_t rank = 0;
  std::int64_t fetched_at = 0, replaced_at = TDK_NULL_I64;
  Exponents exps;
  bool operator==(const KeptRow &) const = default;
};

std::ostream &operator<<(std::ostream &out, const KeptRow &r) {
  return out << r.candle << " of " << r.source << " (" << r.version << ", rank " << r.rank << ") fetched "
             << r.fetched_at << " replaced " << r.replaced_at << " exps " << r.exps.price << " "
             << r.exps.volume << " " << r.exps.turnover;
}

std::vector<KeptRow> rows_of(const Listed<KeptCandles> &kept) {
  EXPECT_TRUE(kept.ok()) << kept;
  std::vector<KeptRow> out;
  for (const KeptCandles &k : kept.items)
    for (std::size_t i = 0; i < k.candles.size(); ++i)
      out.push_back({k.candles[i], k.source, k.source_version, k.rank, k.fetched_at,
                     k.replaced_at.empty() ? TDK_NULL_I64 : k.replaced_at[i], k.exps});
  return out;
}

// Of one series: final and forming values of three sources, some of which gave way.
std::vector<Commit> history() {
  Commit bulk = offer(0, 5, 2);
  bulk.candles = make_candles(10 * kMinute, 20);
  Commit correction = offer(0, 7, 1);
  correction.exps = {-5, -6, -7};
  correction.candles = make_candles(12 * kMinute, 4, 3);
  Commit best = offer(13 * kMinute, 77, 0);
  Commit live = offer(40 * kMinute, 9, 1, TDK_CANDLE_FORMING);
  Commit bare = offer(41 * kMinute, 11, 1, TDK_CANDLE_SYNTHETIC);
  bare.only_required_columns = true;
  return {bulk, correction, best, live, bare};
}

void fill(const StorageClient &store, FakeHost &host, const std::vector<Commit> &commits) {
  std::int64_t now = 5'000;
  for (const Commit &c : commits) {
    host.set_now(++now);
    const Committed done = store.commit(c);
    ASSERT_TRUE(done.ok()) << done;
  }
}

TEST_P(StorageConformance, STO180_StandingValuesComeFirstThenTheFormerOnes) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, history());
  const auto rows = rows_of(transfer().read_candles({}));
  const auto standing = static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [](const KeptRow &r) { return r.replaced_at == TDK_NULL_I64; }));
  ASSERT_EQ(standing, 22u);
  ASSERT_EQ(rows.size(), 22u + 5u);
  std::vector<Candle> expected = store().query({}).candles(), stand, former;
  for (std::size_t i = 0; i < rows.size(); ++i) (i < standing ? stand : former).push_back(rows[i].candle);
  EXPECT_THAT(stand, ElementsAreArray(expected));
  const auto bulk = make_candles(10 * kMinute, 20), correction = make_candles(12 * kMinute, 4, 3);
  EXPECT_THAT(former, ElementsAre(bulk[2], bulk[3], correction[1], bulk[4], bulk[5]));
}

TEST_P(StorageConformance, STO181_ARowComesWithAllThatIsKnownOfIt) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, history());
  const auto commits = history();
  const auto rows = rows_of(transfer().read_candles({}, {.from = 13 * kMinute, .to = 14 * kMinute}));
  ASSERT_EQ(rows.size(), 3u);
  const auto expected = [](const Commit &c, std::size_t i, std::int64_t replaced_at) {
    return KeptRow{c.candles[i], c.source, c.source_version, c.rank, c.fetched_at, replaced_at, c.exps};
  };
  EXPECT_EQ(rows[0], expected(commits[2], 0, TDK_NULL_I64));
  EXPECT_EQ(rows[1], expected(commits[0], 3, 5'002));
  EXPECT_EQ(rows[2], expected(commits[1], 1, 5'003)) << "in the order in which they gave way";
  const auto bare = rows_of(transfer().read_candles({}, {.from = 41 * kMinute}));
  ASSERT_EQ(bare.size(), 1u);
  EXPECT_EQ(bare[0].candle.volume, TDK_NULL_I64);
  EXPECT_EQ(bare[0].candle.turnover, TDK_NULL_I64);
  EXPECT_EQ(bare[0].candle.trades, TDK_NULL_I64);
}

TEST_P(StorageConformance, STO182_WhatIsWrittenElsewhereIsTheSame) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, history());
  Target target(GetParam(), host_);
  host_.set_now(9'999);
  const auto kept = transfer().read_candles({});
  const Counted written = target.transfer().write_candles({}, kept.items);
  ASSERT_TRUE(written.ok()) << written;
  EXPECT_EQ(written.count, 27u);
  EXPECT_THAT(rows_of(target.transfer().read_candles({})), ElementsAreArray(rows_of(kept)));
  EXPECT_THAT(target.store().query({}).candles(), ElementsAreArray(store().query({}).candles()));
  const auto here = store().list_series().items, there = target.store().list_series().items;
  ASSERT_EQ(there.size(), 1u);
  EXPECT_EQ(there[0].rows, here.at(0).rows);
  EXPECT_EQ(there[0].revisions, here.at(0).revisions);
  EXPECT_EQ(there[0].first, here.at(0).first);
  EXPECT_EQ(there[0].last, here.at(0).last);
  const auto former = store().revisions({}).items, copied = target.store().revisions({}).items;
  ASSERT_EQ(copied.size(), former.size());
  for (std::size_t i = 0; i < former.size(); ++i) {
    EXPECT_EQ(copied[i].open, former[i].open);
    EXPECT_EQ(copied[i].replaced_at, former[i].replaced_at);
    EXPECT_EQ(copied[i].fetched_at, former[i].fetched_at);
    EXPECT_EQ(copied[i].source, former[i].source);
  }
  EXPECT_EQ(target.damage(), "");
}

TEST_P(StorageConformance, STO183_WritingItAgainAddsNothing) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, history());
  Target target(GetParam(), host_);
  const auto kept = transfer().read_candles({});
  ASSERT_EQ(target.transfer().write_candles({}, kept.items).count, 27u);
  const Counted again = target.transfer().write_candles({}, kept.items);
  ASSERT_TRUE(again.ok()) << again;
  EXPECT_EQ(again.count, 0u);
  EXPECT_THAT(rows_of(target.transfer().read_candles({})), ElementsAreArray(rows_of(kept)));
  // What came to the original in the meantime is all that is new.
  fill(store(), host_, {offer(50 * kMinute, 3, 1)});
  EXPECT_EQ(target.transfer().write_candles({}, transfer().read_candles({}).items).count, 1u);
  EXPECT_EQ(target.damage(), "");
}

TEST_P(StorageConformance, STO184_AnotherValueAtTheSameTimeIsRefusedAndNothingStored) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, {offer(5, 10, 1)});
  const auto before = rows_of(transfer().read_candles({}));
  const KeptCandles stands{.source = "rank1", .rank = 1, .source_version = "plugin 1.1", .fetched_at = 1010,
                           .candles = {make_candle(5, 10)}};
  ASSERT_EQ(transfer().write_candles({}, {stands}).count, 0u) << "this one is no other";
  KeptCandles other_value = stands, other_source = stands, other_rank = stands, forming = stands;
  other_value.candles[0].close += 1;
  other_source.source = "rank9";
  other_rank.rank = 0;
  forming.candles[0].state = TDK_CANDLE_FORMING;
  const KeptCandles fresh{.candles = make_candles(kMinute, 3)};
  KeptCandles former{.candles = {make_candle(5, 3)}, .replaced_at = {77}};
  for (const KeptCandles &bad : {other_value, other_source, other_rank, forming}) {
    const Counted written = transfer().write_candles({}, {fresh, former, bad});
    EXPECT_EQ(written.status, TDK_INVALID_ARGUMENT) << written;
    EXPECT_THAT(rows_of(transfer().read_candles({})), ElementsAreArray(before));
  }
  KeptCandles twice = fresh;
  twice.candles[1].high += 1;
  EXPECT_EQ(transfer().write_candles({}, {fresh, twice}).status, TDK_INVALID_ARGUMENT) << "of one call";
  EXPECT_EQ(store().list_series().items.at(0).rows, 1u);
}

TEST_P(StorageConformance, STO185_WhatMustNotBeStoredIsRefused) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  const KeptCandles good{.candles = make_candles(0, 3)};
  std::vector<KeptCandles> bad(5, good);
  std::swap(bad[0].candles[1], bad[0].candles[2]);
  bad[1].candles[1].close = TDK_NULL_I64;
  bad[2].exps.price = 19;
  bad[3].source = "";
  bad[4].replaced_at = {1, TDK_NULL_I64, 3};
  KeptCandles elsewhere = good;
  for (Candle &c : elsewhere.candles) c.open_time += 10 * kMinute;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(transfer().write_candles({}, {elsewhere, bad[i]}).status, TDK_INVALID_ARGUMENT) << i;
    EXPECT_EQ(store().query({}).status, TDK_NOT_FOUND) << i;
  }
}

// The same late comers decide the same here and there.
TEST_P(StorageConformance, STO186_PrecedenceGoesOnAsInTheOriginal) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, history());
  Target target(GetParam(), host_);
  ASSERT_TRUE(target.transfer().write_candles({}, transfer().read_candles({}).items).ok());
  const Commit late[] = {offer(13 * kMinute, 900, 1), offer(12 * kMinute, 901, 2), offer(12 * kMinute, 902, 1),
                         offer(11 * kMinute, 903, 1), offer(13 * kMinute, 904, 0), offer(40 * kMinute, 905, 5),
                         offer(41 * kMinute, 906, 0, TDK_CANDLE_FORMING)};
  for (const Commit &c : late) {
    SCOPED_TRACE(c.candles[0].open);
    const Committed here = store().commit(c), there = target.store().commit(c);
    ASSERT_TRUE(here.ok() && there.ok()) << here << there;
    EXPECT_EQ(there.updated, here.updated);
    EXPECT_EQ(there.outranked, here.outranked);
  }
  EXPECT_THAT(rows_of(target.transfer().read_candles({})), ElementsAreArray(rows_of(transfer().read_candles({}))));
  EXPECT_EQ(store().query({.from = 12 * kMinute, .to = 14 * kMinute}).candles().at(0).open, 902);
  EXPECT_EQ(target.damage(), "");
}

TEST_P(StorageConformance, STO187_EveryDigitCrossesAtEveryExponent) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  Target target(GetParam(), host_);
  for (int exp = -18; exp <= 18; exp += 6) {
    Commit c;
    c.series.symbol = numbered("E", exp);
    c.exps = {exp, -exp, exp};
    c.candles = {{1, INT64_MAX, INT64_MAX, -INT64_MAX, 0, INT64_MAX, -INT64_MAX, INT64_MAX, 0},
                 {2, -1, 1, -7, 7, TDK_NULL_I64, TDK_NULL_I64, TDK_NULL_I64, 2},
                 {INT64_MAX - 1, 5, 5, 5, 5, 0, 0, 0, 0}};
    ASSERT_TRUE(store().commit(c).ok());
    Commit replaced = c;
    for (Candle &k : replaced.candles) k.open = 3;
    ASSERT_EQ(store().commit(replaced).updated, 3u);
    const auto kept = transfer().read_candles(c.series);
    ASSERT_EQ(target.transfer().write_candles(c.series, kept.items).count, 6u);
    const auto there = rows_of(target.transfer().read_candles(c.series));
    EXPECT_THAT(there, ElementsAreArray(rows_of(kept)));
    EXPECT_EQ(there.at(3).candle, c.candles[0]);
    EXPECT_EQ(there.at(0).exps, c.exps);
    EXPECT_EQ(target.transfer().write_candles(c.series, kept.items).count, 0u);
  }
  EXPECT_EQ(target.damage(), "");
}

TEST_P(StorageConformance, STO188_ManyRowsCrossInAnyPortions) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  Commit bulk;
  bulk.candles = make_candles(0, 20'000);
  ASSERT_TRUE(store().commit(bulk).ok());
  bulk.candles = make_candles(100 * kMinute, 10'000, 1);
  ASSERT_EQ(store().commit(bulk).updated, 10'000u);
  Target target(GetParam(), host_);
  std::uint64_t written = 0;
  for (std::int64_t from = 0; from < 20'000 * kMinute; from += 7'000 * kMinute)
    for (const KeptCandles &k : transfer().read_candles({}, {.from = from, .to = from + 7'000 * kMinute}).items)
      written += target.transfer().write_candles({}, {k}).count;
  EXPECT_EQ(written, 30'000u);
  EXPECT_TRUE(rows_of(target.transfer().read_candles({})) == rows_of(transfer().read_candles({})));
  EXPECT_EQ(target.store().list_series().items.at(0).revisions, 10'000u);
  EXPECT_EQ(target.damage(), "");
}

TEST_P(StorageConformance, STO189_ARangeCutsStandingAndFormerValues) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  fill(store(), host_, history());
  std::vector<std::int64_t> times;
  for (const KeptRow &r : rows_of(transfer().read_candles({}, {.from = 13 * kMinute, .to = 15 * kMinute})))
    times.push_back(r.candle.open_time / kMinute);
  EXPECT_THAT(times, ElementsAre(13, 14, 13, 13, 14));
  EXPECT_THAT(rows_of(transfer().read_candles({}, {.from = 42 * kMinute})), IsEmpty());
  EXPECT_EQ(transfer().read_candles({"none"}).status, TDK_NOT_FOUND);
}

TEST_P(StorageConformance, STO190_WritingCandlesNeedsNoRowsAndMakesASeriesOfItsName) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  const SeriesName name{"'; DROP TABLE candle; --", {TDK_UNIT_HOUR, 4}, TDK_PRICE_BID, TDK_ADJ_SPLIT};
  const Counted nothing = transfer().write_candles(name, {});
  EXPECT_TRUE(nothing.ok()) << nothing;
  const KeptCandles kept{.source = "a'b", .source_version = "\xc3\xa9;--", .candles = make_candles(0, 2)};
  ASSERT_EQ(transfer().write_candles(name, {kept}).count, 2u);
  const auto list = store().list_series().items;
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].series, name);
  const auto back = transfer().read_candles(name).items;
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].source, kept.source);
  EXPECT_EQ(back[0].source_version, kept.source_version);
}

TEST_P(StorageConformance, STO191_ReadingCandlesCanBeCalledOff) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  Commit bulk;
  bulk.candles = make_candles(0, 20'000);
  ASSERT_TRUE(store().commit(bulk).ok());
  CancelAfter cancel(2);
  EXPECT_EQ(transfer().read_candles({}, {.cancel = cancel.raw()}).status, TDK_CANCELLED);
  EXPECT_TRUE(transfer().read_candles({}, {.to = kMinute}).ok()) << "and the instance goes on";
}

// Quotes and trades of two symbols, by two sources and two versions of one of them.
std::vector<BatchCommit> tick_history() {
  std::vector<BatchCommit> out(3);
  for (std::int64_t i = 0; i < 30; ++i) {
    Tick t{.symbol = i % 10 == 9 ? "ETH/USDT" : "BTC/USDT", .time = 1'000 - i % 4, .sequence = i};
    t.flags = i % 3 == 0 ? TDK_QUOTE_TRADE | TDK_QUOTE_BUY : TDK_QUOTE_HOST_TIME;
    (i % 3 == 0 ? t.last : t.bid) = 4'200'000 + i;
    t.exps.price = i % 2 == 0 ? -2 : -18;
    out[static_cast<std::size_t>(i / 10)].ticks.push_back(t);
  }
  out[1].source = "beta";
  out[2].source_version = "alpha 2.0.0";
  return out;
}

struct TickRow {
  std::string source, version;
  Tick tick;
  bool operator==(const TickRow &) const = default;
};

std::ostream &operator<<(std::ostream &out, const TickRow &r) {
  return out << r.tick << " of " << r.source << " " << r.version;
}

std::vector<TickRow> ticks_of(const Listed<KeptTicks> &kept) {
  EXPECT_TRUE(kept.ok()) << kept;
  std::vector<TickRow> out;
  for (const KeptTicks &k : kept.items)
    for (const Tick &t : k.ticks) out.push_back({k.source, k.source_version, t});
  return out;
}

TEST_P(StorageConformance, STO192_TicksCrossWithSourceAndVersion) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  std::vector<TickRow> expected;
  for (const BatchCommit &b : tick_history()) {
    ASSERT_TRUE(store().commit_batch(b).ok());
    for (const Tick &t : b.ticks)
      if (t.symbol == "BTC/USDT") expected.push_back({b.source, b.source_version, t});
  }
  const auto kept = transfer().read_ticks("BTC/USDT");
  EXPECT_THAT(ticks_of(kept), testing::UnorderedElementsAreArray(expected));
  for (const KeptTicks &k : kept.items)
    EXPECT_TRUE(std::is_sorted(k.ticks.begin(), k.ticks.end(), [](const Tick &a, const Tick &b) {
      const auto key = [](const Tick &t) { return std::tuple(t.flags & TDK_QUOTE_TRADE, t.time, t.sequence); };
      return key(a) < key(b);
    })) << k.source << " " << k.source_version;
}

TEST_P(StorageConformance, STO193_WhatACommitMakesOfReadTicksIsTheSame) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  for (const BatchCommit &b : tick_history()) ASSERT_TRUE(store().commit_batch(b).ok());
  Target target(GetParam(), host_);
  for (int round = 0; round < 2; ++round)
    for (const std::string &symbol : transfer().tick_symbols().items) {
      const auto kept = transfer().read_ticks(symbol);
      for (const KeptTicks &k : kept.items)
        ASSERT_TRUE(target.store()
                        .commit_batch({.source = k.source, .source_version = k.source_version, .ticks = k.ticks})
                        .ok());
      EXPECT_THAT(ticks_of(target.transfer().read_ticks(symbol)), ElementsAreArray(ticks_of(kept)));
      for (bool trades : {false, true})
        EXPECT_THAT(target.store().query_ticks({.symbol = symbol, .trades = trades}).items,
                    ElementsAreArray(store().query_ticks({.symbol = symbol, .trades = trades}).items));
    }
  EXPECT_EQ(target.damage(), "");
}

TEST_P(StorageConformance, STO194_SymbolsWithTicksAreListedByName) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  EXPECT_THAT(transfer().tick_symbols().items, IsEmpty());
  Commit candles;
  candles.series.symbol = "ONLY/CANDLES";
  candles.candles = make_candles(0, 1);
  ASSERT_TRUE(store().commit(candles).ok());
  for (const BatchCommit &b : tick_history()) ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(transfer().tick_symbols().items, ElementsAre("BTC/USDT", "ETH/USDT"));
  EXPECT_EQ(transfer().read_ticks("ONLY/CANDLES").status, TDK_NOT_FOUND);
}

TEST_P(StorageConformance, STO195_ReadingTicksIsCutByTheRangeAndCanBeCalledOff) {
  if (!keeps_transfer()) GTEST_SKIP() << kNone;
  BatchCommit b;
  for (std::int64_t i = 0; i < 20'000; ++i) b.ticks.push_back({.time = i, .sequence = i});
  ASSERT_TRUE(store().commit_batch(b).ok());
  const auto rows = ticks_of(transfer().read_ticks("BTC/USDT", {.from = 5, .to = 8}));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].tick, b.ticks[5]);
  EXPECT_EQ(rows[2].tick, b.ticks[7]);
  EXPECT_THAT(transfer().read_ticks("BTC/USDT", {.from = 20'000}).items, IsEmpty());
  CancelAfter cancel(2);
  EXPECT_EQ(transfer().read_ticks("BTC/USDT", {.cancel = cancel.raw()}).status, TDK_CANCELLED);
}

}  // namespace
}  // namespace tapedeck::conformance
