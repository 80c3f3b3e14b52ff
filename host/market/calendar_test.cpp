#include "market/calendar.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "market/calendar_texts.hpp"
#include "market/session_calendar.hpp"

using namespace tapedeck;
namespace {

Nanos time(const char *text) { return parse_time(text, 0).value(); }
Interval interval(const char *name) { return Interval::parse(name).value(); }

bool closed(const char *calendar, const char *at) { return find_calendar(calendar)->closed({time(at), time(at) + kMinute}).covers({time(at), time(at) + kMinute}); }

RangeSet minus(RangeSet a, const RangeSet &b) {
  a.subtract(b);
  return a;
}

}  // namespace

TEST(Calendars, TwentyFourSevenNeverCloses) {
  const auto c = find_calendar("24x7");
  EXPECT_TRUE(c->closed({INT64_MIN / 2, INT64_MAX / 2}).empty());
  EXPECT_TRUE(c->optional({INT64_MIN / 2, INT64_MAX / 2}).empty());
}

TEST(Calendars, NothingIsClosedInYearsThatACalendarDoesNotKnow) {
  const auto c = find_calendar("xnys");
  EXPECT_TRUE(c->closed({time("1980-01-01"), time("1990-01-01")}).empty());
  EXPECT_TRUE(c->closed({time("2038-01-01"), time("2050-01-01")}).empty());
  EXPECT_EQ(c->closed({time("1980-01-01"), time("1990-01-03")}), c->closed({time("1990-01-01"), time("1990-01-03")}));
}

// What one question says, many small ones say too: years end in closed time and in open time.
TEST(Calendars, ARangeIsTheSumOfItsParts) {
  for (const auto &name : calendar_names()) {
    const auto c = find_calendar(name);
    const TimeRange whole{time("2019-12-20"), time("2022-01-10")};
    for (const Nanos step : {kDay * 3 + kHour * 5, kDay * 40}) {
      RangeSet closed, optional;
      for (Nanos t = whole.from; t < whole.to; t += step) {
        const TimeRange part{t, std::min(t + step, whole.to)};
        for (const auto &r : c->closed(part).ranges()) closed.add(r);
        for (const auto &r : c->optional(part).ranges()) optional.add(r);
      }
      EXPECT_EQ(closed, c->closed(whole)) << name;
      EXPECT_EQ(optional, c->optional(whole)) << name;
    }
    EXPECT_EQ(minus(c->optional(whole), c->closed(whole)), c->optional(whole)) << name << ": optional is not closed";
  }
}

TEST(Calendars, ForexClosesAtTheEdgesOfItsWeek) {
  EXPECT_FALSE(closed("forex", "2024-01-05T21:59:00Z"));  // Friday 16:59 in New York
  EXPECT_TRUE(closed("forex", "2024-01-05T22:00:00Z"));
  EXPECT_TRUE(closed("forex", "2024-01-07T21:59:00Z"));
  EXPECT_FALSE(closed("forex", "2024-01-07T22:00:00Z"));
  EXPECT_FALSE(closed("forex", "2024-07-07T21:00:00Z")) << "an hour earlier in summer";
  EXPECT_TRUE(closed("forex", "2024-12-25T12:00:00Z"));
  EXPECT_TRUE(closed("forex", "2025-01-01T12:00:00Z"));
  EXPECT_FALSE(closed("forex", "2024-11-28T19:00:00Z")) << "Thanksgiving is no holiday of the currencies";
}

TEST(Calendars, TheDailyPauseOfForexIsOptional) {
  const auto c = find_calendar("forex");
  const TimeRange day{time("2024-01-09T12:00:00Z"), time("2024-01-10T12:00:00Z")};
  EXPECT_TRUE(c->closed(day).empty()) << "data inside the pause is not left out";
  EXPECT_EQ(c->optional(day), RangeSet({time("2024-01-09T21:58:00Z"), time("2024-01-09T22:10:00Z")}));
}

TEST(Calendars, MetalsBreakForAnHourADay) {
  EXPECT_FALSE(closed("metals", "2024-01-09T21:59:00Z"));
  EXPECT_TRUE(closed("metals", "2024-01-09T22:00:00Z"));
  EXPECT_TRUE(closed("metals", "2024-01-09T22:59:00Z"));
  EXPECT_FALSE(closed("metals", "2024-01-09T23:00:00Z"));
  EXPECT_FALSE(closed("metals", "2014-05-06T21:14:00Z")) << "until 2015 the break began at 17:15";
  EXPECT_TRUE(closed("metals", "2014-05-06T21:15:00Z"));
  EXPECT_TRUE(closed("metals", "2024-03-29T15:00:00Z")) << "Good Friday";
  EXPECT_TRUE(closed("metals", "2024-11-28T19:30:00Z")) << "Thanksgiving, 14:30";
  EXPECT_FALSE(closed("metals", "2024-11-28T23:30:00Z")) << "the next session begins as always";
}

