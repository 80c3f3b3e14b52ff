#include "sim/decimal.hpp"

#include <gtest/gtest.h>

namespace tapedeck::sim {
namespace {

TEST(Decimal, ReadsAndWritesExactly) {
  const std::pair<const char *, const char *> cases[] = {
      {"0", "0.00000000"},          {"322.31", "322.31000000"},
      {".5", "0.50000000"},         {"1e-05", "0.00001000"},
      {"5.92946982", "5.92946982"}, {"92233720368.54775807", "92233720368.54775807"},
      {"-0.1", "-0.10000000"},      {"1.2300000000000000000000000", "1.23000000"},
      {"2E3", "2000.00000000"},
  };
  for (const auto &[in, out] : cases) {
    const DecimalResult parsed = parse_decimal(in);
    ASSERT_FALSE(parsed.error) << in;
    EXPECT_EQ(decimal_text(parsed.value), out) << in;
  }
}

TEST(Decimal, RefusesWhatItCannotHold) {
  const std::pair<const char *, DecimalError> cases[] = {
      {"", DecimalError::NotANumber},
      {"abc", DecimalError::NotANumber},
      {"1.2.3", DecimalError::NotANumber},
      {"-", DecimalError::NotANumber},
      {"nan", DecimalError::NotANumber},
      {"1e", DecimalError::NotANumber},
      {"0.123456789", DecimalError::TooManyDecimals},
      {"92233720369", DecimalError::TooLarge},
      {"99999999999999999999", DecimalError::TooLarge},
  };
  for (const auto &[in, error] : cases) EXPECT_EQ(parse_decimal(in).error, error) << in;
}

TEST(Decimal, WritesSumsBeyond64Bits) {
  const Wide sum = static_cast<Wide>(9'000'000'000'000'000'000) * 1000 + 7;
  EXPECT_EQ(decimal_text(sum), "90000000000000.00000007");
  EXPECT_EQ(decimal_text(-sum), "-90000000000000.00000007");
}

}  // namespace
}  // namespace tapedeck::sim
