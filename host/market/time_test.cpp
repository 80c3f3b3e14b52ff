#include "market/time.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {
constexpr Nanos kNow = 1'700'000'000 * kSecond;
}

TEST(ParseTime, ReadsEveryForm) {
  EXPECT_EQ(parse_time("2024-01-01", kNow), 1'704'067'200 * kSecond);
  EXPECT_EQ(parse_time("2024-01-01T10:00:00Z", kNow), 1'704'103'200 * kSecond);
  EXPECT_EQ(parse_time("2024-01-01T10:00", kNow), 1'704'103'200 * kSecond);
  EXPECT_EQ(parse_time("2024-01-01 12:00:00.250+02:00", kNow), 1'704'103'200 * kSecond + 250'000'000);
  EXPECT_EQ(parse_time("1704067200", kNow), 1'704'067'200 * kSecond);
  EXPECT_EQ(parse_time("30d", kNow), kNow - 30 * kDay);
  EXPECT_EQ(parse_time("2y", kNow), kNow - 730 * kDay);
  EXPECT_EQ(parse_time("now", kNow), kNow);
}

TEST(ParseTime, YearsAreCalendarYears) {
  const auto at = [](const char *text) { return parse_time(text, 0).value(); };
  EXPECT_EQ(parse_time("1y", at("2024-06-01T10:30:00Z")), at("2023-06-01T10:30:00Z"));
  EXPECT_EQ(parse_time("2y", at("2025-01-01")), at("2023-01-01")) << "731 days: 2024 has a leap day";
  EXPECT_EQ(parse_time("1y", at("2024-02-29T12:00:00Z")), at("2023-02-28T12:00:00Z"));
  EXPECT_EQ(parse_time("4y", at("2024-02-29")), at("2020-02-29"));
  EXPECT_EQ(parse_time("60y", at("2020-05-05")), at("1960-05-05"));
  EXPECT_FALSE(parse_time("400y", at("2020-05-05")).has_value()) << "before int64 nanoseconds begin";
  EXPECT_FALSE(parse_time("y", kNow).has_value());
}

TEST(ParseDuration, AYearHas365Days) { EXPECT_EQ(parse_duration("1y"), 365 * kDay); }

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char *bad : {"", "2024", "2024-13-01", "2024-02-30", "2024-01-01T25:00:00Z", "2024-01-01T10",
                          "2024-01-01x", "yesterday", "-5", "2024-01-01T10:00:00+", "99999999999999999999"})
    EXPECT_FALSE(parse_time(bad, kNow).has_value()) << bad;
}

TEST(FormatTime, RoundTrips) {
  for (const char *text : {"1969-12-31T23:59:59Z", "2024-02-29T00:00:00Z", "2024-01-01T00:00:00.001Z",
                           "2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00.000000001Z"})
    EXPECT_EQ(format_time(parse_time(text, 0).value()), text);
}

TEST(ParseDuration, WantsAUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250'000'000);
  EXPECT_EQ(parse_duration("15s"), 15 * kSecond);
  for (const char *bad : {"30", "s", "1.5s", "-1s", "1x", "99999999999999d"})
    EXPECT_FALSE(parse_duration(bad).has_value()) << bad;
}

TEST(FormatDuration, IsForPeople) {
  EXPECT_EQ(format_duration(250'000'000), "250 ms");
  EXPECT_EQ(format_duration(75 * kSecond), "1m 15s");
  EXPECT_EQ(format_duration(3 * kDay + kHour), "3d 1h");
}
