// Numbers, instants and texts on their way to PostgreSQL and back.
#include "moment.hpp"
#include "numeric.hpp"
#include "partitions.hpp"
#include "kit/storage/utf8.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tapedeck::postgres {
namespace {

std::string numeric(std::int64_t mantissa, int exp) {
  char bytes[kNumericMax];
  return {bytes, write_numeric(bytes, mantissa, exp)};
}

TEST(Numeric, EveryMantissaComesBackAtEveryExponent) {
  std::mt19937_64 random(5);
  std::vector<std::int64_t> mantissas = {0, 1, -1, 9, 10, 9999, 10000, 10001, INT64_MAX, -INT64_MAX, INT64_MAX - 1, 1'000'000'000'000'000'000};
  for (int i = 0; i < 2000; ++i) mantissas.push_back(static_cast<std::int64_t>(random() >> 1 >> random() % 63));
  for (int exp = -18; exp <= 18; ++exp)
    for (const std::int64_t m : mantissas) {
      std::int64_t back = 77;
      ASSERT_TRUE(read_numeric(numeric(m, exp), exp, back)) << m << "e" << exp;
      ASSERT_EQ(back, m) << "e" << exp;
    }
}

TEST(Numeric, IsWrittenAsTheServerWritesIt) {
  // 42000.10: digits 4, 2000, 1000; the first counts tens of thousands; two places.
  EXPECT_EQ(numeric(4'200'010, -2), std::string("\0\3\0\1\0\0\0\2\0\4\x07\xd0\3\xe8", 14));
  EXPECT_EQ(numeric(0, -2), std::string("\0\0\0\0\0\0\0\2", 8));
  EXPECT_EQ(numeric(-5, -8), std::string("\0\1\xff\xfe\x40\0\0\x08\0\5", 10));
  EXPECT_EQ(numeric(42, 3), std::string("\0\2\0\1\0\0\0\0\0\4\x07\xd0", 12));
}

TEST(Numeric, ANumberMayBeReadAtAnotherExponentOnlyIfItIsOneThere) {
  std::int64_t m = 0;
  EXPECT_TRUE(read_numeric(numeric(100, -2), 0, m));
  EXPECT_EQ(m, 1);
  EXPECT_FALSE(read_numeric(numeric(101, -2), 0, m));
  EXPECT_FALSE(read_numeric(numeric(1, 18), -1, m)) << "too big for an int64";
  EXPECT_FALSE(read_numeric(numeric(INT64_MAX, 1), 0, m));
}

TEST(Numeric, WhatIsNoNumberIsRefused) {
  std::int64_t m = 0;
  for (const std::string &bytes : {std::string(), std::string(7, '\0'), std::string("\0\0\0\0\xc0\0\0\0", 8),
                                   std::string("\0\2\0\0\0\0\0\0\0\1", 10), std::string("\xff\xff\0\0\0\0\0\0", 8),
                                   std::string("\0\1\x7f\xff\0\0\0\0\0\1", 10), std::string("\0\1\0\0\0\0\0\0\x27\x10", 10)})
    EXPECT_FALSE(read_numeric(bytes, 0, m)) << bytes.size();
}

TEST(Moment, EveryNanosecondComesBack) {
  for (const std::int64_t ns : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{999}, std::int64_t{-999}, std::int64_t{-1000},
                                std::int64_t{-1001}, std::int64_t{1'704'067'200'000'000'001}, INT64_MAX, INT64_MAX - 1, INT64_MIN, INT64_MIN + 1}) {
    const Moment m = moment_of(ns);
    EXPECT_GE(m.nanos, 0);
    EXPECT_LT(m.nanos, 1000);
    EXPECT_EQ(nanoseconds_of(m), ns);
  }
  EXPECT_EQ(moment_of(946'684'800'000'000'000).micros, 0) << "2000-01-01, where PostgreSQL counts from";
}

TEST(Months, BeginWhereTheCalendarSays) {
  EXPECT_EQ(begin_of_month(1970 * 12), 0);
  EXPECT_EQ(begin_of_month(2024 * 12 + 2), 1'709'251'200'000'000'000) << "March of a leap year";
  for (const std::int64_t month : {1990 * 12, 2024 * 12 + 1, 2099 * 12 + 11}) {
    EXPECT_EQ(month_of(begin_of_month(month)), month);
    EXPECT_EQ(month_of(begin_of_month(month) - 1), month - 1);
  }
  EXPECT_EQ(month_of(INT64_MAX), 2262 * 12 + 3);
  EXPECT_EQ(month_of(INT64_MIN), 1677 * 12 + 8);
  EXPECT_EQ(begin_of_month(2262 * 12 + 4), INT64_MAX);
}

TEST(Storable, KeepsWhatIsUtf8AndReplacesTheRest) {
  using namespace std::string_literals;
  for (const std::string &good : {""s, "plain"s, "\xc3\xa9\xe4\xba\xac\xf0\x9f\x98\x80"s}) EXPECT_EQ(kit::storable(good), good);
  EXPECT_EQ(kit::storable("a\0b"s), "a?b");
  EXPECT_EQ(kit::storable("\xff\xfe"), "??");
  EXPECT_EQ(kit::storable("\xc3"), "?") << "cut off";
  EXPECT_EQ(kit::storable("\xe4\xba"), "??");
  EXPECT_EQ(kit::storable("\xc0\x80"), "??") << "NUL in two bytes";
  EXPECT_EQ(kit::storable("\xed\xa0\x80"), "???") << "a surrogate";
  EXPECT_EQ(kit::storable("\xf4\x90\x80\x80"), "????") << "beyond U+10FFFF";
}

}  // namespace
}  // namespace tapedeck::postgres
