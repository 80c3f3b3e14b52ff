// STO-040 to STO-047: the algebra of the coverage ledger.
#include "storage_conformance.hpp"

#include <map>
#include <optional>
#include <random>

namespace tapedeck::conformance {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

std::vector<Coverage> say(StorageClient &store, std::vector<Coverage> entries,
                          const SeriesName &name = {}) {
  Commit c;
  c.series = name;
  c.coverage = std::move(entries);
  Committed done = store.commit(c);
  EXPECT_TRUE(done.ok()) << done;
  auto ledger = store.coverage(name, "alpha");
  for (Coverage &e : ledger.items) e.source.clear();
  return ledger.items;
}

TEST_P(StorageConformance, STO040_ANewEntrySplitsTheOneItLiesIn) {
  say(store(), {covered(0, 100)});
  EXPECT_THAT(say(store(), {covered(30, 40, TDK_COVERAGE_CLOSED)}),
              ElementsAre(covered(0, 30), covered(30, 40, TDK_COVERAGE_CLOSED), covered(40, 100)));
}

TEST_P(StorageConformance, STO041_FailedNeverReplacesAnotherState) {
  say(store(), {covered(10, 20), covered(30, 40, TDK_COVERAGE_NO_TRADES)});
  EXPECT_THAT(say(store(), {failed(0, 50, 1, 9)}),
              ElementsAre(failed(0, 10, 1, 9), covered(10, 20), failed(20, 30, 1, 9),
                          covered(30, 40, TDK_COVERAGE_NO_TRADES), failed(40, 50, 1, 9)));
}

TEST_P(StorageConformance, STO042_FailedReplacesFailedAndGivesWayToSuccess) {
  say(store(), {failed(0, 50, 1, 100)});
  EXPECT_THAT(say(store(), {failed(0, 50, 2, 200)}), ElementsAre(failed(0, 50, 2, 200)));
  EXPECT_THAT(say(store(), {covered(0, 25)}), ElementsAre(covered(0, 25), failed(25, 50, 2, 200)));
}

TEST_P(StorageConformance, STO043_NeighboursThatSayTheSameBecomeOne) {
  say(store(), {covered(0, 10), covered(20, 30)});
  EXPECT_THAT(say(store(), {covered(10, 20)}), ElementsAre(covered(0, 30)));
  Coverage reasoned = covered(30, 40);
  reasoned.reason = "holiday";
  EXPECT_THAT(say(store(), {reasoned}), ElementsAre(covered(0, 30), reasoned));
  EXPECT_THAT(say(store(), {failed(40, 50, 1, 5), failed(50, 60, 2, 5)}),
              ElementsAre(covered(0, 30), reasoned, failed(40, 50, 1, 5), failed(50, 60, 2, 5)));
}

TEST_P(StorageConformance, STO044_SourcesHaveLedgersOfTheirOwnOrderedByName) {
  for (const char *source : {"beta", "alpha"}) {
    Commit c;
    c.source = source;
    c.coverage = {covered(0, 10), covered(20, 30)};
    ASSERT_TRUE(store().commit(c).ok());
  }
  std::vector<std::string> order;
  for (const Coverage &e : store().coverage({}).items)
    order.push_back(e.source + std::to_string(e.from));
  EXPECT_THAT(order, ElementsAre("alpha0", "alpha20", "beta0", "beta20"));
  EXPECT_EQ(store().coverage({}, "beta").items.size(), 2u);
  EXPECT_EQ(store().coverage({}, "gamma").items.size(), 0u);
}

TEST_P(StorageConformance, STO045_EntriesThatOverlapTheRangeComeWhole) {
  say(store(), {covered(0, 10), covered(20, 30), covered(40, 50)});
  auto found = store().coverage({}, "alpha", 9, 21).items;
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].from, 0);
  EXPECT_EQ(found[1].to, 30);
  EXPECT_EQ(store().coverage({}, "alpha", 10, 20).items.size(), 0u);
}

TEST_P(StorageConformance, STO046_WhatBecameOneWasLearnedWhenTheLaterWas) {
  Coverage early = covered(0, 10), late = covered(10, 20), both = covered(0, 20);
  early.updated = 5;
  late.updated = both.updated = 9;
  say(store(), {early});
  EXPECT_THAT(say(store(), {late}), ElementsAre(both));
}

// A line of instants, each with what was last said of it.
class SlotModel {
 public:
  void say(const Coverage &e) {
    for (std::int64_t t = e.from; t < e.to; ++t) {
      auto &slot = slots_[t];
      bool yields = e.state == TDK_COVERAGE_FAILED && slot && slot->state != TDK_COVERAGE_FAILED;
      if (!yields) slot = e;
    }
  }
  std::vector<Coverage> entries() const {
    std::vector<Coverage> out;
    for (const auto &[time, slot] : slots_) {
      if (!slot) continue;
      Coverage unit = *slot;
      unit.from = time;
      unit.to = time + 1;
      if (!out.empty() && joins(out.back(), unit))
        out.back().to = unit.to;
      else
        out.push_back(unit);
    }
    return out;
  }

 private:
  static bool joins(Coverage a, const Coverage &b) {
    if (a.to != b.from) return false;
    a.from = b.from;
    a.to = b.to;
    return a == b;
  }
  std::map<std::int64_t, std::optional<Coverage>> slots_;
};

Coverage random_entry(std::mt19937 &random, std::int64_t &from) {
  from += static_cast<std::int64_t>(random() % 12);
  std::int64_t to = from + 1 + static_cast<std::int64_t>(random() % 15);
  auto state = static_cast<std::uint32_t>(random() % 5 + 1);
  Coverage e = state == TDK_COVERAGE_FAILED
                   ? failed(from, to, random() % 2 ? 1 : 2, random() % 2 ? 1 : 2)
                   : covered(from, to, state);
  if (random() % 4 == 0) e.reason = "other";
  from = to;
  return e;
}

TEST_P(StorageConformance, STO047_RandomEntriesAgreeWithALineOfSlots) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(numbered("seed ", seed));
    std::mt19937 random(seed);
    SlotModel model;
    for (int step = 0; step < 60; ++step) {
      std::vector<Coverage> entries;
      std::int64_t from = static_cast<std::int64_t>(random() % 80) - 20;
      for (auto n = random() % 4 + 1; n > 0; --n) entries.push_back(random_entry(random, from));
      for (const Coverage &e : entries) model.say(e);
      ASSERT_THAT(say(store(), entries, {numbered("L", seed)}), ElementsAreArray(model.entries()))
          << "step " << step;
    }
  }
}

}  // namespace
}  // namespace tapedeck::conformance
