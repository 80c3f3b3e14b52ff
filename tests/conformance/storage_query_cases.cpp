// STO-060 to STO-070: reading candles.
#include "storage_conformance.hpp"

#include <random>

namespace tapedeck::conformance {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<Candle> slice(const std::vector<Candle> &all, const Query &q) {
  std::vector<Candle> in;
  for (const Candle &c : all)
    if (c.open_time >= q.from && c.open_time < q.to) in.push_back(c);
  if (q.limit == 0 || in.size() <= q.limit) return in;
  auto n = static_cast<std::ptrdiff_t>(q.limit);
  if (q.newest) return {in.end() - n, in.end()};
  return {in.begin(), in.begin() + n};
}

TEST_P(StorageConformance, STO060_TheRangeIsHalfOpen) {
  Commit c;
  c.candles = make_candles(0, 10);
  ASSERT_TRUE(store().commit(c).ok());
  EXPECT_EQ(store().query({.from = 2 * kMinute, .to = 5 * kMinute}).candles().size(), 3u);
  EXPECT_EQ(store().query({.from = 2 * kMinute + 1, .to = 5 * kMinute + 1}).candles().size(), 3u);
  EXPECT_THAT(store().query({.from = 5, .to = 5}).batches, IsEmpty());
  EXPECT_THAT(store().query({.from = 9 * kMinute, .to = kMinute}).batches, IsEmpty());
}

TEST_P(StorageConformance, STO061_LimitsAndNewestAgreeWithAList) {
  Commit c;
  c.candles = make_candles(0, 200);
  ASSERT_TRUE(store().commit(c).ok());
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    Query q;
    q.from = static_cast<std::int64_t>(random() % 220) * kMinute - 10 * kMinute;
    q.to = q.from + static_cast<std::int64_t>(random() % 220) * kMinute;
    q.limit = random() % 3 ? random() % 230 : 0;
    q.newest = random() % 2;
    q.batch_hint = random() % 50;
    Queried answer = store().query(q);
    ASSERT_TRUE(answer.ok()) << answer;
    ASSERT_THAT(answer.candles(), ElementsAreArray(slice(c.candles, q)))
        << "from " << q.from << " to " << q.to << " limit " << q.limit << " newest " << q.newest;
    for (const Batch &b : answer.batches) {
      if (q.batch_hint) {
        ASSERT_LE(b.candles.size(), q.batch_hint);
      }
    }
  }
}

TEST_P(StorageConformance, STO062_TheBiggestLimitIsNoLimit) {
  Commit c;
  c.candles = make_candles(0, 3);
  ASSERT_TRUE(store().commit(c).ok());
  for (bool newest : {false, true})
    EXPECT_EQ(store().query({.limit = UINT64_MAX, .newest = newest}).candles().size(), 3u);
}

TEST_P(StorageConformance, STO063_ABatchEndsWhereSourceOrExponentsChange) {
  const Exponents coarse{-1, -1, -1};
  for (int part = 0; part < 4; ++part) {
    Commit c;
    c.source = part < 2 ? "alpha" : "beta";
    c.rank = part < 2 ? 0 : 1;
    c.fetched_at = 100 + part;
    if (part == 1 || part == 3) c.exps = coarse;
    c.candles = make_candles(part * 10 * kMinute, 10);
    ASSERT_TRUE(store().commit(c).ok());
  }
  Queried answer = store().query({});
  ASSERT_EQ(answer.batches.size(), 4u);
  for (int part = 0; part < 4; ++part) {
    const Batch &b = answer.batches[static_cast<std::size_t>(part)];
    EXPECT_EQ(b.source, part < 2 ? "alpha" : "beta");
    EXPECT_EQ(b.exps == coarse, part == 1 || part == 3);
    EXPECT_EQ(b.fetched_at, 100 + part);
    EXPECT_EQ(b.candles.size(), 10u);
  }
}

