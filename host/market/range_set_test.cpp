#include "market/range_set.hpp"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

using namespace tapedeck;
namespace {
constexpr int kSlots = 64;
std::bitset<kSlots> bits(const RangeSet &set) {
  std::bitset<kSlots> b;
  for (const auto &r : set.ranges())
    for (Nanos t = r.from; t < r.to; ++t) b.set(static_cast<std::size_t>(t));
  return b;
}
std::bitset<kSlots> bits(TimeRange r) { return bits(RangeSet(r)); }
}  // namespace

TEST(RangeSet, MergesWhatTouches) {
  RangeSet s;
  s.add({0, 2});
  s.add({4, 6});
  s.add({2, 4});
  EXPECT_EQ(s.ranges(), (std::vector<TimeRange>{{0, 6}}));
  s.subtract({1, 2});
  EXPECT_EQ(s.ranges(), (std::vector<TimeRange>{{0, 1}, {2, 6}}));
  EXPECT_TRUE(s.covers({2, 6}));
  EXPECT_FALSE(s.covers({0, 2}));
}

TEST(RangeSet, AgreesWithASetOfSlots) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    RangeSet set;
    std::bitset<kSlots> model;
    for (int step = 0; step < 30; ++step) {
      const Nanos a = random() % kSlots, b = random() % kSlots;
      const TimeRange r{std::min(a, b), std::max(a, b)};
      if (random() % 2 == 0) {
        set.add(r);
        model |= bits(r);
      } else {
        set.subtract(r);
        model &= ~bits(r);
      }
      ASSERT_EQ(bits(set), model);
      ASSERT_EQ(bits(set.within(r)), model & bits(r));
      for (std::size_t i = 1; i < set.ranges().size(); ++i)
        ASSERT_GT(set.ranges()[i].from, set.ranges()[i - 1].to);
    }
  }
}
