#include "ingest/backfill.hpp"

#include <gtest/gtest.h>

#include "ingest/testing/backfill_bench.hpp"
#include "ingest/testing/lunch_breaks.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

FakeMarket with_gaps() {
  FakeMarket m;
  m.listed = at(130);
  m.quiet.add({at(400), at(450)});
  m.quiet.add({at(700), at(1310)});
  return m;
}

}  // namespace

TEST(Backfill, StoresEveryCandleAndExplainsEveryGap) {
  BackfillBench bench(with_gaps());
  const auto report = bench.run();
  EXPECT_TRUE(report.stopped.empty() && report.skipped.empty() && !report.cancelled);
  bench.expect_whole(bench.plan());
  EXPECT_EQ(bench.slots(CoverageState::Present), 2000 - 130 - 50 - 610);
  EXPECT_EQ(bench.slots(CoverageState::NoTrades), 660);
  EXPECT_EQ(bench.slots(CoverageState::ProviderHasNone), 130);
}

TEST(Backfill, ProgressAddsUpAtTheEnd) {
  BackfillBench bench(with_gaps());
  bench.run();
  const auto &p = *bench.progress;
  EXPECT_EQ(p.chunks_total, 20u);
  EXPECT_EQ(p.chunks_done, 20u);
  EXPECT_EQ(p.chunks_failed, 0u);
  EXPECT_EQ(p.rows, 1210u);
  EXPECT_EQ(p.slots_total, 2000u);
  EXPECT_EQ(p.slots_done, 2000u);
}

TEST(Backfill, AMissingMonthCostsAQuestionNotAMonthOfPages) {
  FakeMarket m;
  m.quiet.add({at(300), at(300 + 30 * 1440)});
  BackfillBench bench(m, at(60 * 1440));
  const auto plan = bench.plan({at(0), at(31 * 1440)});
  ASSERT_EQ(plan.chunks.size(), 447u);
  bench.run({plan});
  bench.expect_whole(plan);
  EXPECT_EQ(bench.vendor->pages().size(), 3u + 12u + 1u)
      << "before, after, and the first empty one";
  EXPECT_LE(bench.vendor->calls(), 18);
}

TEST(Backfill, TheYearsBeforeAListingCostOneQuestionWhereTheVendorKnows) {
  FakeMarket m;
  m.listed = at(1950);
  BackfillBench bench(m);
  bench.vendor->marks_earliest = true;
  bench.run();
  bench.expect_whole(bench.plan());
  EXPECT_EQ(bench.vendor->earliest_calls(), 1);
  EXPECT_EQ(bench.vendor->calls(), 1) << "the page with the listing";
}

TEST(Backfill, ASecondRunAsksForNothing) {
  BackfillBench bench(with_gaps());
  bench.run();
  const int calls = bench.vendor->calls();
  bench.run();
  EXPECT_EQ(bench.vendor->calls(), calls);
}

TEST(Backfill, TheNextRunSettlesWhatWasStillForming) {
  BackfillBench bench({}, at(2000));
  bench.vendor->lag = 3 * kMinute;
  bench.run();
  EXPECT_EQ(bench.plan().missing.ranges(), (std::vector<TimeRange>{{at(1997), at(2000)}}));
  EXPECT_EQ(bench.progress->slots_done, 1997u);
  bench.clock.advance(5 * kMinute);
  bench.run();
  bench.expect_whole(bench.plan());
}

TEST(Backfill, TheNextRunMendsWhatALateVendorDidNotHave) {
  BackfillBench bench({}, at(2000));
  bench.vendor->delay = 60 * kMinute;
  const auto report = bench.run();
  EXPECT_TRUE(report.stopped.empty());
  EXPECT_EQ(bench.progress->chunks_failed, 1u);
  EXPECT_EQ(bench.slots(CoverageState::Failed), 59);
  bench.run();
  EXPECT_EQ(bench.ledger().back().tries, 2u) << "both runs' questions count";
  bench.vendor->delay = 0;
  bench.run();
  bench.expect_whole(bench.plan());
}

