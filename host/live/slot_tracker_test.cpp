#include "live/slot_tracker.hpp"

#include <gtest/gtest.h>

namespace tapedeck {
namespace {

const Interval kOneMinute = *Interval::parse("1m");

constexpr Nanos at(int minute, int second = 0) { return minute * kMinute + second * kSecond; }
TimeRange slots(int from, int to) { return {at(from), at(to)}; }

class Tracked : public ::testing::Test {
 protected:
  SlotTracker tracker{kOneMinute, find_calendar("24x7"), {}};
  void SetUp() override {
    tracker.start(at(10));
    tracker.connected(at(9));
  }
};

TEST_F(Tracked, NothingIsDueWhileTheFramesCome) {
  for (int m = 10; m < 20; ++m) {
    EXPECT_TRUE(tracker.due(at(m, 30)).empty());
    EXPECT_TRUE(tracker.due(at(m + 1, 2)).empty()) << "the closing frame may still come";
    tracker.settled(slots(m, m + 1));
    EXPECT_TRUE(tracker.due(at(m + 1, 10)).empty());
  }
  EXPECT_EQ(tracker.first_unsettled(), at(20));
}

TEST_F(Tracked, AfterALossThePastIsAskedForOnceAndTheFormingCandleIsNot) {
  tracker.settled(slots(10, 11));
  tracker.disconnected();
  EXPECT_TRUE(tracker.due(at(14, 26)).empty());
  tracker.connected(at(14, 27));
  EXPECT_TRUE(tracker.due(at(14, 29)).empty()) << "what the connection still brings is not known yet";
  EXPECT_EQ(tracker.due(at(14, 30)), std::vector{slots(11, 14)});
  EXPECT_TRUE(tracker.due(at(14, 31)).empty()) << "it is under way";
  tracker.asked(slots(11, 14), RangeSet(slots(11, 14)), false, at(14, 32));
  EXPECT_EQ(tracker.first_unsettled(), at(14));
}

TEST_F(Tracked, ASlotThatIsOverWaitsForItsClosingFrame) {
  EXPECT_TRUE(tracker.due(at(11, 1)).empty());
  EXPECT_EQ(tracker.due(at(11, 3)), std::vector{slots(10, 11)});
}

TEST_F(Tracked, AHoleInsideIsAskedForAlone) {
  tracker.settled(slots(10, 11));
  tracker.settled(slots(12, 13));
  EXPECT_EQ(tracker.due(at(13, 4)), std::vector{slots(11, 12)});
}

TEST_F(Tracked, WhatFailsIsAskedLaterAndLater) {
  EXPECT_EQ(tracker.due(at(11, 5)).size(), 1u);
  tracker.failed(slots(10, 11), at(11, 5));
  EXPECT_TRUE(tracker.due(at(11, 5)).empty());
  EXPECT_EQ(tracker.due(at(11, 6)), std::vector{slots(10, 11)});
  tracker.failed(slots(10, 11), at(11, 6));
  EXPECT_TRUE(tracker.due(at(11, 7)).empty());
  EXPECT_EQ(tracker.due(at(11, 8)), std::vector{slots(10, 11)});
  EXPECT_EQ(tracker.tries(), 2u);
}

TEST_F(Tracked, ASeriesWithoutTradesIsAskedLessAndLessOften) {
  int asked = 0;
  for (Nanos now = at(10); now < at(130); now += 10 * kSecond)
    for (const TimeRange r : tracker.due(now)) {
      ++asked;
      tracker.asked(r, RangeSet(r), true, now);
    }
  EXPECT_LE(asked, 20);
  EXPECT_GE(asked, 10);
  tracker.settled(slots(130, 131));
  EXPECT_EQ(tracker.due(at(131, 4)).size(), 1u) << "a trade shows the hole before it";
}

TEST_F(Tracked, WhatIsReopenedIsAHoleAgain) {
  tracker.settled(slots(10, 14));
  tracker.reopen(slots(12, 13));
  EXPECT_EQ(tracker.due(at(15, 0)), std::vector{slots(12, 13)});
  tracker.asked(slots(12, 13), RangeSet(slots(12, 13)), false, at(15));
  EXPECT_EQ(tracker.first_unsettled(), at(14));
}

TEST_F(Tracked, ALongOutageOfTheStreamIsAskedForNowAndThen) {
  tracker.disconnected();
  int asked = 0;
  for (Nanos now = at(10); now < at(70); now += 10 * kSecond)
    for (const TimeRange r : tracker.due(now)) {
      ++asked;
      tracker.asked(r, RangeSet(r), false, now);
    }
  EXPECT_GE(asked, 2);
  EXPECT_LE(asked, 5);
}

TEST_F(Tracked, WhatWasBeforeTheStartIsNotReopened) {
  tracker.settled(slots(10, 14));
  tracker.reopen({INT64_MIN, at(12)});
  tracker.reopen(slots(13, 13));
  EXPECT_EQ(tracker.due(at(14, 30)), std::vector{slots(10, 12)});
}

TEST_F(Tracked, ANewConnectionMakesUpForFailures) {
  for (int i = 0; i < 8; ++i) tracker.failed({}, at(11));
  tracker.disconnected();
  tracker.connected(at(11, 5));
  EXPECT_EQ(tracker.due(at(11, 8)), std::vector{slots(10, 11)});
}

TEST_F(Tracked, WhatFailsForHoursIsAskedEveryTenMinutes) {
  int asked = 0;
  for (Nanos now = at(11); now < at(11 + 600); now += kSecond) {
    const auto due = tracker.due(now);
    for (const TimeRange r : due) tracker.failed(r, now);
    asked += !due.empty();
  }
  EXPECT_GE(asked, 60);
  EXPECT_LE(asked, 85);
}

// Open for the first half of each hour.
class HalfHours final : public Calendar {
 public:
  std::string_view name() const noexcept override { return "half hours"; }
  RangeSet closed(TimeRange range) const override {
    RangeSet out;
    for (Nanos t = range.from / kHour * kHour; t < range.to; t += kHour) out.add({t + kHour / 2, t + kHour});
    return out.within(range);
  }
};

TEST(SlotTrackerTest, ClosedSlotsAreNotAskedForAndNotKeptInMind) {
  SlotTracker tracker(kOneMinute, std::make_shared<HalfHours>(), {});
  tracker.start(at(0));
  tracker.connected(at(-1));
  for (int m = 0; m < 600; ++m) {
    if (m % 60 < 30 && m != 65) tracker.settled(slots(m, m + 1));
    const auto due = tracker.due(at(m + 1, 10));
    EXPECT_EQ(due, m == 65 ? std::vector{slots(65, 66)} : std::vector<TimeRange>()) << m;
    if (m == 65) tracker.asked(slots(65, 66), RangeSet(slots(65, 66)), false, at(m + 1, 11));
  }
  EXPECT_EQ(tracker.first_unsettled(), at(600));
}

TEST(SlotTrackerTest, MonthsAndWeeksHaveSlotsToo) {
  for (const char *name : {"1s", "1d", "1w", "1M"}) {
    const Interval interval = *Interval::parse(name);
    SlotTracker tracker(interval, nullptr, {});
    const Nanos first = interval.ceil(1'704'067'200 * kSecond), second = interval.next(first), third = interval.next(second);
    tracker.start(first);
    tracker.connected(first);
    EXPECT_TRUE(tracker.due(second).empty()) << name;
    const auto due = tracker.due(second + 10 * kSecond);
    ASSERT_EQ(due.size(), 1u) << name;
    EXPECT_EQ(due[0].from, first) << name;
    tracker.asked(due[0], RangeSet(due[0]), true, second + 10 * kSecond);
    EXPECT_TRUE(tracker.due(second + 11 * kSecond).empty()) << name;
    EXPECT_EQ(tracker.due(third + kHour).size(), 1u) << name;
  }
}

TEST(SlotTrackerTest, NothingIsDueBeforeTheLedgerWasRead) {
  SlotTracker tracker(kOneMinute, nullptr, {});
  tracker.connected(at(1));
  EXPECT_TRUE(tracker.due(at(100)).empty());
  tracker.settled(slots(50, 51));
  tracker.start(at(50));
  EXPECT_EQ(tracker.first_unsettled(), at(51));
}

}  // namespace
}  // namespace tapedeck
