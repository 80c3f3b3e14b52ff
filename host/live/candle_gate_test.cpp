#include "live/candle_gate.hpp"

#include <gtest/gtest.h>

#include "live/tick_gate.hpp"

namespace tapedeck {
namespace {

using Verdict = CandleGate::Verdict;

constexpr std::uint32_t kVendor = 0, kOtherVendor = 1, kBuilt = 2;  // ranks

CandleRow candle(int minute, std::int64_t close, std::int64_t trades, bool forming) {
  CandleRow r;
  r.open_time = minute * kMinute;
  r.open = r.low = 1;
  r.high = r.close = close;
  r.volume = trades;
  r.trades = trades;
  r.state = forming ? TDK_CANDLE_FORMING : 0;
  return r;
}

TEST(CandleGateTest, PassesWhatGrowsAndEachFinalOnce) {
  CandleGate gate;
  EXPECT_EQ(gate.admit(candle(1, 5, 1, true), kVendor), Verdict::Publish);
  EXPECT_EQ(gate.admit(candle(1, 5, 1, true), kVendor), Verdict::Duplicate);
  EXPECT_EQ(gate.admit(candle(1, 6, 3, true), kVendor), Verdict::Publish);
  EXPECT_EQ(gate.admit(candle(1, 7, 2, true), kVendor), Verdict::Stale);
  EXPECT_EQ(gate.admit(candle(1, 6, 3, false), kVendor), Verdict::Publish);
  EXPECT_EQ(gate.admit(candle(1, 6, 3, false), kVendor), Verdict::Duplicate);
  EXPECT_EQ(gate.admit(candle(1, 6, 4, true), kVendor), Verdict::Stale);
}

TEST(CandleGateTest, AnEarlierFinalIsStoredAndNotPassedOn) {
  CandleGate gate;
  gate.admit(candle(3, 6, 3, false), kVendor);
  EXPECT_EQ(gate.admit(candle(2, 6, 3, false), kVendor), Verdict::StoreOnly);
}

TEST(CandleGateTest, TheVendorsFinalWinsOverTheBuiltOne) {
  CandleGate gate;
  EXPECT_EQ(gate.admit(candle(1, 6, 3, false), kBuilt), Verdict::Publish);
  EXPECT_EQ(gate.admit(candle(1, 6, 4, false), kVendor), Verdict::Revised);
  EXPECT_EQ(gate.admit(candle(1, 6, 3, false), kBuilt), Verdict::Duplicate);
}

TEST(CandleGateTest, ALowerRankedFinalNeverReplacesAHigherRankedOne) {
  CandleGate gate;
  gate.admit(candle(1, 6, 3, false), kVendor);
  EXPECT_EQ(gate.admit(candle(1, 9, 9, false), kOtherVendor), Verdict::Duplicate);
  EXPECT_EQ(gate.admit(candle(1, 7, 4, false), kVendor), Verdict::Revised) << "its own source may still mend it";
}

TEST(CandleGateTest, AHigherRankedFinalReplacesALowerRankedOne) {
  CandleGate gate;
  gate.admit(candle(1, 9, 9, false), kOtherVendor);
  EXPECT_EQ(gate.admit(candle(1, 6, 3, false), kVendor), Verdict::Revised);
  EXPECT_EQ(gate.admit(candle(1, 9, 9, false), kOtherVendor), Verdict::Duplicate);
  EXPECT_EQ(gate.admit(candle(2, 9, 9, false), kOtherVendor), Verdict::Publish) << "the next slot has no owner yet";
  EXPECT_EQ(gate.admit(candle(2, 9, 9, false), kVendor), Verdict::StoreOnly) << "equal: only the store's source changes";
}

TEST(CandleGateTest, ARevisionOfTheVendorPasses) {
  CandleGate gate;
  gate.admit(candle(1, 6, 3, false), kVendor);
  EXPECT_EQ(gate.admit(candle(1, 8, 4, false), kVendor), Verdict::Revised);
}

Tick trade(std::int64_t sequence) {
  Tick t;
  t.sequence = sequence;
  t.flags = TDK_QUOTE_TRADE;
  return t;
}

TEST(TickGateTest, EachNumberOnceInAnyOrder) {
  TickGate gate;
  for (const int n : {100, 102, 101, 99}) EXPECT_TRUE(gate.admit(trade(n))) << n;
  for (const int n : {100, 102, 101, 99}) EXPECT_FALSE(gate.admit(trade(n))) << n;
}

TEST(TickGateTest, WhatIsOlderThanTheWindowCameBefore) {
  TickGate gate;
  for (int n = 1000; n < 2000; ++n) EXPECT_TRUE(gate.admit(trade(n)));
  EXPECT_FALSE(gate.admit(trade(1100)));
  EXPECT_FALSE(gate.admit(trade(1999)));
  gate.forget();
  EXPECT_TRUE(gate.admit(trade(5)));
}

TEST(TickGateTest, ALateOneDoesNotLetThoseInAgainThatCameAfterIt) {
  TickGate gate;
  for (int n = 1; n <= 400; ++n)
    if (n != 300) gate.admit(trade(n));
  EXPECT_TRUE(gate.admit(trade(300)));
  for (int n = 401; n <= 640; ++n) gate.admit(trade(n));
  for (int n = 1; n <= 640; ++n) EXPECT_FALSE(gate.admit(trade(n))) << n;
}

TEST(TickGateTest, TicksWithoutNumbersPass) {
  TickGate gate;
  EXPECT_TRUE(gate.admit(trade(TDK_NULL_I64)));
  EXPECT_TRUE(gate.admit(trade(TDK_NULL_I64)));
}

}  // namespace
}  // namespace tapedeck
