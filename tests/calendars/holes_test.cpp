// The real holes of recorded candles: what a calendar and the rows say must be those that are known, to the minute,
// and no weekend, holiday or daily break among them.
//
// Found: find_holes() over a ledger that says "present" where rows are, and nothing elsewhere. Runs of fewer than
// least() expected slots are a class of their own: minutes in which nobody quoted, not a hole in the data. Of minutes
// that is 15, more than any quiet spell of these files; of hours 4. A run ends where the market closes; runs with nothing
// but closed or optional time between them are one hole.
//
// Truth: the holes that INDEX.md of the shared data lists, and those for which another instrument of the same
// vendor has candles in at least half of the missing slots, so that the market was open and quoted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "new_york.hpp"
#include "runtime/holes.hpp"
#include "shared_data.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

const Interval kMinutes, kHours = Interval::parse("1h").value();

Nanos time(const char *text) { return parse_time(text, 0).value(); }

std::int64_t least(Interval interval) { return interval == kMinutes ? 15 : 4; }

struct Found {
  std::vector<TimeRange> holes;  // joined over closed and optional time
  std::size_t runs = 0, short_runs = 0, closed_rows = 0;
  std::int64_t short_slots = 0, missing_slots = 0;
};

std::vector<LedgerEntry> ledger_of(Interval interval, const std::vector<Nanos> &rows) {
  std::vector<LedgerEntry> ledger;
  for (std::size_t i = 0; i < rows.size();) {
    LedgerEntry e;
    e.range = {rows[i], rows[i]};
    for (; i < rows.size() && rows[i] == e.range.to; ++i) e.range.to = interval.next(e.range.to);
    ledger.push_back(e);
  }
  return ledger;
}

std::int64_t expected_slots(const Calendar &calendar, Interval interval, TimeRange range) {
  RangeSet expected(range);
  expected.subtract(unexpected_slots(&calendar, interval, range));
  std::int64_t slots = 0;
  for (const auto &r : expected.ranges()) slots += interval.count(r);
  return slots;
}

// `island`: a file may hold days that lie years apart, which is no fault; each is looked at by itself.
Found detect(const char *name, Interval interval, const std::vector<Nanos> &rows, Nanos island = 100 * 365 * kDay) {
  const auto calendar = find_calendar(name);
  Found found;
  std::vector<Nanos> part;
  const auto look = [&] {
    const TimeRange range{part.front(), interval.next(part.back())};
    const RangeSet quiet = unexpected_slots(calendar.get(), interval, range);
    const RangeSet closed = closed_slots(calendar.get(), interval, range);
    for (const Nanos t : part) found.closed_rows += closed.contains(t) ? 1U : 0U;
    for (const auto &h : find_holes(ledger_of(interval, part), range, interval, calendar.get())) {
      const std::int64_t slots = expected_slots(*calendar, interval, h.range);
      if (slots < least(interval)) {
        found.short_runs += 1;
        found.short_slots += slots;
        continue;
      }
      found.runs += 1;
      found.missing_slots += slots;
      const bool joins = !found.holes.empty() && quiet.covers({found.holes.back().to, h.range.from});
      if (joins)
        found.holes.back().to = h.range.to;
      else
        found.holes.push_back(h.range);
    }
  };
  for (const Nanos t : rows) {
    if (!part.empty() && t - part.back() > island) {
      look();
      part.clear();
    }
    part.push_back(t);
  }
  look();
  return found;
}

std::string text(const TimeRange &r) { return format_time(r.from) + " to " + format_time(r.to); }

bool among(const std::vector<TimeRange> &ranges, const TimeRange &wanted) {
  return std::find(ranges.begin(), ranges.end(), wanted) != ranges.end();
}

// Prints them, and returns (precision, recall) over `truth`.
std::pair<double, double> score(const std::string &file, const Found &found, const std::vector<TimeRange> &truth) {
  std::printf("%s: %zu holes in %zu runs, %lld slots missing; %zu short runs of %lld slots; %zu rows in closed time\n",
              file.c_str(), found.holes.size(), found.runs, static_cast<long long>(found.missing_slots), found.short_runs,
              static_cast<long long>(found.short_slots), found.closed_rows);
  std::size_t right = 0;
  for (const auto &h : found.holes) {
    const bool is = among(truth, h);
    right += is ? 1U : 0U;
    std::printf("  %s %s\n", is ? "true " : "FALSE", text(h).c_str());
  }
  for (const auto &t : truth)
    if (!among(found.holes, t)) std::printf("  MISSED %s\n", text(t).c_str());
  const double precision = found.holes.empty() ? 1 : static_cast<double>(right) / static_cast<double>(found.holes.size());
  const double recall = truth.empty() ? 1 : static_cast<double>(right) / static_cast<double>(truth.size());
  std::printf("  precision %.3f, recall %.3f\n", precision, recall);
  return {precision, recall};
}

