// STO-020 to STO-029: which value stands when the same open time comes twice.
#include "storage_conformance.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

namespace tapedeck::conformance {
namespace {

using testing::IsEmpty;

Commit offer(std::int64_t price, std::uint32_t rank, std::uint32_t state = 0) {
  Commit c;
  c.rank = rank;
  c.source = numbered("rank", rank);
  c.fetched_at = price;
  c.candles = {make_candle(0, price, state)};
  return c;
}

std::int64_t standing(StorageClient &store) { return store.query({}).candles().at(0).open; }

TEST_P(StorageConformance, STO020_FinalReplacesFormingEvenFromALowerRankedSource) {
  ASSERT_TRUE(store().commit(offer(10, 0, TDK_CANDLE_FORMING)).ok());
  EXPECT_EQ(store().query({}).candles().at(0).state, TDK_CANDLE_FORMING);
  EXPECT_EQ(store().commit(offer(20, 5)).updated, 1u);
  EXPECT_EQ(standing(store()), 20);
  EXPECT_EQ(store().query({}).candles().at(0).state, 0u);
}

TEST_P(StorageConformance, STO021_FormingNeverReplacesFinal) {
  ASSERT_TRUE(store().commit(offer(10, 5)).ok());
  EXPECT_EQ(store().commit(offer(20, 0, TDK_CANDLE_FORMING)).outranked, 1u);
  EXPECT_EQ(standing(store()), 10);
}

TEST_P(StorageConformance, STO022_TheLowerRankStandsInBothOrders) {
  ASSERT_TRUE(store().commit(offer(10, 1)).ok());
  EXPECT_EQ(store().commit(offer(20, 2)).outranked, 1u);
  EXPECT_EQ(standing(store()), 10);
  EXPECT_EQ(store().commit(offer(30, 0)).updated, 1u);
  EXPECT_EQ(standing(store()), 30);
  EXPECT_EQ(store().query({}).batches.at(0).source, "rank0");
}

TEST_P(StorageConformance, STO023_OfOneSourceTheLaterStands) {
  ASSERT_TRUE(store().commit(offer(10, 1)).ok());
  EXPECT_EQ(store().commit(offer(20, 1)).updated, 1u);
  EXPECT_EQ(standing(store()), 20);
}

TEST_P(StorageConformance, STO024_AFinalValueThatGivesWayIsKeptAsARevision) {
  Commit first = offer(10, 1);
  first.exps = {-5, -6, -7};
  ASSERT_TRUE(store().commit(first).ok());
  ASSERT_TRUE(store().commit(offer(20, 1)).ok());
  ASSERT_TRUE(store().commit(offer(30, 0)).ok());
  auto kept = store().revisions({});
  ASSERT_EQ(kept.items.size(), 2u);
  EXPECT_EQ(kept.items[0].open, 10);
  EXPECT_EQ(kept.items[0].volume, 30);
  EXPECT_EQ(kept.items[0].price_exp, -5);
  EXPECT_EQ(kept.items[0].volume_exp, -6);
  EXPECT_EQ(kept.items[0].source, "rank1");
  EXPECT_EQ(kept.items[0].fetched_at, 10);
  EXPECT_GT(kept.items[0].replaced_at, 0);
  EXPECT_EQ(kept.items[1].open, 20);
  EXPECT_THAT(store().revisions({}, 1, kLatest).items, IsEmpty());
}

TEST_P(StorageConformance, STO025_AFormingValueThatGivesWayLeavesNothing) {
  for (std::int64_t price = 1; price <= 20; ++price)
    ASSERT_TRUE(store().commit(offer(price, 0, TDK_CANDLE_FORMING)).ok());
  ASSERT_TRUE(store().commit(offer(21, 0)).ok());
  EXPECT_EQ(standing(store()), 21);
  EXPECT_THAT(store().revisions({}).items, IsEmpty());
}

TEST_P(StorageConformance, STO026_AnEqualValueOfABetterRankGuardsTheRow) {
  ASSERT_TRUE(store().commit(offer(10, 2)).ok());
  Commit better = offer(10, 0);
  better.exps = {-3, -4, -5};
  Candle &k = better.candles[0];
  for (auto *cell : {&k.open, &k.high, &k.low, &k.close, &k.volume, &k.turnover}) *cell *= 10;
  EXPECT_EQ(store().commit(better).unchanged, 1u);
  EXPECT_EQ(store().commit(offer(20, 1)).outranked, 1u);
  Batch stands = store().query({}).batches.at(0);
  EXPECT_EQ(stands.source, "rank0");
  // Whichever exponent it is kept in, it is the same number.
  EXPECT_EQ(stands.candles[0].open, stands.exps.price == -3 ? 100 : 10);
  EXPECT_THAT(store().revisions({}).items, IsEmpty());
}

// Every order of five commits of five ranks, finals and forming ones mixed, ends in the same rows.
TEST_P(StorageConformance, STO027_TheOrderOfCommitsOfDifferentRanksDoesNotMatter) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(numbered("seed ", seed));
    std::mt19937 random(seed);
    std::vector<Commit> commits;
    for (std::uint32_t rank = 0; rank < 5; ++rank) {
      Commit c = offer(static_cast<std::int64_t>(10 + random() % 3), rank);
      c.candles.clear();
      for (std::int64_t t = 0; t < 6; ++t)
        if (random() % 4)
          c.candles.push_back(make_candle(t, static_cast<std::int64_t>(10 + random() % 3),
                                          static_cast<std::uint32_t>(random() % 2)));
      commits.push_back(c);
    }
    std::vector<int> order(commits.size());
    std::iota(order.begin(), order.end(), 0);
    std::vector<Candle> expected;
    for (int round = 0; std::next_permutation(order.begin(), order.end()); ++round) {
      if (round % 7) continue;  // seventeen of the orders
      SeriesName name{numbered(numbered("S", seed) + "-", round)};
      for (int i : order) {
        Commit c = commits[static_cast<std::size_t>(i)];
        c.series = name;
        ASSERT_TRUE(store().commit(c).ok());
      }
      auto rows = store().query({.series = name}).candles();
      if (expected.empty()) expected = rows;
      EXPECT_EQ(rows, expected) << "round " << round;
    }
  }
}

