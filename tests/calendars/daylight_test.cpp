// Forex and metals over ten years: each open and each close is the instant that arithmetic says.
#include <gtest/gtest.h>

#include <cstdio>

#include "market/calendar.hpp"
#include "market/local_time.hpp"
#include "new_york.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

constexpr int kFirstYear = 2014, kLastYear = 2023;

struct Change {
  Nanos at;
  bool opens;
  bool operator==(const Change &) const = default;
};

// Where a calendar goes from open (or optional) to closed, and back, in [from, to).
std::vector<Change> changes(const char *name, TimeRange range) {
  std::vector<Change> out;
  for (const auto &r : find_calendar(name)->closed(range).ranges()) {
    if (r.from > range.from) out.push_back({r.from, false});
    if (r.to < range.to) out.push_back({r.to, true});
  }
  return out;
}

std::string text(const std::vector<Change> &changes) {
  std::string out;
  for (const auto &c : changes) out += (c.opens ? " opens " : " closes ") + format_time(c.at);
  return out;
}

// The weeks around Christmas and the New Year have rules of their own, tested elsewhere.
bool around_new_year(Nanos monday) {
  const CivilTime friday = civil_of(monday + 4 * kDay), sunday = civil_of(monday - kDay);
  return (friday.month == 12 && friday.day >= 24) || (sunday.month == 1 && sunday.day <= 2) || friday.year != sunday.year;
}

bool changes_clocks(Nanos monday) { return behind_utc(monday - 2 * kDay) != behind_utc(monday); }

}  // namespace

TEST(Daylight, ForexOpensAndClosesEachWeekOfTenYears) {
  int weeks = 0, with_change = 0;
  Nanos monday = midnight(kFirstYear, 1, 6);
  ASSERT_EQ(weekday_of(monday), 0);
  for (; civil_of(monday).year <= kLastYear; monday += 7 * kDay) {
    if (around_new_year(monday)) continue;
    const std::vector<Change> expected = {{new_york(monday - kDay, 17 * kHour), true},
                                          {new_york(monday + 4 * kDay, 17 * kHour), false}};
    const auto found = changes("forex", {monday - 2 * kDay, monday + 5 * kDay});
    EXPECT_EQ(found, expected) << text(found) << "; expected" << text(expected);
    ++weeks;
    with_change += changes_clocks(monday) ? 1 : 0;
  }
  std::printf("forex %d to %d: %d weeks with the right open and close, %d of them begin with a change of clocks\n", kFirstYear,
              kLastYear, weeks, with_change);
  EXPECT_EQ(with_change, 20) << "two a year";
  EXPECT_GE(weeks, 500);
}

// Two weeks on either side of each change: no holiday lies there but Good Friday and Veterans Day, which metals
// ignore, and Thanksgiving lies later.
TEST(Daylight, MetalsOpenAndCloseEachDayAroundEachChangeOfClocks) {
  int days = 0;
  for (int year = kFirstYear; year <= kLastYear; ++year)
    for (const Nanos sunday : {nth_sunday(year, 3, 2), nth_sunday(year, 11, 1)}) {
      const Nanos first = sunday - 6 * kDay;  // a Monday
      std::vector<Change> expected;
      for (Nanos day = first; day < first + 12 * kDay; day += kDay) {
        if (weekday_of(day) > 4) continue;
        const Nanos close = day < midnight(2015, 9, 21) ? 17 * kHour + 15 * kMinute : 17 * kHour;
        expected.push_back({new_york(day - kDay, 18 * kHour), true});
        expected.push_back({new_york(day, close), false});
        ++days;
      }
      const auto found = changes("metals", {first - 2 * kDay, first + 12 * kDay});
      EXPECT_EQ(found, expected) << year << text(found) << "; expected" << text(expected);
    }
  std::printf("metals %d to %d: %d days around the changes of clocks open and close right\n", kFirstYear, kLastYear, days);
  EXPECT_EQ(days, 200);
}

TEST(Daylight, InstantsThatPeopleCanCheck) {
  const auto time = [](const char *t) { return parse_time(t, 0).value(); };
  // Clocks go forward on 10 March 2019: Friday still closes at 22:00Z, Sunday opens at 21:00Z.
  EXPECT_EQ(changes("forex", {time("2019-03-08T12:00:00Z"), time("2019-03-11T12:00:00Z")}),
            (std::vector<Change>{{time("2019-03-08T22:00:00Z"), false}, {time("2019-03-10T21:00:00Z"), true}}));
  // And back on 3 November 2019.
  EXPECT_EQ(changes("forex", {time("2019-11-01T12:00:00Z"), time("2019-11-04T12:00:00Z")}),
            (std::vector<Change>{{time("2019-11-01T21:00:00Z"), false}, {time("2019-11-03T22:00:00Z"), true}}));
  EXPECT_EQ(changes("metals", {time("2019-11-01T12:00:00Z"), time("2019-11-04T12:00:00Z")}),
            (std::vector<Change>{{time("2019-11-01T21:00:00Z"), false}, {time("2019-11-03T23:00:00Z"), true}}));
  // London changes on other days: 31 March 2019.
  EXPECT_EQ(changes("xlon", {time("2019-03-29T12:00:00Z"), time("2019-04-01T12:00:00Z")}),
            (std::vector<Change>{{time("2019-03-29T16:40:00Z"), false}, {time("2019-04-01T07:00:00Z"), true}}));
  // The rules reach to the end of the years that calendars know.
  EXPECT_EQ(changes("forex", {time("2035-07-06T12:00:00Z"), time("2035-07-09T12:00:00Z")}),
            (std::vector<Change>{{time("2035-07-06T21:00:00Z"), false}, {time("2035-07-08T21:00:00Z"), true}}));
}

// No calendar of ours lies there yet; summer begins in October and ends in April.
TEST(Daylight, TheSouthernHemisphereChangesTheOtherWay) {
  const LocalTime sydney("Australia/Sydney");
  const auto day = [](int y, unsigned m, unsigned d) {
    return Day(std::chrono::year_month_day{std::chrono::year(y), std::chrono::month(m), std::chrono::day(d)});
  };
  const auto at = [&](Day d, int minute) { return format_time(sydney.instant(d, minute)); };
  EXPECT_EQ(at(day(2023, 9, 30), 600), "2023-09-30T00:00:00Z");
  EXPECT_EQ(at(day(2023, 10, 1), 600), "2023-09-30T23:00:00Z");
  EXPECT_EQ(at(day(2024, 4, 6), 600), "2024-04-05T23:00:00Z");
  EXPECT_EQ(at(day(2024, 4, 7), 600), "2024-04-07T00:00:00Z");
  EXPECT_EQ(at(day(2023, 10, 1), 150), "2023-09-30T16:00:00Z") << "2:30 was skipped: the instant of the change";
  EXPECT_EQ(at(day(2024, 4, 7), 150), "2024-04-06T15:30:00Z") << "2:30 came twice: the first";
}
