#include "ingest/chunk_fetcher.hpp"

#include <gtest/gtest.h>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

constexpr TimeRange kPage{at(0), at(100)};

FakeMarket quiet(std::int64_t from, std::int64_t to) {
  FakeMarket m;
  m.quiet.add({at(from), at(to)});
  return m;
}

// One page, asked by a fetcher of its own.
struct Page {
  explicit Page(FakeMarket market = {}, Nanos now = at(30 * 1440)) : bench(std::move(market), now) {}

  void fetch(Chunk chunk = {0, kPage}) {
    ScriptedProvider provider(bench.vendor);
    ChunkFetcher fetcher(provider, settings, bench.clock, bench.cancel, 7);
    result.start(chunk);
    fetcher.fetch(bench.plan(), evidence, result);
  }
  void fail_first_calls(int n, Fault fault) {
    bench.vendor->script = [=](const CandleAsk &, int call) { return call <= n ? fault : Fault{}; };
  }
  // "present 0-10, no trades 10-100": minutes.
  std::string said() const {
    std::string out;
    for (const auto &e : result.ledger)
      out += (out.empty() ? "" : ", ") + std::string(coverage_state_name(e.state)) + " " +
             std::to_string((e.range.from - kStart) / kMinute) + "-" +
             std::to_string((e.range.to - kStart) / kMinute);
    return out;
  }
  const LedgerEntry &last() const { return result.ledger.back(); }
  int calls() const { return bench.vendor->calls(); }

  BackfillBench bench;
  FetchSettings settings;
  Evidence evidence;
  ChunkResult result;
};

constexpr Fault kEmpty{Fault::Empty}, kCut{Fault::Cut};

}  // namespace

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

TEST(ChunkFetcher, ACutAnswerIsNoticedAndAskedAgain) {
  Page page;
  page.fail_first_calls(1, kCut);
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-100");
}

TEST(ChunkFetcher, AShortCutAnswerIsNoticedToo) {
  FakeMarket m;
  m.listed = at(96);
  Page page(m);  // 4 rows, of which 2 come: 2 absent slots of 100
  page.fail_first_calls(1, kCut);
  page.fetch();
  EXPECT_EQ(page.said(), "provider has none 0-96, present 96-100");
}

TEST(ChunkFetcher, EmptyAnswersOfAVendorInTroubleNeverSettleAnything) {
  for (int n = 1; n <= 20; ++n) {
    Page page;
    page.fail_first_calls(n, kEmpty);
    page.fetch();
    EXPECT_TRUE(page.said() == "present 0-100" || page.said() == "failed 0-100") << n << ": " << page.said();
  }
}

TEST(ChunkFetcher, AVendorThatIsEmptyForEverHasFailed) {
  Page page;
  page.fail_first_calls(INT32_MAX, kEmpty);
  page.fetch();
  EXPECT_EQ(page.said(), "failed 0-100");
  EXPECT_EQ(page.last().error, TDK_BAD_DATA);
  EXPECT_EQ(page.last().tries, 3u);
}

TEST(ChunkFetcher, AnEmptyAnswerToTheSecondQuestionDoesNotMakeTheFirstTrue) {
  for (int faulty = 1; faulty <= 4; ++faulty) {
    Page page(quiet(50, 300));
    page.bench.vendor->script = [=](const CandleAsk &, int call) { return call == faulty ? kEmpty : Fault{}; };
    page.fetch();
    EXPECT_EQ(page.said(), "present 0-50, no trades 50-100") << faulty;
  }
}

TEST(ChunkFetcher, UnusableRowsAreAskedAgain) {
  for (const auto kind : {Fault::OffGrid, Fault::OutOfRange, Fault::Unsorted}) {
    Page page;
    page.fail_first_calls(2, {kind});
    page.fetch();
    EXPECT_EQ(page.said(), "present 0-100") << kind;
    page.fail_first_calls(INT32_MAX, {kind});
    page.fetch();
    EXPECT_EQ(page.said(), "failed 0-100") << kind;
    EXPECT_TRUE(page.result.candles.empty()) << "nothing of a failed page is stored";
  }
}

TEST(ChunkFetcher, TakesErrorsAsTheyAreMeant) {
  const std::pair<Fault, AfterFailure> table[] = {
      {Fault::thrown(TDK_NOT_FOUND), AfterFailure::SkipSeries},
      {Fault::thrown(TDK_PERMISSION_DENIED), AfterFailure::StopSource},
      {Fault::thrown(TDK_UNAVAILABLE), AfterFailure::AskAgain},
      {Fault::thrown(TDK_TIMEOUT), AfterFailure::AskAgain},
      {Fault::thrown(TDK_RATE_LIMITED, 3'600'000), AfterFailure::StopSource},
      {Fault::thrown(TDK_RATE_LIMITED, INT64_MAX), AfterFailure::StopSource},
      {{Fault::Foreign}, AfterFailure::StopSource}};
  for (const auto &[fault, after] : table) {
    Page page;
    page.fail_first_calls(INT32_MAX, fault);
    page.fetch();
    EXPECT_EQ(page.result.failure.value().after, after) << fault.code;
    EXPECT_EQ(page.said(), "failed 0-100");
    EXPECT_EQ(page.calls(), 1) << "what the HTTP client gave up on is not asked at once again";
    EXPECT_EQ(page.last().error, fault.kind == Fault::Throw ? fault.code : TDK_INTERNAL);
  }
}

TEST(ChunkFetcher, WaitsAsLongAsTheVendorSays) {
  Page page;
  const Nanos before = page.bench.clock.now_ns();
  page.fail_first_calls(1, Fault::thrown(TDK_RATE_LIMITED, 30'000));
  page.fetch();
  EXPECT_EQ(page.said(), "present 0-100");
  EXPECT_GE(page.bench.clock.now_ns(), before + 30 * kSecond);
  EXPECT_LT(page.bench.clock.now_ns(), before + 31 * kSecond);
}

TEST(ChunkFetcher, KeepsTheVendorsPatienceFromAnEarlierRound) {
  Page page;
  const Nanos until = page.bench.clock.now_ns() + kMinute;
  page.fetch({0, kPage, 3, until, true});
  EXPECT_GE(page.bench.clock.now_ns(), until);
}

TEST(ChunkFetcher, CountsEarlierTries) {
  Page page;
  page.fail_first_calls(INT32_MAX, {Fault::OffGrid});
  page.fetch({0, kPage, 5});
  EXPECT_EQ(page.last().tries, 8u);
  EXPECT_EQ(page.result.failure.value().tries, 8u);
}

TEST(ChunkFetcher, CancellationIsTheOnlyErrorThatComesOut) {
  Page page;
  page.fail_first_calls(INT32_MAX, Fault::thrown(TDK_UNAVAILABLE));
  page.bench.vendor->on_call = [&](int) { page.bench.cancel.cancel(); };
  try {
    page.fetch();
    FAIL() << "not cancelled: " << page.said();
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_CANCELLED);
  }
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
