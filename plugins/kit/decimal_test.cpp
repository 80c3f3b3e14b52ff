// Decimals of any spelling stay exact, and what does not fit is said so.
#include "kit/decimal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace kit {
namespace {

struct Row {
  const char *text;
  std::int64_t mantissa;
  int exp;
};

TEST(ScanDecimal, KeepsEveryDigitOfEverySpelling) {
  const Row rows[] = {{"0", 0, 0},
                      {"-0.000", 0, 0},
                      {"0e99999999999999999999", 0, 0},
                      {"1", 1, 0},
                      {"100", 1, 2},
                      {"1.50", 15, -1},
                      {"+12.5", 125, -1},
                      {"-0.1", -1, -1},
                      {"1.5e-05", 15, -6},
                      {"2E8", 2, 8},
                      {"2.5e+3", 25, 2},
                      {"0.000000000000000001", 1, -18},
                      {"309.60001", 30960001, -5},
                      {"1000000000000000000000", 1, 21},
                      {"9223372036854775807", INT64_MAX, 0},
                      {"-9223372036854775807", -INT64_MAX, 0},
                      {"00012.3400", 1234, -2}};
  for (const Row &row : rows) {
    const ScannedDecimal got = scan_decimal(row.text);
    if (row.exp > 18) {
      EXPECT_EQ(got.status, DecimalStatus::TooLarge) << row.text;  // beyond the ABI's exponents
      continue;
    }
    ASSERT_EQ(got.status, DecimalStatus::Ok) << row.text;
    EXPECT_EQ(got.value.mantissa, row.mantissa) << row.text;
    EXPECT_EQ(got.value.exp, row.exp) << row.text;
  }
}

TEST(ScanDecimal, RefusesWhatIsNone) {
  for (const char *text :
       {"",      " ",  "-",   "+",  ".",  ".5",  "5.",   "1..2", "1.2.3", "1e",    "1e+",
        "1e5.0", "e5", "--1", "1 ", " 1", "1,5", "0x10", "NaN",  "inf",   "1_000", "1e5e5"})
    EXPECT_EQ(scan_decimal(text).status, DecimalStatus::Malformed) << "'" << text << "'";
  EXPECT_EQ(scan_decimal(std::string_view("1\0", 2)).status, DecimalStatus::Malformed);
}

TEST(ScanDecimal, SaysWhatDoesNotFit) {
  using enum DecimalStatus;
  EXPECT_EQ(scan_decimal("9223372036854775808").status, TooLarge);
  EXPECT_EQ(scan_decimal("-9223372036854775808").status, TooLarge) << "it means unknown";
  EXPECT_EQ(scan_decimal("1e19").status, TooLarge);
  EXPECT_EQ(scan_decimal("1e999999999999999999").status, TooLarge);
  EXPECT_EQ(scan_decimal("1e-19").status, TooPrecise);
  EXPECT_EQ(scan_decimal("1e-999999999999999999").status, TooPrecise);
  EXPECT_EQ(scan_decimal("0.123456789012345678901").status, TooPrecise);
  EXPECT_EQ(scan_decimal("1.00000000000000000000000000").status, Ok);
  EXPECT_EQ(scan_decimal("12345678901234567890.5").status, TooPrecise);
}

TEST(MantissaAt, NeverRounds) {
  std::int64_t m = 7;
  EXPECT_EQ(mantissa_at({15, -6}, -8, m), DecimalStatus::Ok);
  EXPECT_EQ(m, 1500);
  EXPECT_EQ(mantissa_at({2, 8}, 0, m), DecimalStatus::Ok);
  EXPECT_EQ(m, 200'000'000);
  EXPECT_EQ(mantissa_at({1500, -3}, -1, m), DecimalStatus::Ok);
  EXPECT_EQ(m, 15);
  EXPECT_EQ(mantissa_at({15, -6}, -5, m), DecimalStatus::TooPrecise);
  EXPECT_EQ(mantissa_at({92'233'720'369, 0}, -8, m), DecimalStatus::TooLarge);
  EXPECT_EQ(m, 0) << "nothing half done";
}

TEST(CommonExponent, IsThePreferredOneOrTheNearestThatLosesNothing) {
  const auto common = [](std::vector<Decimal> values, int preferred) {
    return common_exponent(values, preferred);
  };
  EXPECT_EQ(common({}, -5), -5);
  EXPECT_EQ(common({{15, -1}, {2, 3}}, -5), -5);
  EXPECT_EQ(common({{15, -1}, {123456789, -9}}, -5), -9) << "finer for more digits";
  EXPECT_EQ(common({{INT64_MAX / 1000, 0}, {5, -1}}, -8), -3) << "coarser for large values";
  EXPECT_EQ(common({{INT64_MAX, 0}, {5, -1}}, -8), std::nullopt);
  EXPECT_EQ(common({{5, 18}}, -8), 0);
  EXPECT_EQ(common({{50, 18}}, -8), 1) << "5 * 10^19 is 5 * 10^18 tens";
  EXPECT_EQ(common({{1, -18}}, 0), -18);
}

}  // namespace
}  // namespace kit
