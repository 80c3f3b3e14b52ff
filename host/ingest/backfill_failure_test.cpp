// What a backfill does when the vendor, the store or the operator gets in its way.
#include "ingest/backfill.hpp"

#include <gtest/gtest.h>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

// Fails the calls that ask for `symbol` (empty: any) in `range`, the first `times` of them.
Vendor::Script failing(Fault fault, TimeRange range, int times, std::string symbol = "") {
  auto left = std::make_shared<std::atomic<int>>(times);
  return [=](const CandleAsk &ask, int) {
    const bool meant = (symbol.empty() || ask.series.symbol == symbol) && ask.limit == 0 &&
                       ask.range.from < range.to && ask.range.to > range.from;
    return meant && left->fetch_sub(1) > 0 ? fault : Fault{};
  };
}

constexpr TimeRange kAll{at(0), at(2000)}, kOnePage{at(500), at(600)};

tdk_status error_of(BackfillBench &bench, const std::vector<SeriesPlan> &plans) {
  try {
    bench.run(plans);
    return TDK_OK;
  } catch (const Error &e) {
    return e.code();
  }
}

}  // namespace

TEST(BackfillFailure, AFurtherRoundMendsServerErrors) {
  BackfillBench bench;
  bench.vendor->script = failing(Fault::thrown(TDK_UNAVAILABLE), kOnePage, 2);
  bench.run();
  bench.expect_whole(bench.plan());
  EXPECT_EQ(bench.progress->chunks_done, 20u);
  EXPECT_EQ(bench.progress->chunks_failed, 0u);
}

TEST(BackfillFailure, TriesAddUpOverRoundsAndRuns) {
  BackfillBench bench;
  bench.vendor->script = failing(Fault::thrown(TDK_UNAVAILABLE), kOnePage, INT32_MAX);
  bench.run();
  const auto failed = [&] {
    for (const auto &e : bench.ledger())
      if (e.state == CoverageState::Failed) return e;
    return LedgerEntry{};
  };
  EXPECT_EQ(failed().range, kOnePage);
  EXPECT_EQ(failed().tries, 3u) << "one in each round";
  EXPECT_EQ(bench.progress->chunks_failed, 1u);
  EXPECT_EQ(bench.progress->chunks_done, 19u);
  EXPECT_EQ(bench.progress->slots_done, 1900u);
  bench.run();
  EXPECT_EQ(failed().tries, 6u);
  bench.vendor->script = nullptr;
  bench.run();
  bench.expect_whole(bench.plan());
}

TEST(BackfillFailure, AnUnknownSymbolStopsOnlyItsSeries) {
  BackfillBench bench;
  bench.vendor->script = failing(Fault::thrown(TDK_NOT_FOUND), kAll, INT32_MAX, "DOGE/USDT");
  const auto doge = bench.plan(kAll, "DOGE/USDT"), btc = bench.plan();
  const auto report = bench.run({doge, btc});
  bench.expect_whole(btc);
  EXPECT_TRUE(report.stopped.empty());
  ASSERT_EQ(report.skipped.size(), 1u);
  EXPECT_EQ(report.skipped[0].series, "DOGE/USDT 1m");
  EXPECT_EQ(bench.progress->chunks_failed, 1u);
  EXPECT_EQ(bench.vendor->pages().size(), 21u);
}

TEST(BackfillFailure, ARefusalStopsItsSourceAndIsReported) {
  BackfillBench bench;
  bench.vendors["second"] =
      std::make_shared<Vendor>(bench.clock, FakeMarket{{}, at(-1440), INT64_MAX, {}, 0, 9});
  bench.vendor->script = failing(Fault::thrown(TDK_PERMISSION_DENIED), kOnePage, INT32_MAX);
  auto other = bench.plan(kAll, "ETH/USDT"), plan = bench.plan();
  other.source = "second";
  const auto report = bench.run({plan, other});
  ASSERT_EQ(report.stopped.size(), 1u);
  EXPECT_EQ(report.stopped[0].source, "vendor");
  EXPECT_EQ(report.stopped[0].reason, "HTTP says no");
  EXPECT_EQ(bench.slots(CoverageState::Present), 500) << "what came before is kept";
  EXPECT_EQ(bench.slots(CoverageState::Failed), 100);
  bench.expect_whole(other);
}

TEST(BackfillFailure, AVendorThatIsDownIsGivenUp) {
  BackfillBench bench;
  bench.settings.give_up_after = 5;
  bench.vendor->script = failing(Fault::thrown(TDK_UNAVAILABLE), kAll, INT32_MAX);
  const auto report = bench.run();
  ASSERT_EQ(report.stopped.size(), 1u);
  EXPECT_EQ(report.stopped[0].reason, "5 pages in a row failed, the last with: HTTP says no");
  EXPECT_EQ(bench.vendor->calls(), 5);
  EXPECT_EQ(bench.slots(CoverageState::Failed), 500);
}

