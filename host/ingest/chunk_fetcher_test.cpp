#include "ingest/chunk_fetcher.hpp"

#include <gtest/gtest.h>
#include <tapedeck/layer/core.hpp>

#include "ingest/testing/lunch_breaks.hpp"
#include "ingest/testing/page_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;

TEST(ChunkFetcher, AFullPageCostsOneRequest) {
  Page page;
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-100");
  EXPECT_EQ(page.result.candles.size(), 100u);
  EXPECT_EQ(page.calls(), 1);
}

TEST(ChunkFetcher, RowsBracketWhatHasNoTrades) {
  Page page(quiet(10, 20));
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-10, no trades 10-20, present 20-100");
  EXPECT_EQ(page.calls(), 1);
}

TEST(ChunkFetcher, AnEmptyPageBetweenCandlesHasNoTrades) {
  Page page(quiet(-10, 500));
  page.fetch();
  EXPECT_EQ(page.said(), "no trades 0-100");
  EXPECT_EQ(page.last().reason, "the vendor's next candle opens at " + format_time(at(500)));
}

TEST(ChunkFetcher, AnEmptyPageBeforeTheFirstCandleIsNotTheVendors) {
  FakeMarket m;
  m.listed = at(1000);
  Page page(m);
  page.fetch();
  EXPECT_EQ(page.said(), "provider has none 0-100");
  EXPECT_EQ(page.last().reason, "the vendor's first candle opens at " + format_time(at(1000)));
  EXPECT_EQ(page.calls(), 2);
}

TEST(ChunkFetcher, TheListingDayIsCutAtTheFirstCandle) {
  FakeMarket m;
  m.listed = at(30);
  Page page(m);
  page.fetch();
  EXPECT_EQ(page.said(), "provider has none 0-30, present 30-100");
}

TEST(ChunkFetcher, TheDelistingDayIsCutAfterTheLastCandle) {
  FakeMarket m;
  m.ended = at(60);
  Page page(m);
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-60, provider has none 60-100");
  page.fetch({0, {at(100), at(200)}});
  EXPECT_EQ(page.said(), "provider has none 100-200");
  EXPECT_EQ(page.calls(), 3) << "page, next, newest; the second page is known";
}

TEST(ChunkFetcher, AVendorWithoutTheNewestCandlesMayBeLate) {
  Page page({}, at(100));
  page.bench.vendor->delay = 20 * kMinute;
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-81, failed 81-100");
  EXPECT_EQ(page.last().error, TDK_UNAVAILABLE);
  EXPECT_EQ(page.last().next_try, at(105));
  EXPECT_EQ(page.last().tries, 1u);
  EXPECT_EQ(page.result.failure.value().after, AfterFailure::NextRun);
}

TEST(ChunkFetcher, OneMissingMinuteAtTheEndIsNotTakenForNoTrades) {
  Page page({}, at(100));
  page.bench.vendor->delay = 2 * kMinute;
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-99, failed 99-100");
}

TEST(ChunkFetcher, AnEmptyNewestPageMayBeLateToo) {
  Page page({}, at(100));
  page.bench.vendor->delay = 300 * kMinute;
  page.fetch();
  EXPECT_EQ(page.said(), "failed 0-100");
  EXPECT_EQ(page.result.failure.value().after, AfterFailure::NextRun);
}

TEST(ChunkFetcher, AVendorDaysBehindHasNoneButMayStillBringTheNewestDay) {
  Page page({}, at(4 * 1440));
  page.bench.vendor->delay = 3 * kDay;
  page.fetch({0, {at(1500), at(1600)}});
  EXPECT_EQ(page.said(), "provider has none 1500-1600");
  page.fetch({0, {at(3 * 1440 + 100), at(3 * 1440 + 200)}});
  EXPECT_EQ(page.said(), "failed 4420-4520")
      << "what was learned of the old page must not settle this";
}

TEST(ChunkFetcher, AFormingCandleIsLeftForTheNextRun) {
  Page page({}, at(100));
  page.bench.vendor->lag = 3 * kMinute;
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-97");
  EXPECT_EQ(page.result.candles.size(), 97u);
  EXPECT_FALSE(page.result.failure.has_value());
}

TEST(ChunkFetcher, AFormingCandleBracketsWhatIsBeforeIt) {
  Page page(quiet(90, 97), at(100));
  page.bench.vendor->lag = 3 * kMinute;
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-90, no trades 90-97");
  EXPECT_EQ(page.calls(), 1);
}

