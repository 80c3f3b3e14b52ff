#include "market/decimal.hpp"

#include <gtest/gtest.h>
#include <tapedeck/layer/candles.hpp>

#include <random>

using namespace tapedeck;

TEST(FormatDecimal, WritesDigitsAsStored) {
  EXPECT_EQ(format_decimal(109500, -5), "1.09500");
  EXPECT_EQ(format_decimal(0, -2), "0.00");
  EXPECT_EQ(format_decimal(0, 3), "0");
  EXPECT_EQ(format_decimal(5, 2), "500");
  EXPECT_EQ(format_decimal(-5, -3), "-0.005");
  EXPECT_EQ(format_decimal(INT64_MIN, 0), "-9223372036854775808");
  EXPECT_EQ(format_decimal(INT64_MIN, -18), "-9.223372036854775808");
  EXPECT_LE(format_decimal(INT64_MIN, 18).size(), kDecimalMax);
}

TEST(FormatDecimal, ParsesBackToItself) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const int exp = -static_cast<int>(random() % 19);
    const auto mantissa = static_cast<std::int64_t>(random()) >> (random() % 63);
    if (mantissa == INT64_MIN) continue;
    const Decimal d = parse_decimal(format_decimal(mantissa, exp));
    ASSERT_EQ(d.mantissa, mantissa);
    ASSERT_EQ(d.exp, exp);
  }
}