// The rule of abi/storage.h, written down as naively as possible.
class Model {
 public:
  struct Row {
    Candle candle;
    std::uint32_t rank;
  };
  void offer(const Candle &c, std::uint32_t rank, Committed &count) {
    auto [at, fresh] = rows.try_emplace(c.open_time, Row{c, rank});
    if (fresh) {
      ++count.inserted;
      return;
    }
    Row &stored = at->second;
    bool was_final = stored.candle.state == 0, is_final = c.state == 0;
    bool wins = was_final == is_final ? rank <= stored.rank : is_final;
    if (stored.candle == c) {
      ++count.unchanged;
      stored.rank = std::min(stored.rank, rank);
    } else if (wins) {
      ++count.updated;
      revisions += was_final;
      stored = {c, rank};
    } else {
      ++count.outranked;
    }
  }
  std::map<std::int64_t, Row> rows;
  std::uint64_t revisions = 0;
};

Commit random_commit(std::mt19937 &random) {
  Commit c = offer(1, static_cast<std::uint32_t>(random() % 3));
  c.candles.clear();
  for (std::int64_t t = 0; t < 40; ++t)
    if (random() % 3 == 0)
      c.candles.push_back(make_candle(t, static_cast<std::int64_t>(10 + random() % 2),
                                      random() % 4 == 0 ? TDK_CANDLE_FORMING : 0));
  return c;
}

void compare(const Committed &done, const Committed &expected) {
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.inserted, expected.inserted);
  EXPECT_EQ(done.updated, expected.updated);
  EXPECT_EQ(done.unchanged, expected.unchanged);
  EXPECT_EQ(done.outranked, expected.outranked);
}

TEST_P(StorageConformance, STO028_RandomCommitsAgreeWithTheRule) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(numbered("seed ", seed));
    std::mt19937 random(seed);
    Model model;
    SeriesName name{numbered("M", seed)};
    for (int step = 0; step < 30; ++step) {
      Commit c = random_commit(random);
      if (c.candles.empty()) continue;
      c.series = name;
      Committed expected;
      for (const Candle &k : c.candles) model.offer(k, c.rank, expected);
      compare(store().commit(c), expected);
    }
    std::vector<Candle> rows;
    for (const auto &[time, row] : model.rows) rows.push_back(row.candle);
    EXPECT_EQ(store().query({.series = name}).candles(), rows);
    EXPECT_EQ(store().revisions(name).items.size(), model.revisions);
  }
}

// Whatever a lower-ranked source says of what a higher-ranked one has settled, in whatever state, alone or in a
// batch, before and after the store is opened again: nothing of it is seen.
TEST_P(StorageConformance, STO029_ALowerRankedSourceNeverOverwritesAHigherOne) {
  Commit best = offer(10, 0);
  best.candles = {make_candle(0, 10), make_candle(kMinute, 11), make_candle(2 * kMinute, 12, TDK_CANDLE_FORMING)};
  best.coverage = {covered(0, 2 * kMinute)};
  ASSERT_TRUE(store().commit(best).ok());
  const auto ledger = store().coverage({}, best.source).items;
  const auto offer_worse = [&](std::uint32_t rank, std::uint32_t state) {
    Commit worse = best;
    worse.rank = rank;
    worse.source = numbered("rank", rank);
    worse.fetched_at = 1'000;
    for (Candle &k : worse.candles) k = make_candle(k.open_time, 99, state);
    if (state == 0) worse.candles.pop_back();  // the last one is forming: a final one may take its place
    worse.coverage = {failed(0, 2 * kMinute, 3, TDK_NULL_I64)};
    const Committed done = store().commit(worse);
    EXPECT_EQ(done.outranked, worse.candles.size()) << done;
    EXPECT_EQ(done.updated + done.inserted, 0u) << done;
  };
  for (int opened = 0; opened < 2; ++opened, close())
    for (const std::uint32_t rank : {1u, 2u, 7u, UINT32_MAX})
      for (const std::uint32_t state : {0u, TDK_CANDLE_FORMING}) {
        SCOPED_TRACE(numbered(numbered("rank ", rank) + " state ", state));
        offer_worse(rank, state);
        const Queried stands = store().query({});
        EXPECT_EQ(stands.candles(), best.candles);
        for (const Batch &b : stands.batches) EXPECT_EQ(b.source, best.source);
        EXPECT_EQ(store().coverage({}, best.source).items, ledger);
        EXPECT_THAT(store().revisions({}).items, IsEmpty());
      }
}

}  // namespace
}  // namespace tapedeck::conformance
