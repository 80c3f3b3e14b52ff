// Candles built of ticks, against an aggregation that looks at all ticks at once.
#include "live/candle_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace tapedeck {
namespace {

const Interval kOneMinute = *Interval::parse("1m");
constexpr Nanos kLate = 2 * kSecond;

Tick trade(Nanos time, std::int64_t price, std::int64_t size, std::int64_t sequence) {
  Tick t;
  t.time = time;
  t.last = price;
  t.last_size = size;
  t.price_exp = -2;
  t.size_exp = -3;
  t.sequence = sequence;
  t.trades = 1;
  t.flags = TDK_QUOTE_TRADE;
  return t;
}

std::map<Nanos, CandleRow> whole(std::vector<Tick> ticks) {
  std::stable_sort(ticks.begin(), ticks.end(), [](const Tick &a, const Tick &b) { return a.time != b.time ? a.time < b.time : a.sequence < b.sequence; });
  std::map<Nanos, CandleRow> out;
  std::map<Nanos, std::int64_t> turnover;
  for (const Tick &t : ticks) {
    auto [it, first] = out.try_emplace(t.time / kMinute * kMinute);
    CandleRow &r = it->second;
    if (first) {
      r.open_time = it->first;
      r.price_exp = -2;
      r.volume_exp = -3;
      r.open = r.high = r.low = t.last;
      r.volume = r.trades = 0;
    }
    r.close = t.last;
    r.high = std::max(r.high, t.last);
    r.low = std::min(r.low, t.last);
    r.volume += t.last_size;
    ++r.trades;
    turnover[it->first] += t.last * t.last_size;
  }
  for (auto &[time, r] : out) {
    r.turnover = turnover[time];
    r.turnover_exp = -5;
    while (r.turnover % 10 == 0 && r.turnover_exp < 0) {
      r.turnover /= 10;
      ++r.turnover_exp;
    }
  }
  return out;
}

TEST(CandleBuilderTest, BuildsWhatALookAtAllTicksGivesInAnyOrderWithinLate) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<Tick> ticks;
    Nanos time = 30 * kSecond;
    for (int i = 0; i < 3000; ++i) {
      time += static_cast<Nanos>(random() % 700) * 1'000'000;
      ticks.push_back(trade(time, 10'000 + static_cast<std::int64_t>(random() % 500), 1 + static_cast<std::int64_t>(random() % 900), i));
    }
    auto expected = whole(ticks);
    expected.erase(expected.begin());        // the connection began inside of it
    const Nanos last_slot = expected.rbegin()->first;
    expected.erase(last_slot);               // not over yet
    for (std::size_t i = 0; i + 3 < ticks.size(); i += 3)
      std::shuffle(ticks.begin() + static_cast<std::ptrdiff_t>(i), ticks.begin() + static_cast<std::ptrdiff_t>(i) + 3, random);
    CandleBuilder builder(kOneMinute, kLate);
    std::map<Nanos, CandleRow> built;
    for (const Tick &t : ticks) {
      ASSERT_TRUE(builder.add(t, t.time)) << "seed " << seed;
      for (const CandleRow &r : builder.close_due(t.time)) built[r.open_time] = r;
    }
    EXPECT_EQ(built, expected) << "seed " << seed;
  }
}

TEST(CandleBuilderTest, AClockThatIsOffByYearsDoesNoHarm) {
  CandleBuilder builder(kOneMinute, kLate);
  const Nanos mono = 999'999 * kSecond;
  builder.add(trade(58 * kSecond, 1, 1, 0), mono - kSecond);
  builder.add(trade(59 * kSecond, 1, 1, 1), mono);
  builder.add(trade(61 * kSecond, 1, 1, 2), mono + 2 * kSecond);
  EXPECT_TRUE(builder.close_due(mono + 50 * kSecond).empty());
  const auto &closed = builder.close_due(mono + 63 * kSecond);  // nothing more came: time passes here
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].open_time, kMinute);
}

TEST(CandleBuilderTest, ATickThatIsTooLateIsReported) {
  CandleBuilder builder(kOneMinute, kLate);
  for (int i = 0; i < 200; ++i) builder.add(trade(i * kSecond, 1, 1, i), i * kSecond);
  builder.close_due(200 * kSecond);
  EXPECT_FALSE(builder.add(trade(70 * kSecond, 1, 1, 1000), 200 * kSecond));
  EXPECT_EQ(builder.reopened(), kMinute);
}

TEST(CandleBuilderTest, ATimeInTheFarFutureClosesNothing) {
  CandleBuilder builder(kOneMinute, kLate);
  builder.add(trade(kSecond, 1, 1, 1), kSecond);
  EXPECT_FALSE(builder.add(trade(kDay, 1, 1, 2), 2 * kSecond));
  EXPECT_TRUE(builder.close_due(3 * kSecond).empty());
  EXPECT_TRUE(builder.add(trade(4 * kSecond, 1, 1, 3), 4 * kSecond));
}

TEST(CandleBuilderTest, AfterALossTheSlotIsNotWhole) {
  CandleBuilder builder(kOneMinute, kLate);
  for (int i = 0; i < 90; ++i) builder.add(trade(i * kSecond, 1, 1, i), i * kSecond);
  builder.restart();
  for (int i = 95; i < 190; ++i) builder.add(trade(i * kSecond, 1, 1, i), i * kSecond);
  const auto &closed = builder.close_due(190 * kSecond);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].open_time, 2 * kMinute);
  EXPECT_EQ(closed[0].trades, 60);
}

