#include "market/candle_columns.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {

struct Rows {
  std::vector<std::int64_t> t, p, v;
  std::vector<std::uint32_t> state;
  tdk_candle_batch batch(int price_exp) const {
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = t.size();
    b.price_exp = price_exp;
    b.volume_exp = price_exp;
    b.open_time = t.data();
    b.open = b.high = b.low = b.close = p.data();
    b.volume = v.data();
    b.state = state.empty() ? nullptr : state.data();
    return b;
  }
};

}  // namespace

TEST(CandleColumns, BringsExponentsTogether) {
  CandleColumns c;
  ASSERT_TRUE(c.append(Rows{{1}, {15}, {TDK_NULL_I64}, {}}.batch(-1)));
  ASSERT_TRUE(c.append(Rows{{2}, {1600}, {7}, {}}.batch(-3)));
  ASSERT_TRUE(c.append(Rows{{3}, {2}, {7}, {}}.batch(0)));
  const auto b = c.view();
  EXPECT_EQ(b.price_exp, -3);
  EXPECT_EQ(b.open[0], 1500);
  EXPECT_EQ(b.open[1], 1600);
  EXPECT_EQ(b.open[2], 2000);
  EXPECT_EQ(b.volume[0], TDK_NULL_I64);
  EXPECT_EQ(b.volume[2], 7000);
  EXPECT_EQ(b.trades[2], TDK_NULL_I64);
}

TEST(CandleColumns, RefusesWhatDoesNotFit) {
  CandleColumns c;
  ASSERT_TRUE(c.append(Rows{{1}, {INT64_MAX}, {1}, {}}.batch(0)));
  EXPECT_FALSE(c.append(Rows{{2}, {1}, {1}, {}}.batch(-8)));
  EXPECT_EQ(c.size(), 1u);
  EXPECT_EQ(c.view().open[0], INT64_MAX);
}

TEST(CandleColumns, DropsFormingCandles) {
  CandleColumns c;
  ASSERT_TRUE(c.append(Rows{{1, 2}, {1, 1}, {1, 1}, {0, TDK_CANDLE_FORMING}}.batch(0)));
  EXPECT_EQ(c.drop_forming(), 2);
  EXPECT_EQ(c.size(), 1u);
  EXPECT_EQ(c.drop_forming(), std::nullopt);
}
