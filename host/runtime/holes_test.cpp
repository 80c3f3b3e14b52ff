#include "runtime/holes.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {

LedgerEntry entry(CoverageState state, Nanos from, Nanos to, std::string source = "a") {
  LedgerEntry e;
  e.state = state;
  e.range = {from, to};
  e.source = std::move(source);
  if (state == CoverageState::Failed) e.reason = "HTTP 500";
  return e;
}

}  // namespace

TEST(FindHoles, TellsFailedFromNeverAsked) {
  const auto holes = find_holes({entry(CoverageState::Present, 0, 10), entry(CoverageState::Failed, 10, 20)},
                                {0, 30}, Interval(), nullptr);
  ASSERT_EQ(holes.size(), 2u);
  EXPECT_TRUE(holes[0].asked);
  EXPECT_EQ(holes[0].range, (TimeRange{10, 20}));
  EXPECT_EQ(holes[0].reason, "HTTP 500");
  EXPECT_FALSE(holes[1].asked);
  EXPECT_EQ(holes[1].range, (TimeRange{20, 30}));
}

TEST(FindHoles, AnotherSourceSettlesAFailure) {
  EXPECT_TRUE(find_holes({entry(CoverageState::Failed, 0, 20, "a"), entry(CoverageState::Present, 0, 20, "b")},
                         {0, 20}, Interval(), nullptr)
                  .empty());
}

TEST(FindHoles, ExplainedRangesAreNoHoles) {
  EXPECT_TRUE(find_holes({entry(CoverageState::ProviderHasNone, 0, 5), entry(CoverageState::NoTrades, 5, 6),
                          entry(CoverageState::Closed, 6, 7), entry(CoverageState::Present, 7, 9)},
                         {0, 9}, Interval(), nullptr)
                  .empty());
}

namespace {

Nanos time(const char *text) { return parse_time(text, 0).value(); }

std::vector<TimeRange> ranges(const std::vector<Hole> &holes) {
  std::vector<TimeRange> out;
  for (const auto &h : holes) out.push_back(h.range);
  return out;
}

}  // namespace

TEST(FindHoles, AWeekendIsNone) {
  const auto forex = find_calendar("forex");
  const TimeRange days{time("2024-01-05T12:00:00Z"), time("2024-01-08T12:00:00Z")};
  EXPECT_EQ(ranges(find_holes({}, days, Interval(), forex.get())),
            (std::vector<TimeRange>{{days.from, time("2024-01-05T22:00:00Z")}, {time("2024-01-07T22:00:00Z"), days.to}}));
}

TEST(FindHoles, ACandleThatIsPartlyOpenIsOne) {
  const auto forex = find_calendar("forex");
  const Interval day = Interval::parse("1d").value();
  EXPECT_EQ(ranges(find_holes({}, {time("2024-01-05"), time("2024-01-08")}, day, forex.get())),
            (std::vector<TimeRange>{{time("2024-01-05"), time("2024-01-06")}, {time("2024-01-07"), time("2024-01-08")}}));
}

// 16:58 to 17:10 in New York, from 21:58Z on.
TEST(FindHoles, TheDailyPauseIsNoneUnlessMoreIsMissing) {
  const auto forex = find_calendar("forex");
  const TimeRange day{time("2024-01-09T12:00:00Z"), time("2024-01-10T12:00:00Z")};
  const auto around = [&](const char *from, const char *to) {
    return ranges(find_holes({entry(CoverageState::Present, day.from, time(from)),
                              entry(CoverageState::Present, time(to), day.to)},
                             day, Interval(), forex.get()));
  };
  EXPECT_TRUE(around("2024-01-09T21:58:00Z", "2024-01-09T22:10:00Z").empty());
  EXPECT_TRUE(around("2024-01-09T22:00:00Z", "2024-01-09T22:05:00Z").empty());
  EXPECT_EQ(around("2024-01-09T21:57:00Z", "2024-01-09T22:05:00Z"),
            (std::vector<TimeRange>{{time("2024-01-09T21:57:00Z"), time("2024-01-09T22:05:00Z")}}));
}
