// Wall-clock times of a place as instants.
#pragma once

#include <chrono>
#include <string>

#include "market/time.hpp"

namespace date {
class time_zone;
}

namespace tapedeck {

using Day = std::chrono::sys_days;  // a date, in whatever place

// A time zone of the IANA database, as the system's package tzdata has it. "UTC" needs no database.
// Threads: any. Failures: the constructor throws TDK_UNAVAILABLE when there is no such zone.
class LocalTime {
 public:
  explicit LocalTime(const std::string &zone);
  // The instant at which clocks there show `minute` minutes after midnight of `day`; it may be negative, or
  // more than a day. A time that clocks skip is the instant of the change, one they show twice the first.
  Nanos instant(Day day, int minute) const;

 private:
  const date::time_zone *zone_ = nullptr;  // NULL: UTC
};

}  // namespace tapedeck
