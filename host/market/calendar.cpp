#include "market/calendar.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <map>
#include <mutex>

#include "market/calendar_texts.hpp"
#include "market/session_calendar.hpp"

namespace tapedeck {
namespace {

std::optional<std::string_view> text_of(std::string_view name) {
  for (const auto &c : calendar_texts())
    if (c.name == name) return c.text;
  return std::nullopt;
}

std::shared_ptr<const Calendar> read_calendar(std::string_view name, std::string_view text) try {
  return std::make_shared<const SessionCalendar>(std::string(name), read_session_rules(text, text_of));
} catch (const Error &e) {
  throw Error(e.code(), "reading the calendar " + std::string(name) + ": " + e.what());
}

RangeSet whole_slots(const RangeSet &ranges, Interval interval) {
  RangeSet slots;
  for (const auto &r : ranges.ranges()) slots.add({interval.ceil(r.from), interval.floor(r.to)});
  return slots;
}

}  // namespace

RangeSet quiet_time(const Calendar *calendar, TimeRange range) {
  if (calendar == nullptr) return {};
  RangeSet quiet = calendar->closed(range);
  for (const auto &r : calendar->optional(range).ranges()) quiet.add(r);
  return quiet;
}

RangeSet closed_slots(const Calendar *calendar, Interval interval, TimeRange range) {
  return calendar == nullptr ? RangeSet() : whole_slots(calendar->closed(range), interval);
}

RangeSet unexpected_slots(const Calendar *calendar, Interval interval, TimeRange range) {
  return whole_slots(quiet_time(calendar, range), interval);
}

RangeSet worth_asking(RangeSet missing, const Calendar *calendar, Interval interval) {
  if (calendar == nullptr || missing.empty()) return missing;
  const TimeRange range{missing.ranges().front().from, missing.ranges().back().to};
  missing.subtract(closed_slots(calendar, interval, range));
  const RangeSet unexpected = unexpected_slots(calendar, interval, range);
  RangeSet worth;
  for (const auto &r : missing.ranges())
    if (!unexpected.covers(r)) worth.add(r);
  return worth;
}

std::shared_ptr<const Calendar> find_calendar(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Calendar>, std::less<>> read;
  std::lock_guard lock(mutex);
  if (const auto known = read.find(name); known != read.end()) return known->second;
  const auto text = text_of(name);
  if (!text) return nullptr;
  return read.emplace(name, read_calendar(name, *text)).first->second;
}

std::vector<std::string> calendar_names() {
  std::vector<std::string> names;
  for (const auto &c : calendar_texts()) names.emplace_back(c.name);
  return names;
}

}  // namespace tapedeck
