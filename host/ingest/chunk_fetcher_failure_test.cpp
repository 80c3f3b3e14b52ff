// Answers that are cut, empty, unusable or refused: what becomes of the page.
#include "ingest/chunk_fetcher.hpp"

#include <gtest/gtest.h>
#include <tapedeck/layer/core.hpp>

#include "ingest/testing/page_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
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
    EXPECT_TRUE(page.said() == "present 0-100" || page.said() == "failed 0-100")
        << n << ": " << page.said();
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
    page.bench.vendor->script = [=](const CandleAsk &, int call) {
      return call == faulty ? kEmpty : Fault{};
    };
    page.fetch();
    EXPECT_EQ(page.said(), "present 0-50, no trades 50-100") << faulty;
  }
}

TEST(ChunkFetcher, AStaleReplicaDoesNotEndTheMarket) {
  Page page(quiet(50, 300));
  page.bench.vendor->stale_until = at(40);
  page.bench.vendor->script = [](const CandleAsk &, int call) {
    return call == 1 ? Fault{} : Fault{Fault::Stale};
  };
  page.settings.tries = 1;
  page.fetch();
  EXPECT_EQ(page.said(), "failed 0-100")
      << "its newest candle is older than one the vendor had shown";
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
