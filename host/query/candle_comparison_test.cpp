#include "query/candle_comparison.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace tapedeck;
namespace {

// Candles of which all four prices are the same.
struct Rows {
  std::vector<std::int64_t> times, prices;
  std::int32_t exp = 0;
  tdk_candle_batch view() const {
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = times.size();
    b.price_exp = exp;
    b.open_time = times.data();
    b.open = b.high = b.low = b.close = prices.data();
    return b;
  }
};

struct Compared {
  ComparisonSummary summary;
  std::vector<CandleDifference> found;
};

Compared compare(const Rows &a, const Rows &b, const char *tolerance = "0") {
  Compared out;
  CandleComparison comparison(parse_tolerance(tolerance).value(), [&](const CandleDifference &d) { out.found.push_back(d); });
  comparison.add(a.view(), b.view());
  out.summary = comparison.summary();
  return out;
}

// In basis points, of one price.
std::string apart(std::int64_t a, std::int32_t a_exp, std::int64_t b, std::int32_t b_exp) {
  const auto compared = compare({{0}, {a}, a_exp}, {{0}, {b}, b_exp});
  return compared.found.empty() ? "equal" : compared.found[0].basis_points;
}

}  // namespace

TEST(CompareCandles, NumbersAreEqualWhateverTheirExponents) {
  EXPECT_EQ(apart(10950, -4, 1095000, -6), "equal");
  EXPECT_EQ(apart(0, -4, 0, 3), "equal");
  EXPECT_EQ(apart(5, 18, 500, 16), "equal");
  EXPECT_EQ(apart(INT64_MAX, -18, INT64_MAX, -18), "equal");
}

TEST(CompareCandles, DifferencesAreExact) {
  EXPECT_EQ(apart(10000, 0, 10001, 0), "1.00");
  EXPECT_EQ(apart(10001, 0, 10000, 0), "-1.00");
  EXPECT_EQ(apart(109500, -5, 109510, -5), "0.91");
  EXPECT_EQ(apart(3, 0, 4, 0), "3333.33");
  EXPECT_EQ(apart(-100, 0, -101, 0), "-100.00") << "of the size of A";
  EXPECT_EQ(apart(9007199254740993, -3, 9007199254740992, -3), "0.00") << "different, though not by a hundredth";
}

TEST(CompareCandles, NothingIsToldApartFromZeroInBasisPoints) {
  EXPECT_EQ(apart(0, 0, 1, -18), "inf");
  EXPECT_EQ(apart(0, 0, -1, 0), "-inf");
  EXPECT_EQ(apart(1, 0, 0, 0), "-10000.00");
  EXPECT_EQ(apart(INT64_MAX, -18, INT64_MAX, 18), "inf") << "further apart than can be said";
}

TEST(CompareCandles, TheToleranceIsIncluded) {
  const Rows a{{0}, {10000}, 0}, b{{0}, {10001}, 0};
  EXPECT_TRUE(compare(a, b, "1").summary.same());
  EXPECT_EQ(compare(a, b, "1").summary.within, 1u);
  EXPECT_FALSE(compare(a, b, "0.999999").summary.same());
  EXPECT_EQ(compare(a, b, "0.999999").summary.different, 1u);
  EXPECT_EQ(compare(a, b, "0.999999").found.size(), 4u) << "one of each price";
  const Rows c{{0}, {300'000'000}, 0}, d{{0}, {300'000'001}, 0};  // 0.0000333... of a basis point
  EXPECT_FALSE(compare(c, d, "0.000033").summary.same());
  EXPECT_TRUE(compare(c, d, "0.000034").summary.same());
}

TEST(CompareCandles, RowsThatOneOfThemLacks) {
  const auto compared = compare({{1, 2, 4}, {10, 11, 12}, -1}, {{2, 3, 4, 5}, {11, 7, 12, 8}, -1}, "5");
  ASSERT_EQ(compared.found.size(), 3u);
  EXPECT_EQ(compared.found[0].kind, CandleDifference::Kind::OnlyA);
  EXPECT_EQ(compared.found[0].time, 1);
  EXPECT_EQ(compared.found[0].a, "1.0");
  EXPECT_EQ(compared.found[0].b, "");
  EXPECT_EQ(compared.found[1].kind, CandleDifference::Kind::OnlyB);
  EXPECT_EQ(compared.found[1].b, "0.7");
  EXPECT_EQ(compared.found[2].time, 5);
  EXPECT_EQ(compared.summary.equal, 2u);
  EXPECT_EQ(compared.summary.only_a, 1u);
  EXPECT_EQ(compared.summary.only_b, 2u);
  EXPECT_EQ(compared.summary.rows_b, 4u);
  EXPECT_FALSE(compared.summary.same());
}

TEST(CompareCandles, TheLargestDifferenceIsToldAlsoWithinTheTolerance) {
  EXPECT_EQ(compare({{0, 1}, {10000, 10000}, 0}, {{0, 1}, {10001, 9998}, 0}, "50").summary.largest, "2.00");
}

TEST(CompareCandles, TolerancesAreExactDecimals) {
  EXPECT_EQ(parse_tolerance("0.5"), 500'000);
  EXPECT_EQ(parse_tolerance("10000"), 10'000'000'000);
  EXPECT_EQ(parse_tolerance("0"), 0);
  for (const char *bad : {"", ".", "-1", "1.", ".5", "1e3", "10001", "0.0000001", "99999", "1,5", "5 bp"})
    EXPECT_FALSE(parse_tolerance(bad)) << bad;
}