TEST(Backfill, ALateVendorOfManySeriesIsNotGivenUp) {
  BackfillBench bench({}, at(2000));
  bench.vendor->delay = 60 * kMinute;
  std::vector<SeriesPlan> plans;
  for (int i = 0; i < 20; ++i)
    plans.push_back(bench.plan({at(1900), at(2000)}, "S" + std::to_string(i) + "/USD"));
  EXPECT_TRUE(bench.run(plans).stopped.empty());
  for (const auto &p : plans) EXPECT_FALSE(bench.store->rows(p.series).empty()) << p.series.name();
}

// A page may reach over a break, but none is asked for the sake of one.
TEST(Backfill, ClosedSessionsAreSaidAndNotAskedFor) {
  FakeMarket m;
  const LunchBreaks breaks;
  m.quiet = breaks.closed({at(0), at(2000)});
  BackfillBench bench(m);
  auto plan = bench.plan();
  plan.calendar = std::make_shared<LunchBreaks>();
  bench.refresh(plan);
  bench.run({plan});
  bench.refresh(plan);
  EXPECT_EQ(plan.slots_missing, 0);
  EXPECT_TRUE(plan.closed.empty()) << "the ledger says it now";
  EXPECT_EQ(bench.store->in_state(plan.series, CoverageState::Closed),
            breaks.closed({at(0), at(2000)}));
  EXPECT_EQ(bench.slots(CoverageState::NoTrades), 0);
  const RangeSet closed = breaks.closed({at(0), at(2000)});
  for (const auto &ask : bench.vendor->pages())
    EXPECT_FALSE(closed.contains(ask.range.from) || closed.contains(ask.range.to - 1)) << format_time(ask.range.from);
  EXPECT_EQ(bench.vendor->pages().size(), 17u) << "a page of 100 slots holds a session of 90";
  EXPECT_EQ(bench.progress->chunks_done, bench.progress->chunks_total);
}

TEST(Backfill, TwoSourcesFillTwoStores) {
  BackfillBench bench(with_gaps());
  bench.vendors["second"] =
      std::make_shared<Vendor>(bench.clock, FakeMarket{{}, at(50), INT64_MAX, {}, 10, 9});
  bench.stores["archive"] = std::make_shared<MemoryStore>();
  auto first = bench.plan(), second = bench.plan();
  second.source = "second";
  second.storage = "archive";
  bench.refresh(second);
  bench.parallel = 3;
  bench.run({first, second});
  bench.expect_whole(first);
  bench.expect_whole(second);
}

TEST(Backfill, EachRowCarriesItsOwnSourcesVersion) {
  BackfillBench bench;
  bench.vendors["second"] =
      std::make_shared<Vendor>(bench.clock, FakeMarket{{}, at(-1440), INT64_MAX, {}, 10, 9});
  auto first = bench.plan(), second = bench.plan({at(0), at(500)}, "ETH/USDT");
  second.source = "second";
  bench.run({first, second});
  EXPECT_EQ(bench.store->rows(second.series).begin()->second.version, "second 1.0");
}

TEST(Backfill, AnythingThatCannotBeOpenedIsKnownBeforeTheFirstQuestion) {
  BackfillBench bench;
  bench.vendors["second"] = bench.vendor;
  auto first = bench.plan(), second = bench.plan({at(0), at(500)}, "ETH/USDT");
  second.source = "second";
  auto ports = bench.ports();
  ports.open_provider = [&](const std::string &s) -> std::unique_ptr<Provider> {
    if (s == "second") throw Error(TDK_UNAUTHENTICATED, "no key");
    return std::make_unique<ScriptedProvider>(bench.vendor);
  };
  EXPECT_THROW(run_backfill({first, second}, ports, bench.settings, *bench.progress, bench.clock,
                            bench.cancel),
               Error);
  EXPECT_EQ(bench.vendor->calls(), 0);
}