TEST_P(StorageConformance, STO064_ManySmallCommitsOfOneSourceAreOneBatch) {
  for (int i = 0; i < 50; ++i) {
    Commit c;
    c.fetched_at = i + 1;
    c.candles = make_candles(i * kMinute, 1);
    ASSERT_TRUE(store().commit(c).ok());
  }
  EXPECT_EQ(store().query({}).batches.size(), 1u);
}

TEST_P(StorageConformance, STO065_AnUnknownSeriesIsNotFound) {
  std::uint64_t removed = 0;
  EXPECT_EQ(store().query({}).status, TDK_NOT_FOUND);
  EXPECT_EQ(store().coverage({}).status, TDK_NOT_FOUND);
  EXPECT_EQ(store().revisions({}).status, TDK_NOT_FOUND);
  EXPECT_EQ(store().remove_before({}, 5, removed).status, TDK_NOT_FOUND);
  EXPECT_TRUE(store().list_series().ok());
}

TEST_P(StorageConformance, STO066_ACancelledQueryStopsBetweenBatches) {
  Commit c;
  c.candles = make_candles(0, 100);
  ASSERT_TRUE(store().commit(c).ok());
  CancelAfter cancel(4);
  Queried answer = store().query({.batch_hint = 1, .cancel = cancel.raw()});
  EXPECT_EQ(answer.status, TDK_CANCELLED);
  EXPECT_LT(answer.batches.size(), 100u);
  EXPECT_EQ(store().query({}).candles().size(), 100u) << "the instance must remain usable";
}

TEST_P(StorageConformance, STO067_ASinksAnswerIsTheAnswerOfTheQuery) {
  Commit c;
  c.candles = make_candles(0, 100);
  ASSERT_TRUE(store().commit(c).ok());
  Query q{.batch_hint = 10};
  q.on_batch = [](const Batch &) { return TDK_STOP; };
  Queried answer = store().query(q);
  EXPECT_EQ(answer.status, TDK_STOP);
  EXPECT_EQ(answer.batches.size(), 1u);
  c.candles = make_candles(100 * kMinute, 1);
  EXPECT_TRUE(store().commit(c).ok()) << "no read may be left open";
}

TEST_P(StorageConformance, STO069_EachOfTheThreeExponentsEndsABatch) {
  const Exponents steps[] = {{-2, -3, -4}, {-1, -3, -4}, {-1, -2, -4}, {-1, -2, -3}};
  std::int64_t at = 0;
  for (const Exponents &exps : steps) {
    Commit c;
    c.exps = exps;
    c.candles = make_candles(at++ * kMinute, 1);
    ASSERT_TRUE(store().commit(c).ok());
  }
  Queried answer = store().query({});
  ASSERT_EQ(answer.batches.size(), std::size(steps));
  for (std::size_t i = 0; i < std::size(steps); ++i)
    EXPECT_EQ(answer.batches[i].exps, steps[i]) << "batch " << i;
}

TEST_P(StorageConformance, STO070_TheWriterMayCommitWhileASinkIsAtWork) {
  Commit c;
  for (std::int64_t n = 0; n < 10; ++n) {
    c.candles = {make_candle(n * kMinute, 5, TDK_CANDLE_FORMING)};
    ASSERT_TRUE(store().commit(c).ok());
  }
  auto other = reader();
  Query q{.batch_hint = 1};
  q.on_batch = [&](const Batch &) -> tdk_status {
    c.candles = make_candles(0, 10);  // replaces what is being read
    return store().commit(c).status;
  };
  Queried answer = other->query(q);
  EXPECT_TRUE(answer.ok()) << answer;
  EXPECT_EQ(answer.candles().size(), 10u);
  EXPECT_EQ(other->query({}).candles(), make_candles(0, 10));
}

TEST_P(StorageConformance, STO068_HealthIsFineOnAnOpenStore) {
  EXPECT_EQ(store().health(), TDK_OK);
}

}  // namespace
}  // namespace tapedeck::conformance
