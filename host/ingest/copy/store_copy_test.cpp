#include "ingest/copy/store_copy.hpp"

#include <gmock/gmock.h>

#include "ingest/testing/kept_store.hpp"

using namespace tapedeck;
using tapedeck::testing::KeptStorage;
using tapedeck::testing::KeptStore;
using ::testing::IsEmpty;

namespace {

constexpr Nanos kStart = 1'704'067'200 * kSecond;  // 2024-01-01
constexpr int kRows = 250;
constexpr std::size_t kSmallSlice = 32;  // so that these rows are many steps

const Series kBtc{"BTC/USDT", Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW};
const Series kMonths{"AAPL", *Interval::parse("1M"), TDK_PRICE_TRADE, TDK_ADJ_SPLIT};

Nanos at(int minute) { return kStart + minute * kMinute; }

CandleColumns candles(Nanos from, int count, std::int64_t price, std::uint32_t state = 0, Interval interval = {}) {
  CandleColumns out;
  for (int i = 0; i < count; ++i, from = interval.next(from)) {
    const std::int64_t cell = price + i;
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = 1;
    b.price_exp = -2;
    b.volume_exp = -8;
    b.open_time = &from;
    b.open = b.high = b.low = b.close = b.volume = b.trades = &cell;
    b.state = &state;
    out.append(b);
  }
  return out;
}

LedgerEntry entry(CoverageState state, int from, int to, const std::string &source, const std::string &reason = "") {
  LedgerEntry e;
  e.state = state;
  e.range = {at(from), at(to)};
  e.source = source;
  e.updated = kStart + 7;
  e.reason = reason;
  if (state != CoverageState::Failed) return e;
  e.error = TDK_UNAVAILABLE;
  e.tries = 3;
  e.next_try = kStart + 99;
  return e;
}

struct Copying : ::testing::Test {
  Copying() { fill(); }

  void commit(Storage &store, const std::string &source, std::uint32_t rank, const CandleColumns &rows,
              std::vector<LedgerEntry> ledger = {}, const Series &series = kBtc) {
    Commit c;
    c.series = series;
    c.source = source;
    c.source_version = source + " 1.0";
    c.rank = rank;
    c.fetched_at = clock.now_ns();
    c.candles = &rows;
    c.ledger = std::move(ledger);
    store.commit(c);
    clock.advance(kSecond);
  }

  // Rows of two sources, of which some gave way, twice at one place; a forming one; all states of a ledger.
  void fill() {
    commit(from, "slow", 1, candles(at(0), kRows, 1000),
           {entry(CoverageState::ProviderHasNone, -900, -500, "slow", "before the first"), entry(CoverageState::Closed, -20, 0, "slow"),
            entry(CoverageState::Present, 0, kRows, "slow"), entry(CoverageState::Failed, kRows + 5, kRows + 6, "slow", "gone")});
    commit(from, "fast", 0, candles(at(100), 50, 7000),
           {entry(CoverageState::Present, 100, 150, "fast"), entry(CoverageState::NoTrades, 150, 160, "fast")});
    commit(from, "fast", 0, candles(at(120), 3, 8000));
    commit(from, "fast", 0, candles(at(kRows), 1, 5, TDK_CANDLE_FORMING));
    commit(from, "fast", 0, candles(kStart, 30, 50, 0, kMonths.interval), {}, kMonths);
    CommitBatch batch;
    batch.source = "fast";
    batch.source_version = "fast 1.0";
    batch.ticks = {{"BTC/USDT", {}}};
    for (int i = 0; i < 100; ++i) {
      Tick t;
      t.time = at(i);
      t.sequence = i;
      t.last = 100 + i;
      t.flags = i % 3 == 0 ? TDK_QUOTE_TRADE : 0;
      batch.ticks[0].ticks.push_back(t);
    }
    from.commit_batch(batch);
    const SymbolInfo symbol{.symbol = "BTC/USDT", .vendor_symbol = "BTCUSDT", .name = "Bitcoin", .price_exp = -2};
    from.store_symbols("fast", kStart, {&symbol, 1});
    const EconomicEvent event{.time = kStart, .title = "CPI", .country = "US", .actual = ExactDecimal{31, -1}};
    from.store_events("fast", kStart + 5, {&event, 1});
  }

  CopyPorts ports() { return {from, to, to_clock, clock, token.raw(), progress, kSmallSlice}; }
  CopyReport run() {
    StoreCopy copy(ports());
    copy.copy();
    return copy.compare();
  }
  CopyReport compare() { return StoreCopy(ports()).compare(); }

