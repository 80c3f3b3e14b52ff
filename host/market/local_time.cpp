#include "market/local_time.hpp"

#include <date/tz.h>
#include <tapedeck/layer/core.hpp>

#include <stdexcept>

namespace tapedeck {

LocalTime::LocalTime(const std::string &zone) {
  if (zone == "UTC") return;
  try {
    zone_ = date::locate_zone(zone);
  } catch (const std::runtime_error &e) {
    throw Error(TDK_UNAVAILABLE, "reading the time zone " + zone + ": " + e.what() +
                                     "; install the package tzdata");
  }
}

Nanos LocalTime::instant(Day day, int minute) const {
  const date::local_seconds local{day.time_since_epoch() + std::chrono::minutes(minute)};
  const auto nanos = [](std::chrono::seconds s) { return Nanos{s.count()} * kSecond; };
  if (zone_ == nullptr) return nanos(local.time_since_epoch());
  const date::local_info info = zone_->get_info(local);
  if (info.result == date::local_info::nonexistent) return nanos(info.first.end.time_since_epoch());
  return nanos(local.time_since_epoch() - info.first.offset);
}

}  // namespace tapedeck
