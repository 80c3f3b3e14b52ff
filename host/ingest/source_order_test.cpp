#include "ingest/source_order.hpp"

#include <gtest/gtest.h>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

FakeMarket listed(Nanos since) {
  FakeMarket m;
  m.listed = since;
  return m;
}

// "vendor" comes first, and "second" after it.
struct TwoSources : ::testing::Test {
  explicit TwoSources(FakeMarket first = {}, Nanos now = at(30 * 1440)) : bench(std::move(first), now) {
    bench.vendors["second"] = second;
  }
  SeriesPlan plan() {
    SeriesPlan p = bench.plan();
    p.sources = {"vendor", "second"};
    return p;
  }
  BackfillReport run() {
    bench.progress = std::make_unique<BackfillProgress>();
    return run_along_sources({plan()}, bench.ports(), bench.settings, *bench.progress, bench.clock, bench.cancel);
  }
  std::int64_t missing() {
    const auto ledger = bench.ledger();
    RangeSet left(TimeRange{at(0), at(2000)});
    for (const auto &e : ledger)
      if (settles(e.state)) left.subtract(e.range);
    return count_slots(left, bench.series.interval);
  }
  std::map<std::string, std::int64_t> rows_by_version() {
    std::map<std::string, std::int64_t> n;
    for (const auto &[time, row] : bench.store->rows(bench.series)) ++n[row.version + " rank " + std::to_string(row.rank)];
    return n;
  }

  BackfillBench bench;
  std::shared_ptr<Vendor> second = std::make_shared<Vendor>(bench.clock, listed(at(-1440)));
};

TEST_F(TwoSources, TheSecondIsNotAskedForWhatTheFirstHas) {
  run();
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(second->calls(), 0);
  EXPECT_EQ(rows_by_version(), (std::map<std::string, std::int64_t>{{"vendor 1.0 rank 0", 2000}}));
}

TEST_F(TwoSources, ADeadFirstIsReplacedAndThatIsSaid) {
  bench.vendor->script = [](const CandleAsk &, int) { return Fault::thrown(TDK_UNAUTHENTICATED); };
  const auto report = run();
  ASSERT_EQ(report.stopped.size(), 1u);
  EXPECT_EQ(report.stopped[0].source, "vendor");
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(rows_by_version(), (std::map<std::string, std::int64_t>{{"second 1.0 rank 1", 2000}}));
}

TEST_F(TwoSources, PagesThatTheFirstCannotGiveComeFromTheSecond) {
  bench.vendor->script = [](const CandleAsk &ask, int) {
    return ask.range.from == at(300) ? Fault::thrown(TDK_BAD_DATA) : Fault{};
  };
  run();
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(rows_by_version(), (std::map<std::string, std::int64_t>{{"vendor 1.0 rank 0", 1900}, {"second 1.0 rank 1", 100}}));
}

struct ListedLate : TwoSources {
  ListedLate() : TwoSources(listed(at(500))) {}
};

TEST_F(ListedLate, WhatTheFirstDoesNotHaveIsAskedOfTheSecondOnce) {
  run();
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(rows_by_version(), (std::map<std::string, std::int64_t>{{"vendor 1.0 rank 0", 1500}, {"second 1.0 rank 1", 500}}));
  const int calls = bench.vendor->calls() + second->calls();
  run();
  EXPECT_EQ(bench.vendor->calls() + second->calls(), calls);
}

TEST_F(ListedLate, WhatNeitherHasIsAskedOfEachOnce) {
  second = std::make_shared<Vendor>(bench.clock, listed(at(500)));
  bench.vendors["second"] = second;
  run();
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(bench.slots(CoverageState::ProviderHasNone), 500);
  const int calls = bench.vendor->calls() + second->calls();
  run();
  EXPECT_EQ(bench.vendor->calls() + second->calls(), calls);
}

struct Now : TwoSources {
  Now() : TwoSources({}, at(2000)) {}
};

TEST_F(Now, WhatIsStillFormingIsSaidAndNotAskedOfTheSecond) {
  bench.vendor->lag = 3 * kMinute;
  const auto report = run();
  ASSERT_EQ(report.forming.size(), 1u);
  EXPECT_EQ(report.forming[0].from, at(1997));
  EXPECT_EQ(report.forming[0].source, "vendor");
  EXPECT_EQ(missing(), 3);
  EXPECT_EQ(second->calls(), 0);
}

}  // namespace