TEST(BackfillFailure, ABanIsNotWaitedForAndAShortPauseIs) {
  BackfillBench bench;
  const Nanos before = bench.clock.now_ns();
  bench.vendor->script = failing(Fault::thrown(TDK_RATE_LIMITED, 60'000), kOnePage, 1);
  bench.run();
  bench.expect_whole(bench.plan());
  EXPECT_GE(bench.clock.now_ns(), before + kMinute);

  BackfillBench banned;
  banned.vendor->script = failing(Fault::thrown(TDK_RATE_LIMITED, 3'600'000), kOnePage, INT32_MAX);
  const Nanos now = banned.clock.now_ns();
  EXPECT_EQ(banned.run().stopped.size(), 1u);
  EXPECT_LT(banned.clock.now_ns(), now + kMinute);
  EXPECT_EQ(banned.ledger().back().next_try, now + kHour);
}

TEST(BackfillFailure, AVendorThatIsEmptyForEverythingHasFailed) {
  BackfillBench bench;
  bench.settings.give_up_after = 4;
  bench.vendor->script = [](const CandleAsk &, int) { return Fault{Fault::Empty}; };
  const auto report = bench.run();
  EXPECT_EQ(bench.slots(CoverageState::NoTrades) + bench.slots(CoverageState::ProviderHasNone), 0);
  EXPECT_EQ(bench.slots(CoverageState::Failed), 400);
  ASSERT_EQ(report.skipped.size(), 1u) << "the source may have other series";
}

TEST(BackfillFailure, APluginsOwnExceptionStopsTheSource) {
  BackfillBench bench;
  bench.vendor->script = failing({Fault::Foreign}, kOnePage, INT32_MAX);
  const auto report = bench.run();
  ASSERT_EQ(report.stopped.size(), 1u);
  EXPECT_EQ(report.stopped[0].reason, "unexpected exception: a plugin's own exception");
  EXPECT_EQ(bench.ledger().back().error, TDK_INTERNAL);
}

TEST(BackfillFailure, ABusyStoreIsWaitedFor) {
  BackfillBench bench;
  bench.store->on_commit = [](int n) {
    if (n == 3 || n == 4) throw Error(TDK_BUSY, "locked");
  };
  bench.run();
  bench.expect_whole(bench.plan());
}

TEST(BackfillFailure, AFullDiskEndsTheRunAndTheLedgerDoesNotClaimThePage) {
  for (const int parallel : {1, 4}) {
    BackfillBench bench;
    bench.parallel = parallel;
    bench.store->on_commit = [](int n) {
      if (n == 3) throw Error(TDK_IO, "disk full");
    };
    EXPECT_EQ(error_of(bench, {bench.plan()}), TDK_IO);
    EXPECT_EQ(bench.store->transactions().size(), 2u);
    const auto stored = static_cast<std::int64_t>(bench.progress->chunks_done);
    EXPECT_EQ(bench.slots(CoverageState::Present), 100 * stored);
    EXPECT_EQ(bench.progress->rows, static_cast<std::uint64_t>(100 * stored));
    bench.expect_truthful(bench.plan());
    bench.store->on_commit = nullptr;
    bench.run();
    bench.expect_whole(bench.plan());
  }
}

TEST(BackfillFailure, ADeadStoreDoesNotStopAnother) {
  BackfillBench bench;
  bench.stores["dead"] = std::make_shared<MemoryStore>();
  bench.stores["dead"]->on_commit = [](int) { throw Error(TDK_IO, "disk full"); };
  auto lost = bench.plan(), kept = bench.plan(kAll, "ETH/USDT");
  lost.storage = "dead";
  EXPECT_EQ(error_of(bench, {lost, kept}), TDK_IO) << "and the error is not swallowed";
  bench.expect_whole(kept);
}

TEST(BackfillFailure, CancellationKeepsWhatWasStoredAndClaimsNothingElse) {
  for (const int parallel : {1, 4}) {
    BackfillBench bench;
    bench.parallel = parallel;
    bench.vendor->on_call = [&](int call) {
      if (call == 8) bench.cancel.cancel();
    };
    const auto plan = bench.plan();
    EXPECT_TRUE(bench.run({plan}).cancelled);
    bench.expect_truthful(plan);
    EXPECT_EQ(bench.slots(CoverageState::Failed), 0) << "to be cancelled is not to fail";
    EXPECT_LT(bench.slots(CoverageState::Present), 900);
    EXPECT_EQ(bench.progress->chunks_failed, 0u);
  }
}

TEST(BackfillFailure, ARunCancelledBeforeItStartsAsksNothing) {
  BackfillBench bench;
  bench.cancel.cancel();
  EXPECT_TRUE(bench.run().cancelled);
  EXPECT_EQ(bench.vendor->calls(), 0);
}
