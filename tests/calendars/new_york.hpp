// New York's clock and weeks by arithmetic of the tests' own: nothing of the code under test, no time zones.
#pragma once

#include <string>

#include "market/time.hpp"

namespace tapedeck::testing {

// 0 is Monday. 1970-01-01 was a Thursday.
constexpr int weekday_of(Nanos midnight) { return static_cast<int>((midnight / kDay + 3) % 7); }

inline Nanos midnight(int year, unsigned month, unsigned day) { return nanos_of({year, month, day, 0, 0, 0, 0}); }

// The n-th Sunday of a month, as midnight in UTC.
inline Nanos nth_sunday(int year, unsigned month, int n) {
  const Nanos first = midnight(year, month, 1);
  return first + ((6 - weekday_of(first)) % 7 + 7 * (n - 1)) * kDay;
}

// Since 2007: summer time from the second Sunday of March, 2:00, to the first of November, 2:00 of summer time.
inline Nanos behind_utc(Nanos utc) {
  const int year = civil_of(utc).year;
  const Nanos begin = nth_sunday(year, 3, 2) + 7 * kHour, end = nth_sunday(year, 11, 1) + 6 * kHour;
  return utc >= begin && utc < end ? 4 * kHour : 5 * kHour;
}

// The instant at which New York's clocks show `hour` on the day that begins at `midnight` in UTC; not at 2 o'clock.
inline Nanos new_york(Nanos day, Nanos time_of_day) { return day + time_of_day + behind_utc(day + time_of_day + 5 * kHour); }

}  // namespace tapedeck::testing
