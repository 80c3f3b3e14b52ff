// The zones' summer times, at both changes of a year.
#include "sim/zone.hpp"

#include <gtest/gtest.h>

#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

struct Change {
  const char *zone;
  const char *last, *first;    ///< seconds of UTC before and at the change
  std::int64_t before, after;  ///< minutes
};

TEST(Zones, ChangeTheirClocksWhereTheyDo) {
  for (const Change &c : {
           Change{"America/New_York", "2024-03-10T06:59:59Z", "2024-03-10T07:00:00Z", -300, -240},
           Change{"America/New_York", "2024-11-03T05:59:59Z", "2024-11-03T06:00:00Z", -240, -300},
           Change{"America/Chicago", "2024-03-10T07:59:59Z", "2024-03-10T08:00:00Z", -360, -300},
           Change{"America/Chicago", "2024-11-03T06:59:59Z", "2024-11-03T07:00:00Z", -300, -360},
           Change{"Australia/Sydney", "2024-04-06T15:59:59Z", "2024-04-06T16:00:00Z", 660, 600},
           Change{"Australia/Sydney", "2024-10-05T15:59:59Z", "2024-10-05T16:00:00Z", 600, 660},
           Change{"Europe/Berlin", "2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", 60, 120},
           Change{"Europe/London", "2024-10-27T00:59:59Z", "2024-10-27T01:00:00Z", 60, 0},
           Change{"Asia/Kolkata", "2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", 330, 330},
       }) {
    const Zone zone = *Zone::find(c.zone);
    EXPECT_EQ(zone.offset_ms(*parse_iso8601(c.last)), c.before * kMinuteMs) << c.zone << c.last;
    EXPECT_EQ(zone.offset_ms(*parse_iso8601(c.first)), c.after * kMinuteMs) << c.zone << c.first;
  }
}

TEST(Zones, ReadAClockBack) {
  const auto utc = [](const char *zone, const char *shown) {
    return iso8601(Zone::find(zone)->to_utc(*parse_iso8601(shown)));
  };
  EXPECT_EQ(utc("America/New_York", "2024-01-02T09:30:00"), "2024-01-02T14:30:00.000Z");
  EXPECT_EQ(utc("America/New_York", "2024-11-03T01:30:00"), "2024-11-03T05:30:00.000Z")
      << "shown twice: the first";
  EXPECT_EQ(utc("Australia/Sydney", "2024-04-07T02:30:00"), "2024-04-06T15:30:00.000Z");
  EXPECT_EQ(utc("Australia/Sydney", "2024-05-01T20:00:00"), "2024-05-01T10:00:00.000Z");
}

TEST(Zones, AreKnownByTheirExactNames) {
  EXPECT_EQ(Zone::find("America/New_York")->name(), Zone::new_york().name());
  EXPECT_FALSE(Zone::find("america/new_york"));
  EXPECT_FALSE(Zone::find("Mars/Base"));
}

TEST(Weekdays, CountFromSunday) {
  EXPECT_EQ(weekday(0), 4) << "1970-01-01 was a Thursday";
  EXPECT_EQ(weekday(-5), 6);
  EXPECT_EQ(weekday(days_from_civil(2024, 5, 5)), 0);
}

}  // namespace
}  // namespace tapedeck::sim
