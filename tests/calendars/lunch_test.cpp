// Hong Kong and Tokyo: sessions, lunch breaks, half days and lost mornings, as written down by hand in local time.
#include <gtest/gtest.h>

#include "market/calendar.hpp"

using namespace tapedeck;
namespace {

// Both are ahead of UTC by a whole number of hours and know no summer time.
struct Place {
  const char *calendar;
  Nanos ahead;
};
constexpr Place kHongKong{"xhkg", 8 * kHour}, kTokyo{"xtks", 9 * kHour};

// The time of a local day in which candles are expected, "09:30-12:00 13:00-16:00"; "closed" when there is none.
std::string sessions(Place place, const std::string &day) {
  const Nanos midnight = parse_time(day, 0).value() - place.ahead;
  RangeSet open({midnight, midnight + kDay});
  open.subtract(quiet_time(find_calendar(place.calendar).get(), {midnight, midnight + kDay}));
  std::string out;
  for (const auto &r : open.ranges())
    out += (out.empty() ? "" : " ") + format_time(r.from + place.ahead).substr(11, 5) + "-" +
           format_time(r.to + place.ahead).substr(11, 5);
  return out.empty() ? "closed" : out;
}

struct Case {
  const char *day, *sessions;
};

void expect(Place place, const std::vector<Case> &cases) {
  for (const auto &c : cases) EXPECT_EQ(sessions(place, c.day), c.sessions) << place.calendar << " " << c.day;
}

}  // namespace

TEST(LunchBreaks, HongKongThroughItsHours) {
  expect(kHongKong, {{"2011-03-04", "10:00-12:30 14:30-16:00"},
                     {"2011-03-07", "09:30-12:00 13:30-16:00"},
                     {"2012-03-02", "09:30-12:00 13:30-16:00"},
                     {"2012-03-05", "09:30-12:00 13:00-16:00"},
                     {"2024-07-02", "09:30-12:00 13:00-16:00"},
                     {"2024-07-06", "closed"}});
}

TEST(LunchBreaks, HongKongHalfDays) {
  expect(kHongKong, {{"2010-12-24", "10:00-12:30"},
                     {"2012-12-24", "09:30-12:00"},
                     {"2021-12-31", "09:30-12:00"},
                     {"2024-02-09", "09:30-12:00"},   // eve of the year of the dragon
                     {"2025-01-28", "09:30-12:00"},
                     {"2022-12-23", "09:30-12:00 13:00-16:00"}});  // the eve was a Saturday
}

TEST(LunchBreaks, HongKongHolidays) {
  expect(kHongKong, {{"2024-02-12", "closed"},   // third day of the year
                     {"2024-02-13", "closed"},   // for the second day, a Sunday
                     {"2024-02-14", "09:30-12:00 13:00-16:00"},
                     {"2024-04-04", "closed"},   // Ching Ming
                     {"2015-04-07", "closed"},   // Ching Ming on Easter Sunday: after Easter Monday
                     {"2024-05-15", "closed"},   // the Buddha's birthday
                     {"2024-06-10", "closed"},   // Tuen Ng
                     {"2024-07-01", "closed"},
                     {"2024-09-18", "closed"},   // after Mid-Autumn
                     {"2012-10-02", "closed"},   // after Mid-Autumn was National Day
                     {"2024-10-11", "closed"},   // Chung Yeung
                     {"2034-09-28", "closed"},   // after Mid-Autumn of a year in which tables differ
                     {"2022-12-26", "closed"},   // Christmas on Sunday: two days after it
                     {"2022-12-27", "closed"},
                     {"2022-12-28", "09:30-12:00 13:00-16:00"},
                     {"2003-01-31", "closed"},   // the Lunar New Year on Saturday: the day before, until 2011
                     {"2017-01-31", "closed"}}); // and the fourth day since
}

TEST(LunchBreaks, HongKongTyphoons) {
  expect(kHongKong, {{"2017-08-23", "closed"},
                     {"2023-09-08", "closed"},
                     {"2008-06-25", "14:30-16:00"},
                     {"2014-09-16", "13:00-16:00"},
                     {"2024-11-14", "09:30-12:00 13:00-16:00"}});  // typhoon signal 8, and trading: since September
}

// The closing auction begins at 15:25: nothing is traded then, and what is printed at 15:30 is optional.
TEST(LunchBreaks, TokyoThroughItsHours) {
  expect(kTokyo, {{"2011-11-18", "09:00-11:00 12:30-15:00"},
                  {"2011-11-21", "09:00-11:30 12:30-15:00"},
                  {"2006-03-01", "09:00-11:00 13:00-15:00"},
                  {"2024-11-01", "09:00-11:30 12:30-15:00"},
                  {"2024-11-05", "09:00-11:30 12:30-15:25"}});
  const auto tokyo = find_calendar("xtks");
  const TimeRange last{parse_time("2024-11-05T06:25:00Z", 0).value(), parse_time("2024-11-05T06:30:00Z", 0).value()};
  EXPECT_TRUE(tokyo->closed(last).empty()) << "open until 15:30";
}

TEST(LunchBreaks, TokyoHalfDaysAndFailures) {
  expect(kTokyo, {{"2008-12-30", "09:00-11:00"},
                  {"2009-01-05", "09:00-11:00"},
                  {"2009-12-30", "09:00-11:00 12:30-15:00"},
                  {"2005-11-01", "13:30-15:00"},
                  {"2006-01-18", "09:00-11:00 12:30-14:40"},
                  {"2020-10-01", "closed"}});
}

TEST(LunchBreaks, TokyoHolidays) {
  expect(kTokyo, {{"2019-04-29", "closed"}, {"2019-04-30", "closed"}, {"2019-05-01", "closed"}, {"2019-05-06", "closed"},
                  {"2019-05-07", "09:00-11:30 12:30-15:00"},
                  {"2009-05-06", "closed"},   // for the third of May, a Sunday
                  {"2015-09-22", "closed"},   // between two holidays
                  {"2024-03-20", "closed"}, {"2024-09-23", "closed"},  // equinoxes
                  {"2020-07-24", "closed"}, {"2020-10-12", "09:00-11:30 12:30-15:00"},  // Sports Day moved for the Games
                  {"2024-02-12", "closed"}, {"2024-02-23", "closed"},
                  {"2018-12-24", "closed"}, {"2019-12-23", "09:00-11:30 12:30-15:00"},
                  {"2024-12-31", "closed"}, {"2025-01-03", "closed"}, {"2025-01-06", "09:00-11:30 12:30-15:25"}});
}

// Trades may have been made: they are asked for along with others, but nothing is missing without them.
TEST(LunchBreaks, DaysAndHoursOfWhichNobodyIsSureAreNeitherHolidaysNorHoles) {
  expect(kHongKong, {{"2021-06-28", "13:30-16:00"}, {"2022-11-02", "09:30-12:00 13:00-13:30"}});
  expect(kTokyo, {{"2020-09-30", "09:00-11:30 12:30-15:00"}, {"2020-10-01", "closed"}, {"2020-10-02", "09:00-11:30 12:30-15:00"}});
  const Nanos nine = parse_time("2020-10-01T00:00:00Z", 0).value();
  const auto tokyo = find_calendar("xtks");
  EXPECT_TRUE(tokyo->closed({nine, nine + 2 * kHour}).empty());
  EXPECT_FALSE(tokyo->closed({nine + 3 * kHour, nine + 3 * kHour + kMinute}).empty()) << "lunch";
}