TEST(ClosedSlots, AreClosedFromTheirFirstInstantToTheirLast) {
  const auto c = find_calendar("forex");
  const TimeRange week{time("2024-01-01"), time("2024-01-15")};
  // Friday is open until 22:00, Sunday from 22:00: of the days only Saturday is closed.
  EXPECT_EQ(closed_slots(c.get(), interval("1d"), week).ranges(),
            (std::vector<TimeRange>{{time("2024-01-06"), time("2024-01-07")}, {time("2024-01-13"), time("2024-01-14")}}));
  EXPECT_TRUE(closed_slots(c.get(), interval("1w"), week).empty());
  EXPECT_TRUE(closed_slots(c.get(), interval("1M"), {time("2024-01-01"), time("2024-03-01")}).empty());
  // 22:00 is no multiple of four hours: the candle of 20:00 is open for two of them.
  EXPECT_EQ(closed_slots(c.get(), interval("4h"), {time("2024-01-05"), time("2024-01-08")}),
            RangeSet({time("2024-01-06"), time("2024-01-07T20:00:00Z")}));
}

TEST(UnexpectedSlots, AnHourOfOptionalAndClosedTimeIsNotExpected) {
  const auto c = find_calendar("xnys");  // closes at 21:00Z; the auction may last until 21:05Z
  const TimeRange evening{time("2024-01-09T20:00:00Z"), time("2024-01-10T00:00:00Z")};
  EXPECT_EQ(closed_slots(c.get(), interval("1h"), evening), RangeSet({time("2024-01-09T22:00:00Z"), evening.to}));
  EXPECT_EQ(unexpected_slots(c.get(), interval("1h"), evening), RangeSet({time("2024-01-09T21:00:00Z"), evening.to}));
}

TEST(WorthAsking, OptionalSlotsAreAskedForBesideOthersOnly) {
  const auto c = find_calendar("forex");
  const TimeRange day{time("2024-01-09T12:00:00Z"), time("2024-01-10T12:00:00Z")};
  EXPECT_EQ(worth_asking(RangeSet(day), c.get(), interval("1m")), RangeSet(day));
  RangeSet pause({time("2024-01-09T22:00:00Z"), time("2024-01-09T22:05:00Z")});
  EXPECT_TRUE(worth_asking(pause, c.get(), interval("1m")).empty());
  const RangeSet more({time("2024-01-09T22:00:00Z"), time("2024-01-09T22:11:00Z")});
  EXPECT_EQ(worth_asking(more, c.get(), interval("1m")), more);
  EXPECT_TRUE(worth_asking(RangeSet({time("2024-01-06"), time("2024-01-07")}), c.get(), interval("1m")).empty());
  EXPECT_EQ(worth_asking(pause, nullptr, interval("1m")), pause);
}

TEST(Calendars, TheSecondLookAtAYearIsTheFirst) {
  const auto text = [](std::string_view name) -> std::optional<std::string_view> {
    for (const auto &c : calendar_texts())
      if (c.name == name) return c.text;
    return std::nullopt;
  };
  using Clock = std::chrono::steady_clock;
  const auto micros = [](Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); };
  for (const auto &c : calendar_texts()) {
    const SessionCalendar fresh("fresh", read_session_rules(c.text, text));
    const TimeRange year{time("2023-01-01"), time("2024-01-01")};
    const auto begun = Clock::now();
    RangeSet first = worth_asking(RangeSet(year), &fresh, Interval());
    const auto built = Clock::now();
    const RangeSet again = worth_asking(RangeSet(year), &fresh, Interval());
    const auto done = Clock::now();
    std::printf("%-8s a year of 1m: %7.0f us the first time, %5.0f us after that, %zu ranges\n", std::string(c.name).c_str(),
                micros(built - begun), micros(done - built), again.ranges().size());
    EXPECT_EQ(first, again);
  }
}

TEST(Calendars, ManyThreadsSeeOneCalendar) {
  const auto text = [](std::string_view) { return std::optional<std::string_view>(); };
  const SessionCalendar fresh("forex", read_session_rules(calendar_texts()[1].text, text));
  const TimeRange range{time("2010-01-01"), time("2020-01-01")};
  std::vector<RangeSet> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto &s : seen) threads.emplace_back([&] { s = fresh.closed(range); });
  }
  for (const auto &s : seen) EXPECT_EQ(s, find_calendar("forex")->closed(range));
}