  void expect_equal_stores() {
    EXPECT_TRUE(old_disk.ticks == new_disk.ticks);
    EXPECT_TRUE(old_disk.symbols == new_disk.symbols);
    EXPECT_TRUE(old_disk.events == new_disk.events);
    ASSERT_EQ(old_disk.series.size(), new_disk.series.size());
    for (const auto &[name, known] : old_disk.series) {
      EXPECT_TRUE(new_disk.series.at(name).second == known.second) << name;
      const auto here = old_disk.ledger_of(known.first), there = new_disk.ledger_of(known.first);
      ASSERT_EQ(here.size(), there.size()) << name;
      for (std::size_t i = 0; i < here.size(); ++i) {
        EXPECT_EQ(here[i].range, there[i].range);
        EXPECT_EQ(here[i].state, there[i].state);
        EXPECT_EQ(here[i].source, there[i].source);
        EXPECT_EQ(here[i].reason, there[i].reason);
        EXPECT_EQ(here[i].tries, there[i].tries);
        EXPECT_EQ(here[i].next_try, there[i].next_try);
        EXPECT_EQ(here[i].updated, there[i].updated);
      }
    }
  }

  ManualClock clock{kStart + kDay};
  PretendClock to_clock{clock};
  KeptStore old_disk, new_disk;
  KeptStorage from{old_disk, clock}, to{new_disk, to_clock};
  CancelSource cancel;
  CancelToken token{cancel};
  CopyProgress progress;
};

TEST_F(Copying, TakesEverythingAlong) {
  const CopyReport report = run();
  EXPECT_TRUE(report.equal());
  expect_equal_stores();
  ASSERT_EQ(report.parts.size(), 5u);
  const CopyPart &btc = report.parts[1];
  EXPECT_EQ(btc.name, "BTC/USDT 1m");
  EXPECT_EQ(btc.rows, kRows + 1u);
  EXPECT_EQ(btc.revisions, 53u);
  EXPECT_EQ(btc.ledger, 6u);
  EXPECT_EQ(btc.written, kRows + 1u + 53u);
  EXPECT_EQ(btc.first, at(0));
  EXPECT_EQ(btc.last, at(kRows));
  EXPECT_EQ(report.parts[2].rows, 100u);
}

TEST_F(Copying, WritesNothingTheSecondTime) {
  run();
  new_disk.on_call = [](bool writes) { ASSERT_FALSE(writes); };
  const CopyReport again = run();
  EXPECT_TRUE(again.equal());
  for (const auto &part : again.parts) EXPECT_EQ(part.written, 0u) << part.name;
}

TEST_F(Copying, ComparingWritesNothingAndSaysWhatIsLacking) {
  new_disk.on_call = [](bool writes) { ASSERT_FALSE(writes); };
  const CopyReport report = compare();
  EXPECT_FALSE(report.equal());
  EXPECT_EQ(report.parts[1].missing.count, kRows + 1u + 53u);
  EXPECT_EQ(report.parts[1].missing.first, at(0));
  EXPECT_EQ(report.parts[1].ledger_differs.count, 6u);
  EXPECT_FALSE(report.conflict());
}

// Fails in the n-th call of either store, for all n: the second run ends where an undisturbed one does.
TEST_F(Copying, AnInterruptedOneIsCompletedByTheNext) {
  int calls = 0;
  for (int n = 1;; ++n) {
    calls = 0;
    KeptStore disk;
    KeptStorage there{disk, to_clock};
    const CopyPorts both{from, there, to_clock, clock, token.raw(), progress, 2 * kSmallSlice};
    old_disk.on_call = disk.on_call = [&](bool) {
      if (++calls == n) throw Error(TDK_IO, "the disk is full");
    };
    bool failed = false;
    try {
      StoreCopy(both).copy();
    } catch (const Error &e) {
      EXPECT_EQ(e.code(), TDK_IO);
      failed = true;
    }
    old_disk.on_call = disk.on_call = nullptr;
    EXPECT_THAT(disk.claimed_in_vain(), IsEmpty()) << n;
    if (!failed) break;
    StoreCopy again(both);
    again.copy();
    ASSERT_TRUE(again.compare().equal()) << n;
    for (const auto &[name, known] : old_disk.series) ASSERT_TRUE(disk.series.at(name).second == known.second) << n;
    ASSERT_TRUE(disk.ticks == old_disk.ticks) << n;
  }
  EXPECT_GT(calls, 50);
}

TEST_F(Copying, CanBeCalledOffAtEachStep) {
  for (int n = 1; n < 30; n += 3) {
    CancelSource stop;
    const CancelToken stopped(stop);
    int writes_seen = 0;
    new_disk.on_call = [&](bool writes) {
      if (writes && ++writes_seen == n) stop.cancel();
    };
    CopyPorts p = ports();
    p.cancel = stopped.raw();
    try {
      StoreCopy(p).copy();
    } catch (const Error &e) {
      EXPECT_EQ(e.code(), TDK_CANCELLED);
    }
    EXPECT_THAT(new_disk.claimed_in_vain(), IsEmpty()) << n;
  }
  new_disk.on_call = nullptr;
  EXPECT_TRUE(run().equal());
  expect_equal_stores();
}

TEST_F(Copying, WaitsForAStoreThatIsBusyOrAway) {
  int calls = 0;
  new_disk.on_call = [&](bool) {
    if (++calls % 7 == 0) throw Error(calls % 2 == 0 ? TDK_BUSY : TDK_UNAVAILABLE, "not now");
  };
  const Nanos before = clock.now_ns();
  EXPECT_TRUE(run().equal());
  EXPECT_GT(clock.now_ns() - before, 5 * kSecond);
}

TEST_F(Copying, DoesNotWaitForEver) {
  new_disk.on_call = [](bool) { throw Error(TDK_BUSY, "locked"); };
  const Nanos before = clock.now_ns();
  EXPECT_THROW(run(), Error);
  EXPECT_LT(clock.now_ns() - before, 60 * kSecond);
}

TEST_F(Copying, AConflictIsNamedAndNothingOverwritten) {
  commit(to, "slow", 1, candles(at(200), 2, 666), {});
  const auto theirs = new_disk.series.at("BTC/USDT 1m").second.standing;
  const CopyReport report = run();
  EXPECT_TRUE(report.conflict());
  EXPECT_EQ(report.parts[1].different.count, 2u);
  EXPECT_EQ(report.parts[1].different.first, at(200));
  EXPECT_EQ(report.parts[1].missing.count, 0u) << "all else is there";
  for (const auto &[time, row] : theirs) EXPECT_EQ(new_disk.series.at("BTC/USDT 1m").second.standing.at(time), row);
  EXPECT_GT(report.parts[1].ledger_differs.count, 0u) << "the ledger tells nothing of the slice of a conflict";
  for (const auto &e : new_disk.ledger_of(kBtc)) EXPECT_FALSE(e.range.from <= at(200) && at(200) < e.range.to);
}

TEST_F(Copying, TheSameValueOfAnotherFetchIsNoConflict) {
  commit(to, "slow", 1, candles(at(200), 2, 1200));
  const CopyReport report = run();
  EXPECT_FALSE(report.conflict());
  EXPECT_EQ(report.parts[1].other_origin.count, 2u);
  EXPECT_FALSE(report.equal());
}

TEST_F(Copying, WhatOnlyTheOtherStoreHasStaysAndIsSaid) {
  commit(to, "slow", 1, candles(at(-5), 2, 10));
  const CopyReport report = run();
  EXPECT_EQ(report.parts[1].extra.count, 2u);
  EXPECT_EQ(report.parts[1].extra.first, at(-5));
  EXPECT_EQ(new_disk.series.at("BTC/USDT 1m").second.standing.count(at(-5)), 1u);
}

// The proof before an old store is deleted must not pass because the two were named the wrong way round.
TEST_F(Copying, WholeSeriesThatOnlyTheOtherStoreHasAreNoEqualStores) {
  commit(to, "slow", 1, candles(at(0), 3, 10));
  CommitBatch batch;
  batch.source = "slow";
  batch.source_version = "slow 1.0";
  Tick tick;
  tick.time = at(0);
  tick.sequence = 1;
  tick.last = 5;
  tick.flags = TDK_QUOTE_TRADE;
  batch.ticks = {{"ETH/USDT", {tick}}};
  to.commit_batch(batch);
  KeptStore nothing;
  KeptStorage empty{nothing, clock};
  const CopyReport report = StoreCopy({empty, to, to_clock, clock, token.raw(), progress, kSmallSlice}).compare();
  EXPECT_FALSE(report.equal());
  std::uint64_t candles_more = 0, ticks_more = 0;
  for (const auto &part : report.parts) (part.kind == CopyPart::Kind::Ticks ? ticks_more : candles_more) += part.extra.count;
  EXPECT_EQ(candles_more, 3u);
  EXPECT_EQ(ticks_more, 1u);
}

TEST_F(Copying, CatchesUpWithValuesThatGaveWayMeanwhile) {
  run();
  commit(from, "slow", 1, candles(at(10), 2, 4000));                     // once
  commit(from, "slow", 1, candles(at(10), 1, 4100));                     // and again
  commit(from, "fast", 0, candles(at(kRows), 1, 9));                     // what formed is final
  commit(from, "fast", 0, candles(at(20), 1, 1020));                     // the same of a better source
  commit(from, "fast", 0, candles(at(kRows + 1), 3, 77), {entry(CoverageState::Present, kRows, kRows + 4, "fast")});
  const CopyReport between = compare();
  EXPECT_EQ(between.parts[1].missing.count, 2u + 1u + 1u + 3u);
  EXPECT_FALSE(between.conflict());
  clock.advance(kDay);
  EXPECT_TRUE(run().equal());
  expect_equal_stores();
}

TEST_F(Copying, RowsThatComeMeanwhileAreSaidAndTheNextRunTakesThem) {
  int reads = 0;
  old_disk.on_call = [&](bool writes) {
    if (writes || ++reads != 40) return;
    old_disk.on_call = nullptr;
    commit(from, "fast", 0, candles(at(2), 1, 12), {entry(CoverageState::Present, 2, 3, "fast")});
    commit(from, "fast", 0, candles(at(kRows + 1), 5, 12), {entry(CoverageState::Present, kRows + 1, kRows + 6, "fast")});
  };
  StoreCopy copy(ports());
  copy.copy();
  EXPECT_THAT(new_disk.claimed_in_vain(), IsEmpty());
  EXPECT_FALSE(copy.compare().equal());
  EXPECT_TRUE(run().equal());
  expect_equal_stores();
}

// Whenever they come, even between the reading of a ledger and the rows it tells of.
TEST_F(Copying, NeverClaimsRowsThatItDidNotCopy) {
  for (int n = 1; n < 60; ++n) {
    KeptStore disk;
    KeptStorage there{disk, to_clock};
    int reads = 0;
    old_disk.on_call = [&](bool writes) {
      if (writes || ++reads != n) return;
      const auto rest = std::exchange(old_disk.on_call, nullptr);
      commit(from, "late", 2, candles(at(kRows + 1 + n), 1, 3), {entry(CoverageState::Present, kRows + 1 + n, kRows + 2 + n, "late")});
      old_disk.on_call = rest;
    };
    StoreCopy({from, there, to_clock, clock, token.raw(), progress, kSmallSlice}).copy();
    EXPECT_THAT(disk.claimed_in_vain(), IsEmpty()) << n;
  }
}

TEST_F(Copying, AWorseSourceCannotReplaceABetterOneThereEither) {
  run();
  commit(to, "slow", 1, candles(at(120), 3, 1));
  EXPECT_TRUE(compare().equal());
  commit(to, "fast", 0, candles(at(120), 3, 1));
  EXPECT_FALSE(compare().equal());
}

TEST_F(Copying, WhatTheOtherLedgerLearnedLaterStays) {
  Commit c;
  c.series = kBtc;
  c.source = "slow";
  auto later = entry(CoverageState::NoTrades, kRows + 5, kRows + 6, "slow", "asked again");
  later.updated += 10;
  c.ledger = {later};
  to.commit(c);
  const CopyReport report = run();
  EXPECT_EQ(report.parts[1].ledger_differs.first, at(kRows + 5));
  EXPECT_EQ(new_disk.ledger_of(kBtc).back().reason, "asked again");
}

TEST_F(Copying, ADifferentTickIsAConflict) {
  CommitBatch batch;
  batch.source = "fast";
  batch.source_version = "fast 1.0";
  Tick t;
  t.time = at(5);
  t.sequence = 5;
  t.last = 1;
  batch.ticks = {{"BTC/USDT", {t}}};
  to.commit_batch(batch);
  const CopyReport report = run();
  EXPECT_TRUE(report.conflict());
  EXPECT_EQ(report.parts[2].different.first, at(5));
}

TEST_F(Copying, WhatTheOtherStoreWasToldLaterOfASymbolStays) {
  const SymbolInfo symbol{.symbol = "BTC/USDT", .name = "Bitcoin, renamed"};
  to.store_symbols("fast", kStart + 1, {&symbol, 1});
  const CopyReport report = run();
  EXPECT_EQ(new_disk.symbols.begin()->second.name, "Bitcoin, renamed");
  EXPECT_EQ(report.parts[3].missing.count, 1u);
  EXPECT_EQ(report.parts[3].extra.count, 1u);
}

TEST_F(Copying, TheChecksumDoesNotDependOnTheSlices) {
  run();
  const auto small = compare();
  CopyPorts p = ports();
  p.slice_rows = 100'000;
  const auto large = StoreCopy(p).compare();
  EXPECT_EQ(small.parts[1].checksum, large.parts[1].checksum);
  EXPECT_NE(small.parts[1].checksum, small.parts[0].checksum);
}

}  // namespace
