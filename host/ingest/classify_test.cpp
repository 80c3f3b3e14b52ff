#include "ingest/classify.hpp"

#include <gtest/gtest.h>

#include <random>

#include "ingest/testing/fake_market.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

const CoverageState kClosedOrUnsaid = CoverageState::Closed;

// What the entries say of one slot.
CoverageState said(const std::vector<LedgerEntry> &ledger, Nanos slot) {
  for (const auto &e : ledger)
    if (e.range.from <= slot && slot < e.range.to) return e.state;
  return kClosedOrUnsaid;
}

struct Case {
  FakeMarket market;
  TimeRange asked;
  RangeSet closed;
};

Case random_case(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto &all = Interval::all();
  Case c;
  c.market.interval = all[random() % all.size()];
  c.market.seed = seed;
  c.market.silent_percent = static_cast<unsigned>(random() % 101);
  const Nanos from = c.market.interval.ceil(1'700'000'000 * kSecond);
  const auto slots = static_cast<std::int64_t>(1 + random() % 60);
  c.asked = {from, c.market.interval.advance(from, slots)};
  const auto begin = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(slots));
  if (random() % 2 == 0)
    c.closed.add(
        {c.market.interval.advance(from, begin),
         c.market.interval.advance(from, begin + static_cast<std::int64_t>(random() % 9))});
  return c;
}

}  // namespace

TEST(ClassifyAnswer, SaysOfEverySlotWhatAModelSays) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Case c = random_case(seed);
    const auto rows = c.market.slots(c.asked);
    const auto ledger = classify_answer(c.asked, c.market.interval, rows, c.closed);
    for (Nanos t = c.asked.from; t < c.asked.to; t = c.market.interval.next(t)) {
      const auto absent = c.closed.contains(t) ? kClosedOrUnsaid : CoverageState::NoTrades;
      ASSERT_EQ(said(ledger, t), c.market.has(t) ? CoverageState::Present : absent)
          << "seed " << seed << " " << c.market.interval.name() << " " << format_time(t);
    }
    for (std::size_t i = 1; i < ledger.size(); ++i)
      ASSERT_LE(ledger[i - 1].range.to, ledger[i].range.from) << "seed " << seed;
  }
}

TEST(OpenEnds, AreWhatNoRowBrackets) {
  const Interval minute;
  const TimeRange asked{0, 10 * kMinute};
  const auto inside = open_ends(asked, minute, {2 * kMinute, 7 * kMinute});
  EXPECT_EQ(inside.before, (TimeRange{0, 2 * kMinute}));
  EXPECT_EQ(inside.after, (TimeRange{8 * kMinute, 10 * kMinute}));
  const auto full = open_ends(asked, minute, {0, 9 * kMinute});
  EXPECT_TRUE(full.before.empty() && full.after.empty());
  const auto none = open_ends(asked, minute, {});
  EXPECT_EQ(none.before, asked);
  EXPECT_TRUE(none.after.empty());
}
