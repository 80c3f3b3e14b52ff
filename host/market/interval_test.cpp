#include "market/interval.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {
Nanos at(const char *text) { return parse_time(text, 0).value(); }
Interval interval(const char *name) { return Interval::parse(name).value(); }
}  // namespace

TEST(Interval, ReadsNamesAndAliases) {
  for (const auto &i : Interval::all()) EXPECT_EQ(interval(i.name().c_str()), i);
  EXPECT_EQ(interval("M15").name(), "15m");
  EXPECT_EQ(interval("15min").name(), "15m");
  EXPECT_EQ(interval("1day").name(), "1d");
  EXPECT_EQ(interval("1H").name(), "1h");
  EXPECT_NE(interval("1m"), interval("1M"));
  for (const char *bad : {"", "2m", "1min ", "m", "0m", "7d"}) EXPECT_FALSE(Interval::parse(bad)) << bad;
}

TEST(Interval, FloorsToItsGrid) {
  EXPECT_EQ(interval("15m").floor(at("2024-03-10T10:29:59Z")), at("2024-03-10T10:15:00Z"));
  EXPECT_EQ(interval("1w").floor(at("2024-03-10T10:00:00Z")), at("2024-03-04"));  // Sunday to Monday
  EXPECT_EQ(interval("1M").floor(at("2024-03-10T10:00:00Z")), at("2024-03-01"));
  EXPECT_EQ(interval("1h").floor(at("1969-12-31T23:30:00Z")), at("1969-12-31T23:00:00Z"));
  EXPECT_EQ(interval("4h").ceil(at("2024-03-10T10:00:00Z")), at("2024-03-10T12:00:00Z"));
}

TEST(Interval, CountsOpenTimes) {
  EXPECT_EQ(interval("1m").count({at("2024-01-01"), at("2025-01-01")}), 527040);  // a leap year
  EXPECT_EQ(interval("1m").count({at("2024-01-01") + 1, at("2024-01-01T00:02:00Z")}), 1);
  EXPECT_EQ(interval("1M").count({at("2023-11-15"), at("2024-03-01")}), 3);
  EXPECT_EQ(interval("1M").advance(at("2023-11-01"), 4), at("2024-03-01"));
  EXPECT_EQ(interval("1d").count({5, 5}), 0);
}

TEST(Interval, EndsWithTimeInsteadOfOverflowing) {
  for (const auto &i : Interval::all()) {
    EXPECT_EQ(i.advance(0, INT64_MAX), INT64_MAX) << i.name();
    EXPECT_EQ(i.advance(0, INT64_MIN), INT64_MIN) << i.name();
    EXPECT_EQ(i.next(i.floor(INT64_MAX)), INT64_MAX) << i.name();
    EXPECT_EQ(i.floor(INT64_MIN), INT64_MIN) << i.name();
    EXPECT_EQ(i.ceil(INT64_MAX), INT64_MAX) << i.name();
  }
}