// The open time, by arithmetic, of what a file lacks between two of its rows: without what lies between Friday 17:00
// and Sunday 17:00 in New York at either end.
TimeRange known_hole(Nanos last_row, Nanos next_row, Interval interval) {
  TimeRange hole{interval.next(last_row), next_row};
  const Nanos day = hole.from - hole.from % kDay;
  for (Nanos d = day - 2 * kDay; d <= day + kDay; d += kDay)
    if (const TimeRange weekend{new_york(d, 17 * kHour), new_york(d + 2 * kDay, 17 * kHour)};
        weekday_of(d) == 4 && hole.from >= weekend.from && hole.from < weekend.to)
      hole.from = weekend.to;
  return hole;
}

}  // namespace

TEST(RealHoles, EurUsdOfMetaTraderLacksThreeSpells) {
  const auto file = shared_data("fx_eurusd_m1_mt4_2022/EURUSD1.csv.gz");
  SKIP_WITHOUT(file);
  constexpr Nanos kAhead = 3 * kHour;
  const auto rows = read_server_times(*file, kAhead);
  const auto server = [](const char *t) { return time(t) - kAhead; };
  // The first begins with the last minute of a Friday, which is optional: so it is the weeks from Sunday on.
  const std::vector<TimeRange> truth = {
      {new_york(midnight(2022, 8, 21), 17 * kHour), server("2022-09-21T03:56:00Z")},
      known_hole(server("2022-09-28T23:23:00Z"), server("2022-09-29T11:33:00Z"), kMinutes),
      known_hole(server("2022-10-04T08:03:00Z"), server("2022-10-10T21:29:00Z"), kMinutes)};
  const auto found = detect("forex", kMinutes, rows);
  const auto [precision, recall] = score("eurusd m1 mt4 2022", found, truth);
  EXPECT_EQ(found.holes, truth);
  EXPECT_EQ(precision, 1);
  EXPECT_EQ(recall, 1);
}

namespace {

// The runs in which `other` has candles in at least half of the slots: its vendor was there, and the market open.
std::vector<TimeRange> confirmed_by(const std::vector<Nanos> &other, const std::vector<TimeRange> &holes, Interval interval,
                                    const char *calendar) {
  std::vector<TimeRange> out;
  for (const auto &h : holes) {
    RangeSet open(h);
    open.subtract(unexpected_slots(find_calendar(calendar).get(), interval, h));
    std::int64_t slots = 0, rows = 0;
    for (const auto &r : open.ranges()) {
      slots += interval.count(r);
      rows += std::lower_bound(other.begin(), other.end(), r.to) - std::lower_bound(other.begin(), other.end(), r.from);
    }
    if (rows > 0 && rows * 2 >= slots) out.push_back(h);
  }
  return out;
}

// Recall that owes nothing to the calendar: the spells without rows in which `other` has eight or more. How many there
// are, and of how many the other's rows lie in holes that were found, nine in ten at least.
std::pair<int, int> quoted_gaps(const std::vector<Nanos> &rows, const std::vector<Nanos> &other, const Found &found) {
  RangeSet holes;
  for (const auto &h : found.holes) holes.add(h);
  std::pair<int, int> gaps_and_found;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    auto at = std::lower_bound(other.begin(), other.end(), rows[i - 1] + 1);
    const auto end = std::lower_bound(other.begin(), other.end(), rows[i]);
    const auto quoted = end - at;
    if (quoted < 8) continue;
    const auto inside = std::count_if(at, end, [&](Nanos t) { return holes.contains(t); });
    gaps_and_found.first += 1;
    gaps_and_found.second += inside * 10 >= quoted * 9 ? 1 : 0;
  }
  return gaps_and_found;
}

void add_known(std::vector<TimeRange> &truth, const TimeRange &hole) {
  if (!among(truth, hole)) truth.push_back(hole);
}

}  // namespace

