// Our calendars beside those of exchange_calendars, day by day.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "market/calendar.hpp"
#include "new_york.hpp"
#include "shared_data.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

Nanos time(const std::string &text) { return parse_time(text, 0).value(); }
std::string date(Nanos t) { return format_time(t).substr(0, 10); }
bool weekday(Nanos day) { return (day / kDay + 3) % 7 < 5; }  // 1970-01-01 was a Thursday

struct Compared {
  int weekdays = 0, sessions = 0, special = 0;  // special: other hours than most
  int closes_differ = 0;                        // of days that are sessions to both
  std::map<std::string, std::string> differences;  // by day
};

std::string text(const std::optional<TimeRange> &session) {
  return session ? format_time(session->from).substr(11, 5) + "-" + format_time(session->to).substr(11, 5) : "closed";
}

// Exchanges whose day lies within one day of UTC: from the first to the last instant that is certainly open.
std::optional<TimeRange> session_of(const Calendar &calendar, Nanos day) {
  RangeSet open({day, day + kDay});
  open.subtract(quiet_time(&calendar, {day, day + kDay}));
  if (open.empty()) return std::nullopt;
  return TimeRange{open.ranges().front().from, open.ranges().back().to};
}

std::optional<TimeRange> find(const std::map<Nanos, TimeRange> &sessions, Nanos day) {
  const auto it = sessions.find(day);
  return it == sessions.end() ? std::nullopt : std::optional(it->second);
}

Compared compare(const std::string &name, const std::map<Nanos, TimeRange> &reference, TimeRange range, Nanos usual) {
  Compared c;
  const auto calendar = find_calendar(name);
  for (Nanos day = range.from; day < range.to; day += kDay) {
    if (!weekday(day)) {
      if (const auto open = session_of(*calendar, day)) c.differences[date(day)] = "open on a weekend: " + text(open);
      continue;
    }
    const auto ours = session_of(*calendar, day), theirs = find(reference, day);
    c.weekdays += 1;
    if (theirs) c.sessions += 1;
    if (theirs && theirs->to - theirs->from != usual) c.special += 1;
    if (ours && theirs && ours->to != theirs->to) c.closes_differ += 1;
    if (ours != theirs) c.differences[date(day)] = "ours " + text(ours) + ", theirs " + text(theirs);
  }
  return c;
}

void print(const std::string &name, TimeRange range, const Compared &c) {
  std::printf("%s %s to %s: %d weekdays, %d sessions, %d of other hours; %zu differences\n", name.c_str(),
              date(range.from).c_str(), date(range.to).c_str(), c.weekdays, c.sessions, c.special, c.differences.size());
  for (const auto &[day, what] : c.differences) std::printf("  %s %s\n", day.c_str(), what.c_str());
}

std::vector<std::string> days_of(const Compared &c) {
  std::vector<std::string> out;
  for (const auto &[day, what] : c.differences) out.push_back(day);
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

// Until the last day of the reference.
TEST(Reference, XnysAgreesOnEveryWeekdayAndEveryEarlyClose) {
  const auto file = shared_data("calendars/exchange_calendars_xnys_sessions.csv");
  SKIP_WITHOUT(file);
  const TimeRange range{time("1998-01-01"), time("2023-01-14")};
  const auto c = compare("xnys", read_sessions(*file), range, 6 * kHour + 30 * kMinute);
  print("xnys", range, c);
  EXPECT_EQ(days_of(c), (Texts{"2002-09-11"})) << "a session of the full length to them; it began at noon";
  EXPECT_EQ(c.closes_differ, 0) << "early closes";
  EXPECT_GE(c.special, 50);
}

TEST(Reference, XnysAgreesBefore1998) {
  const auto file = shared_data("calendars/exchange_calendars_xnys_sessions.csv");
  SKIP_WITHOUT(file);
  const TimeRange range{time("1990-01-01"), time("1998-01-01")};
  const auto c = compare("xnys", read_sessions(*file), range, 6 * kHour + 30 * kMinute);
  print("xnys", range, c);
  EXPECT_EQ(days_of(c), (Texts{"1994-02-11", "1996-01-08"})) << "snow: the reference has no such hours";
}

TEST(Reference, XlonAgrees) {
  const auto file = shared_data("calendars/exchange_calendars_xlon_sessions.csv");
  SKIP_WITHOUT(file);
  const TimeRange range{time("1990-01-01"), time("2023-09-01")};
  const auto c = compare("xlon", read_sessions(*file), range, 8 * kHour + 30 * kMinute);
  print("xlon", range, c);
  EXPECT_EQ(days_of(c), Texts{});
}

namespace {

// A trading day of metals: what is certainly open between 18:00 of the day before and 18:00. Nothing: no such day.
std::optional<Nanos> end_of_metals(const Calendar &metals, Nanos day) {
  const TimeRange trading{new_york(day - kDay, 18 * kHour), new_york(day, 18 * kHour)};
  RangeSet open(trading);
  open.subtract(metals.closed(trading));
  if (open.empty()) return std::nullopt;
  return open.ranges().back().to - new_york(day, 0);
}

}  // namespace

// The reference is that of CME's equity index futures, with one end for all short days. Its days are those of metals
// but for two days of mourning, on which only shares rested; the ends are the metals' own, each kind by name below.
TEST(Reference, MetalsAgreeWithCmeOnEveryTradingDayAndEveryEarlyClose) {
  const auto file = shared_data("calendars/exchange_calendars_cmes_sessions.csv");
  SKIP_WITHOUT(file);
  const auto reference = read_sessions(*file);
  const auto metals = find_calendar("metals");
  const TimeRange range{time("2012-01-01"), time("2026-11-01")};
  Texts days_differ, ends_differ;
  int weekdays = 0, early = 0;
  std::map<std::string, int> kinds;
  for (Nanos day = range.from; day < range.to; day += kDay) {
    if (!weekday(day)) continue;
    ++weekdays;
    const auto theirs = find(reference, day);
    const auto ours = end_of_metals(*metals, day);
    if (ours.has_value() != theirs.has_value()) days_differ.push_back(date(day));
    if (!ours || !theirs) continue;
    const bool their_early = theirs->to < new_york(day, 17 * kHour), our_early = *ours < 17 * kHour;
    if (their_early != our_early) ends_differ.push_back(date(day));
    if (!our_early) continue;
    ++early;
    kinds[date(day).substr(0, 4) + " " + format_time(*ours).substr(11, 5)] += 1;
    EXPECT_GE(new_york(day, *ours), theirs->to) << date(day) << ": closed before the reference is";
  }
  std::printf("metals %s to %s: %d weekdays, %d early closes; %zu days and %zu early closes differ\n", date(range.from).c_str(),
              date(range.to).c_str(), weekdays, early, days_differ.size(), ends_differ.size());
  for (const auto &[kind, n] : kinds) std::printf("  %s: %d\n", kind.c_str(), n);
  EXPECT_EQ(days_differ, (Texts{"2012-04-06", "2018-12-05", "2025-01-09"}))
      << "Good Friday, optional until 2012 as others than COMEX quoted; mourning for two presidents, by shares only";
  EXPECT_EQ(ends_differ, Texts{});
}