// OANDA begins every stream with the last price there was, be it of Friday.
TEST(CandleBuilderTest, AFirstTickOfLongAgoMakesNoSlotWhole) {
  CandleBuilder builder(kOneMinute, kLate);
  builder.add(trade(59 * kSecond, 1, 1, 1), 230 * kSecond);
  for (int i = 230; i < 310; ++i) EXPECT_TRUE(builder.add(trade(i * kSecond, 1, 1, i), i * kSecond)) << i;
  const auto &closed = builder.close_due(310 * kSecond);
  ASSERT_EQ(closed.size(), 1u) << "the connection began in minute 3";
  EXPECT_EQ(closed[0].open_time, 4 * kMinute);
}

TEST(CandleBuilderTest, AFirstTickOfTheDayBeforeIsGotOver) {
  CandleBuilder builder(kOneMinute, kLate);
  builder.add(trade(kSecond, 1, 1, 1), 0);
  int refused = 0;
  for (int i = 50; i < 190; ++i) refused += builder.add(trade(kDay + i * kSecond, 1, 1, i), (i - 50) * kSecond) ? 0 : 1;
  EXPECT_EQ(refused, 1) << "the second of them is believed";
  EXPECT_EQ(builder.reopened(), kDay);
  const auto &closed = builder.close_due(140 * kSecond);
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].open_time, kDay + kMinute);
  EXPECT_EQ(closed[0].trades, 60);
}

TEST(CandleBuilderTest, TwoWrongTimesThatDoNotAgreeCloseNothing) {
  CandleBuilder builder(kOneMinute, kLate);
  builder.add(trade(kSecond, 1, 1, 1), kSecond);
  EXPECT_FALSE(builder.add(trade(kDay, 1, 1, 2), 2 * kSecond));
  EXPECT_FALSE(builder.add(trade(9 * kDay, 1, 1, 3), 2 * kSecond));
  EXPECT_TRUE(builder.add(trade(3 * kSecond, 1, 1, 4), 3 * kSecond));
  EXPECT_FALSE(builder.add(trade(9 * kDay, 1, 1, 5), 3 * kSecond)) << "one between was right";
}

TEST(CandleBuilderTest, APriceThatCannotBeKeptExactlySpoilsTheSlotAndNotWhatIsShown) {
  CandleBuilder builder(kOneMinute, kLate);
  for (int i = 0; i < 70; ++i) builder.add(trade(i * kSecond, 1'000'000'000'000'000, 1, i), i * kSecond);
  Tick fine = trade(70 * kSecond, 1'000'000'000'000'000'000, 1, 70);
  fine.price_exp = -9;
  EXPECT_TRUE(builder.add(fine, 70 * kSecond));
  const CandleRow row = builder.forming().value();
  EXPECT_EQ(row.price_exp, -2);
  for (const std::int64_t price : {row.open, row.high, row.low, row.close}) EXPECT_EQ(price, 1'000'000'000'000'000);
  builder.add(trade(130 * kSecond, 1, 1, 130), 130 * kSecond);
  EXPECT_TRUE(builder.close_due(130 * kSecond).empty()) << "it is asked for instead";
}

TEST(CandleBuilderTest, TurnoverIsLeftOutWhereItDoesNotFit) {
  constexpr std::int64_t kHuge = INT64_MAX / 2;
  struct Case {
    std::int64_t price, size;
    std::int32_t exp;  // of both
    int trades;
  };
  for (const Case &c : {Case{-kHuge, 5, 0, 1}, Case{3, 7, 10, 1}, Case{3, 7, -10, 1}, Case{kHuge, kHuge / 1000, 0, 999},
                        Case{-kHuge, kHuge / 1000, 0, 999}}) {
    CandleBuilder builder(kOneMinute, kLate);
    for (int i = 0; i < c.trades; ++i) {
      Tick t = trade(i, c.price, c.size, i);
      t.price_exp = t.size_exp = c.exp;
      builder.add(t, i);
    }
    const CandleRow row = builder.forming().value();
    EXPECT_EQ(row.turnover, TDK_NULL_I64) << c.price << " x " << c.size << " at 10^" << c.exp;
    EXPECT_EQ(row.turnover_exp, 0);
    EXPECT_EQ(row.volume, c.size * c.trades);
  }
}

TEST(CandleBuilderTest, AQuoteWhoseMiddleDoesNotFitIsLeftOut) {
  CandleBuilder builder(kOneMinute, kLate);
  for (const std::int64_t price : {INT64_MAX / 4, -(INT64_MAX / 4)}) {
    Tick t;
    t.bid = t.ask = price;
    EXPECT_TRUE(builder.add(t, 0));
    EXPECT_FALSE(builder.forming()) << price;
  }
}

TEST(CandleBuilderTest, QuotesGiveTheirMiddleExactly) {
  CandleBuilder builder(kOneMinute, kLate);
  const auto quote = [](Nanos time, std::int64_t bid, std::int64_t ask) {
    Tick t;
    t.time = time;
    t.bid = bid;
    t.ask = ask;
    t.price_exp = -5;
    return t;
  };
  builder.add(quote(0, 109500, 109503), 0);
  builder.add(quote(kSecond, 109501, 109503), kSecond);
  builder.add(quote(60 * kSecond, 109500, 109503), 60 * kSecond);
  builder.add(quote(61 * kSecond, 109510, 109512), 61 * kSecond);
  const auto &closed = builder.close_due(123 * kSecond);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].price_exp, -6);
  EXPECT_EQ(closed[0].open, 1095015);
  EXPECT_EQ(closed[0].close, 1095110);
  EXPECT_EQ(closed[0].volume, TDK_NULL_I64);
}

}  // namespace
}  // namespace tapedeck