TEST(RealHoles, EurUsdOfOandaLacksAWeekOfDecember2016) {
  const auto file = shared_data("fx_eurusd_lean/eurusd_oanda_h1_quote_2007_2018.csv.gz");
  const auto gold = shared_data("xauusd_lean/xauusd_oanda_h1_quote_2006_2019.csv.gz");
  SKIP_WITHOUT(file && gold);
  const auto rows = read_open_times(*file);
  const auto found = detect("forex", kHours, rows);
  // The hour of 21:00Z on the 9th is there, the last of its week.
  const TimeRange week = known_hole(time("2016-12-09T21:00:00Z"), time("2016-12-16T05:00:00Z"), kHours);
  EXPECT_EQ(week, (TimeRange{time("2016-12-11T22:00:00Z"), time("2016-12-16T05:00:00Z")}));
  const auto gold_rows = read_open_times(*gold);
  auto truth = confirmed_by(gold_rows, found.holes, kHours, "metals");
  add_known(truth, week);
  const auto [gaps, seen] = quoted_gaps(rows, gold_rows, found);
  std::printf("spells of eight hours or more that gold was quoted in: %d, of which found: %d\n", gaps, seen);
  EXPECT_GE(gaps, 5);
  EXPECT_EQ(seen, gaps);
  const auto [precision, recall] = score("eurusd h1 oanda 2007-2018", found, truth);
  EXPECT_TRUE(among(found.holes, week));
  EXPECT_EQ(precision, 1) << "twelve years of weekends, Christmases and New Years are no holes";
  EXPECT_EQ(recall, 1);
}

TEST(RealHoles, GoldOfOandaLacksItsListedDays) {
  const auto file = shared_data("xauusd_lean/xauusd_oanda_h1_quote_2006_2019.csv.gz");
  const auto euro = shared_data("fx_eurusd_lean/eurusd_oanda_h1_quote_2007_2018.csv.gz");
  SKIP_WITHOUT(file && euro);
  auto rows = read_open_times(*file);
  // As long as there is a second instrument to confirm a hole with.
  std::erase_if(rows, [](Nanos t) { return t < time("2007-01-02") || t > time("2018-12-20"); });
  const auto found = detect("metals", kHours, rows);
  const std::vector<TimeRange> listed = {{time("2008-10-29T00:00:00Z"), time("2008-10-31T00:00:00Z")},
                                         {time("2015-08-23T22:00:00Z"), time("2015-08-25T00:00:00Z")},
                                         {time("2016-12-11T23:00:00Z"), time("2016-12-16T05:00:00Z")}};
  auto truth = confirmed_by(read_open_times(*euro), found.holes, kHours, "forex");
  for (const auto &h : listed) {
    EXPECT_TRUE(among(found.holes, h)) << text(h);
    add_known(truth, h);
  }
  const auto [precision, recall] = score("xauusd h1 oanda 2007-2018", found, truth);
  EXPECT_GE(precision, 0.95);
  EXPECT_EQ(recall, 1);
}

// A fortnight of each: their weekends and daily breaks are no holes, and nothing else is missing.
TEST(RealHoles, WeekendsAndDailyBreaksOfMinutesAreNone) {
  struct Case {
    const char *file, *calendar;
    Nanos island;
  };
  const std::vector<Case> cases = {
      {"xauusd_lean/xauusd_oanda_m1_quote_2014-05.csv.gz", "metals", 7 * kDay},
      {"fx_gbpusd_m1_fxcm_2012/gbpusd-m1-bid-2012.csv.gz", "forex", 7 * kDay},
      {"fx_gbpusd_m1_fxcm_2012/gbpusd-m1-ask-2012.csv.gz", "forex", 7 * kDay},
      {"fx_eurusd_lean/eurusd_oanda_m1_quote_2014_2018.csv.gz", "forex", 7 * kDay},
      {"fx_eurusd_lean/eurusd_fxcm_m1_quote_2011_2018.csv.gz", "forex", 7 * kDay},
      {"fx_eurusd_m1_mt4_2022/CADJPY1.csv", "forex", 7 * kDay},
  };
  for (const auto &c : cases) {
    const auto file = shared_data(c.file);
    SKIP_WITHOUT(file);
    const bool server = std::string(c.file).find("CADJPY") != std::string::npos;
    const auto rows = server ? read_server_times(*file, 3 * kHour) : read_open_times(*file);
    ASSERT_GT(rows.size(), 2000u) << c.file;
    const auto found = detect(c.calendar, kMinutes, rows, c.island);
    score(c.file, found, {});
    EXPECT_TRUE(found.holes.empty()) << c.file << " " << text(found.holes.front());
    EXPECT_GT(found.short_runs, 0u) << "the short class is not empty: it is the rule that keeps it out";
  }
}