TEST(ChunkFetcher, APageThatIsAllFormingSaysNothing) {
  Page page({}, at(1));
  page.bench.vendor->lag = kMinute;
  page.fetch({0, {at(0), at(1)}});
  EXPECT_EQ(page.said(), "");
  EXPECT_FALSE(page.result.failure.has_value());
}

TEST(ChunkFetcher, ACandleFormingForDaysIsRefused) {
  Page page;
  page.bench.vendor->lag = 30 * kDay - 50 * kMinute;
  page.fetch();
  EXPECT_EQ(page.said(), "failed 0-100");
  EXPECT_EQ(page.last().error, TDK_BAD_DATA);
}

TEST(ChunkFetcher, ReadsHistoryFromBeforeTheEpoch) {
  FakeMarket m;
  m.interval = Interval::parse("1d").value();
  m.listed = -20'000 * kDay;
  Page page(m);
  page.evidence.learn_first(m.listed);
  page.fetch({0, {-20'010 * kDay, -19'990 * kDay}});
  ASSERT_EQ(page.result.ledger.size(), 2u);
  EXPECT_EQ(page.result.ledger.front().range, (TimeRange{-20'010 * kDay, -20'000 * kDay}));
  EXPECT_EQ(page.result.candles.size(), 10u);
}

// Sessions of LunchBreaks are 95-180, 215-300 and so on, what is optional left out.
struct WithSessions : ::testing::Test {
  explicit WithSessions(FakeMarket market = quiet(60, 215)) : page(std::move(market)) {
    page.calendar = std::make_shared<LunchBreaks>();
    page.bench.vendor->page = 400;
  }
  Page page;
  const Chunk chunk{0, {at(0), at(400)}};
};

TEST_F(WithSessions, ASessionWithoutAnyCandleIsAskedForTwice) {
  page.fetch(chunk);
  EXPECT_EQ(page.said(), "present 0-60, no trades 95-180, present 215-300, present 330-400");
  EXPECT_EQ(page.result.ledger[1].reason, "asked twice: the vendor has no candle of the session");
  EXPECT_EQ(page.calls(), 2);
  const auto second = page.bench.vendor->asks().back();
  EXPECT_EQ(second.range, (TimeRange{at(60), at(215)}));
  EXPECT_FALSE(page.result.failure);
}

TEST_F(WithSessions, ASessionThatTheSecondAnswerShowsIsNotWithoutTrades) {
  page.bench.vendor->script = [](const CandleAsk &, int call) { return Fault{call == 1 ? Fault::Gap : Fault::None}; };
  page.bench.vendor->lost.add({at(215), at(335)});
  page.fetch(chunk);
  EXPECT_EQ(page.said(), "present 0-60, no trades 95-180, present 215-300, present 330-400") << "the page was asked again";
  EXPECT_FALSE(page.result.failure);
}

TEST_F(WithSessions, AVendorThatGoesOnContradictingItselfFails) {
  page.bench.vendor->script = [](const CandleAsk &ask, int) { return Fault{ask.limit == 0 ? Fault::Gap : Fault::None}; };
  page.bench.vendor->lost.add({at(215), at(335)});
  page.fetch(chunk);
  EXPECT_EQ(page.said(), "failed 0-400");
  EXPECT_EQ(page.last().error, TDK_BAD_DATA);
  EXPECT_NE(page.last().reason.find("left out"), std::string::npos) << page.last().reason;
}

TEST_F(WithSessions, WhatIsOptionalAndAbsentIsNotSaidAnythingOf) {
  Page other(quiet(90, 95));
  other.bench.vendor->page = 400;
  other.calendar = page.calendar;
  other.fetch({0, {at(0), at(180)}});
  EXPECT_EQ(other.said(), "present 0-60, present 95-180");
  EXPECT_EQ(other.calls(), 1);
}

// The vendor trades on over the break from 60 to 90, and from 90 to 95, which is optional.
TEST_F(WithSessions, CandlesOfOptionalTimeAreKeptAndThoseOfClosedTimeNot) {
  Page other;
  other.calendar = page.calendar;
  other.fetch({0, {at(50), at(100)}});
  EXPECT_EQ(other.said(), "present 50-60, present 90-100");
  const auto &times = other.result.candles.open_times();
  ASSERT_EQ(times.size(), 20u);
  EXPECT_EQ(times[9], at(59));
  EXPECT_EQ(times[10], at(90));
  EXPECT_EQ(other.result.candles.view().open[10], other.bench.vendor->market("").values(at(90))[0]);
}
