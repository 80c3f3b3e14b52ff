#include "ingest/evidence.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;

TEST(Evidence, ExplainsWhatLiesWithinOneThingLearned) {
  Evidence e;
  e.learn(CoverageState::NoTrades, {100, 200}, "a");
  EXPECT_TRUE(e.explains({100, 200}));
  EXPECT_TRUE(e.explains({150, 160}));
  EXPECT_FALSE(e.explains({150, 201}));
  EXPECT_FALSE(e.explains({99, 150}));
  EXPECT_FALSE(e.explains({200, 201}));
}

TEST(Evidence, ReachesToTheEndsOfTime) {
  Evidence e;
  e.learn_first(1000);
  e.learn(CoverageState::ProviderHasNone, {5000, INT64_MAX}, "delisted");
  EXPECT_EQ(e.explains({INT64_MIN, 1000})->state, CoverageState::ProviderHasNone);
  EXPECT_TRUE(e.explains({-5, 3}));
  EXPECT_FALSE(e.explains({-5, 1001}));
  EXPECT_EQ(e.explains({6000, INT64_MAX})->reason, "delisted");
  EXPECT_TRUE(e.knows_earlier_than(1001));
  EXPECT_FALSE(e.knows_earlier_than(1000));
}

TEST(Evidence, TheWiderOfTwoStands) {
  Evidence e;
  e.learn(CoverageState::NoTrades, {100, 200}, "narrow");
  e.learn(CoverageState::NoTrades, {50, 300}, "wide");
  e.learn(CoverageState::NoTrades, {120, 130}, "inside");
  EXPECT_EQ(e.explains({110, 250})->reason, "wide");
  e.learn(CoverageState::NoTrades, {250, 400}, "beyond");
  EXPECT_EQ(e.explains({260, 390})->reason, "beyond");
  EXPECT_EQ(e.explains({100, 240})->reason, "wide");
}

TEST(Evidence, ACandleRefutesWhatWasLearned) {
  Evidence e;
  e.learn_first(1000);
  e.learn(CoverageState::NoTrades, {2000, 3000}, "quiet");
  e.saw(500, 2500);
  EXPECT_FALSE(e.explains({0, 100}));
  EXPECT_FALSE(e.explains({2000, 2100}));
  EXPECT_TRUE(e.knows_earlier_than(501));
  EXPECT_TRUE(e.knows_later_than(2499));
  EXPECT_FALSE(e.knows_later_than(2500));
}
