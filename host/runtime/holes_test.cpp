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
                                {0, 30}, nullptr);
  ASSERT_EQ(holes.size(), 2u);
  EXPECT_TRUE(holes[0].asked);
  EXPECT_EQ(holes[0].range, (TimeRange{10, 20}));
  EXPECT_EQ(holes[0].reason, "HTTP 500");
  EXPECT_FALSE(holes[1].asked);
  EXPECT_EQ(holes[1].range, (TimeRange{20, 30}));
}

TEST(FindHoles, AnotherSourceSettlesAFailure) {
  EXPECT_TRUE(find_holes({entry(CoverageState::Failed, 0, 20, "a"), entry(CoverageState::Present, 0, 20, "b")},
                         {0, 20}, nullptr)
                  .empty());
}

TEST(FindHoles, ExplainedRangesAreNoHoles) {
  EXPECT_TRUE(find_holes({entry(CoverageState::ProviderHasNone, 0, 5), entry(CoverageState::NoTrades, 5, 6),
                          entry(CoverageState::Closed, 6, 7), entry(CoverageState::Present, 7, 9)},
                         {0, 9}, nullptr)
                  .empty());
}
