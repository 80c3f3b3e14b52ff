#include "sim/interval.hpp"

#include <gtest/gtest.h>

#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

std::string floor_of(const char *interval, const char *time, std::int64_t zone_ms = 0) {
  return iso8601(Grid(*find_interval(interval), zone_ms).floor(*parse_iso8601(time)));
}

TEST(Grid, OpensWhereBinanceOpens) {
  EXPECT_EQ(floor_of("4h", "2024-02-29T11:59:59Z"), "2024-02-29T08:00:00.000Z");
  EXPECT_EQ(floor_of("1w", "2024-03-03T23:59:59Z"), "2024-02-26T00:00:00.000Z");  // a Monday
  EXPECT_EQ(floor_of("1M", "2024-02-29T23:00:00Z"), "2024-02-01T00:00:00.000Z");
  EXPECT_EQ(floor_of("1d", "2024-01-01T20:00:00Z", 8 * kHourMs), "2024-01-01T16:00:00.000Z");
  EXPECT_EQ(floor_of("1M", "2024-01-31T20:00:00Z", 8 * kHourMs), "2024-01-31T16:00:00.000Z");
}

TEST(Grid, ShiftAndCountAgreeForEveryInterval) {
  const std::int64_t start = *parse_iso8601("2023-11-15T13:07:21Z");
  for (const Interval &interval : all_intervals()) {
    const Grid grid(interval, 5 * kHourMs);
    const std::int64_t first = grid.ceil(start);
    const std::int64_t last = grid.shift(first, 17);
    EXPECT_GE(first, start);
    EXPECT_EQ(grid.floor(last), last) << interval.name;
    EXPECT_EQ(grid.count(first, last), 18) << interval.name;
    EXPECT_EQ(grid.shift(last, -17), first) << interval.name;
    EXPECT_EQ(grid.floor(last - 1), grid.shift(last, -1)) << interval.name;
  }
}

TEST(TimeText, ReadsIsoAndEpoch) {
  constexpr std::int64_t expected = 1'704'103'200'000;
  for (const char *text : {"2024-01-01T10:00:00Z", "2024-01-01 10:00", "2024-01-01T12:00:00+02:00",
                           "2024-01-01T05:00:00.000-0500", "1704103200", "1704103200000"})
    EXPECT_EQ(parse_time(text), expected) << text;
  for (const char *text :
       {"", "2024-13-01", "2023-02-29", "2024-01-01T25:00", "noon", "2024-01-01x"})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tapedeck::sim
