#include "market/series.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;

TEST(Symbol, SaysWhatIsWrong) {
  for (const char *good : {"BTC/USDT", "AAPL", "BRK.B", "XAU/USD", "US30", "BTCUSDT"})
    EXPECT_FALSE(symbol_problem(good)) << good;
  for (const char *bad : {"", "btc/usdt", "BTC/", "/USDT", "A/B/C", "BTC USDT", "A'; DROP TABLE x;--"})
    EXPECT_TRUE(symbol_problem(bad)) << bad;
}

TEST(Symbol, IsTheSameWithoutItsSlash) {
  EXPECT_TRUE(same_symbol("BTC/USDT", "BTCUSDT"));
  EXPECT_TRUE(same_symbol("BTC/USDT", "BTC/USDT"));
  EXPECT_FALSE(same_symbol("BTC/USDT", "BTCUSD"));
}

TEST(Series, CrossesTheAbiUnchanged) {
  const Series s{"EUR/USD", Interval::parse("1h").value(), TDK_PRICE_BID, TDK_ADJ_RAW};
  EXPECT_EQ(Series::from_abi(s.abi("oanda")), s);
  EXPECT_EQ(s.name(), "EUR/USD 1h bid");
}
