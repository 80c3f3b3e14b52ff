#include "ingest/plan.hpp"

#include <gtest/gtest.h>
#include <tapedeck/layer/core.hpp>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

Nanos time(const char *text) { return parse_time(text, 0).value(); }

Config config(const std::string &since, const std::string &interval = "1m") {
  PipelineConfig p;
  p.name = "crypto";
  p.symbols = {{"BTC/USDT", {}}, {"ETH/USDT", {}}};
  p.intervals = {{Interval::parse(interval).value(), Location{}}};
  p.sources = {{"binance", {}}};
  p.storage = {"store", {}};
  p.backfill = BackfillConfig{};
  p.backfill->since = since;
  Config c;
  c.pipelines.push_back(p);
  p.name = "metals";
  p.symbols = {{"XAU/USD", {}}};
  p.intervals.push_back({Interval::parse("1d").value(), Location{}});
  c.pipelines.push_back(p);
  return c;
}

std::vector<SeriesPlan> wishes(const Config &c, const char *now, const PlanFilter &filter = {}) {
  return Planner(c, time(now)).wishes(filter);
}

std::string refusal(const Config &c, const PlanFilter &filter) {
  try {
    wishes(c, "2024-06-01", filter);
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
    return e.what();
  }
  return "not refused";
}

class Weekends final : public Calendar {
 public:
  std::string_view name() const noexcept override { return "weekends"; }
  RangeSet closed(TimeRange range) const override {
    RangeSet out;
    for (Nanos sat = time("2024-01-06"); sat < range.to; sat += 7 * kDay)
      out.add({sat, sat + 2 * kDay});
    return out.within(range);
  }
};

class Nights final : public Calendar {
 public:
  std::string_view name() const noexcept override { return "nights"; }
  RangeSet closed(TimeRange range) const override {
    RangeSet out;
    for (Nanos day = time("2024-01-01"); day < range.to; day += kDay)
      out.add({day, day + 14 * kHour});
    return out.within(range);
  }
};

}  // namespace

TEST(Plan, TwoYearsOfMinutesAreTheMinutesOfTheCalendar) {
  EXPECT_EQ(wishes(config("2y"), "2023-11-14T10:20:30Z").front().slots_wanted, 1'051'200);
  EXPECT_EQ(wishes(config("2y"), "2026-02-28T10:20:30Z").front().slots_wanted, 1'051'200 + 1440);
  EXPECT_EQ(wishes(config("1y"), "2024-02-29T00:00:00Z").front().wanted.from, time("2023-02-28"));
}

TEST(Plan, ARelativeStartIsFlooredAndAnAbsoluteOneIsNot) {
  EXPECT_EQ(wishes(config("1h"), "2024-06-01T10:20:30Z").front().wanted,
            (TimeRange{time("2024-06-01T09:20:00Z"), time("2024-06-01T10:20:00Z")}));
  EXPECT_EQ(wishes(config("2024-06-01T09:20:30Z"), "2024-06-01T10:20:30Z").front().wanted.from,
            time("2024-06-01T09:21:00Z"));
}

TEST(Plan, NeverAsksForTheCandleThatIsForming) {
  const auto weekly = wishes(config("2024-01-01", "1w"), "2024-06-05T10:00:00Z").front();
  EXPECT_EQ(weekly.wanted.to, time("2024-06-03"));
  const auto monthly = wishes(config("2024-01-15", "1M"), "2024-06-05T10:00:00Z").front();
  EXPECT_EQ(monthly.wanted, (TimeRange{time("2024-02-01"), time("2024-06-01")}));
  EXPECT_EQ(monthly.slots_wanted, 4);
}

TEST(Plan, FiltersByPipelineSymbolAndInterval) {
  EXPECT_EQ(wishes(config("1h"), "2024-06-01").size(), 4u);
  PlanFilter filter;
  filter.symbol = "BTCUSDT";
  EXPECT_EQ(wishes(config("1h"), "2024-06-01", filter).size(), 1u);
  filter = {};
  filter.interval = "D1";
  EXPECT_EQ(wishes(config("30d"), "2024-06-01", filter).front().series.name(), "XAU/USD 1d");
}

TEST(Plan, RefusesWhatMatchesNothingAndNamesWhatThereIs) {
  const auto c = config("1h");
  EXPECT_EQ(refusal(c, {"cripto", "", "", "", ""}),
            "no pipeline 'cripto' in the pipelines with a backfill; did you mean 'crypto'?");
  EXPECT_EQ(refusal(c, {"", "DOGE", "", "", ""}).find("no symbol 'DOGE'"), 0u);
  EXPECT_EQ(refusal(c, {"", "", "5m", "", ""}).find("no interval '5m'"), 0u);
  EXPECT_EQ(refusal(c, {"crypto", "XAU/USD", "", "", ""}).find("no symbol 'XAU/USD'"), 0u)
      << "another pipeline's symbol";
  EXPECT_EQ(refusal(c, {"", "BTC/USDT", "1d", "", ""}).find("no interval '1d'"), 0u)
      << "another symbol's interval";
}

TEST(Plan, RefusesRangesThatHoldNothing) {
  const auto c = config("1h");
  EXPECT_NE(refusal(c, {"", "", "", "2025-01-01", ""}).find("lies in the future"),
            std::string::npos);
  EXPECT_NE(
      refusal(c, {"", "", "", "2024-02-01", "2024-01-01"}).find("give an end after the start"),
      std::string::npos);
  EXPECT_NE(refusal(c, {"", "", "", "yesterday", ""}).find("not a time"), std::string::npos);
}

TEST(Plan, ASeriesTheStoreDoesNotKnowIsWhollyMissing) {
  BackfillBench bench;
  EXPECT_EQ(bench.plan().slots_missing, 2000) << "MemoryStorage answers NOT_FOUND";
}

TEST(Plan, SubtractsWhatTheLedgerSettles) {
  BackfillBench bench;
  Commit c;
  c.series = bench.series;
  c.source = "vendor";
  const auto add = [&](CoverageState state, std::int64_t from, std::int64_t to) {
    LedgerEntry e;
    e.state = state;
    e.range = {at(from), at(to)};
    e.source = c.source;
    e.tries = state == CoverageState::Failed ? 5 : 0;
    c.ledger.push_back(e);
  };
  add(CoverageState::ProviderHasNone, 0, 100);
  add(CoverageState::Present, 100, 300);
  add(CoverageState::Failed, 300, 400);
  add(CoverageState::NoTrades, 400, 450);
  bench.store->commit(c);
  const auto plan = bench.plan();
  EXPECT_EQ(plan.missing.ranges(),
            (std::vector<TimeRange>{{at(300), at(400)}, {at(450), at(2000)}}));
  EXPECT_EQ(plan.slots_held, 200);
  EXPECT_EQ(plan.slots_explained, 150);
  EXPECT_EQ(plan.slots_missing, 1650);
  EXPECT_FALSE(plan.start_unknown);
  EXPECT_EQ(tries_so_far(plan.failed, {at(350), at(500)}), 5u);
  EXPECT_EQ(tries_so_far(plan.failed, {at(400), at(500)}), 0u);
}

TEST(Plan, WhatAnotherSourceDoesNotHaveIsStillAsked) {
  BackfillBench bench;
  Commit c;
  c.series = bench.series;
  c.source = "other";
  c.ledger.resize(2);
  c.ledger[0].state = CoverageState::ProviderHasNone;
  c.ledger[0].range = {at(0), at(100)};
  c.ledger[1].range = {at(100), at(200)};
  for (auto &e : c.ledger) e.source = c.source;
  bench.store->commit(c);
  EXPECT_EQ(bench.plan().missing.ranges(),
            (std::vector<TimeRange>{{at(0), at(100)}, {at(200), at(2000)}}));
}

TEST(Plan, LeavesClosedSessionsOut) {
  BackfillBench bench;
  auto plan = bench.plan();
  plan.calendar = std::make_shared<Weekends>();
  plan.wanted = {time("2024-06-07T23:00:00Z"), time("2024-06-10T01:00:00Z")};  // over a weekend
  bench.refresh(plan);
  EXPECT_EQ(plan.closed.ranges(),
            (std::vector<TimeRange>{{time("2024-06-08"), time("2024-06-10")}}));
  EXPECT_EQ(plan.slots_missing, 120);
}

TEST(Plan, ADayThatIsOpenForAnHourIsNotClosed) {
  const Nights nights;
  const Interval day = Interval::parse("1d").value(), hour = Interval::parse("1h").value();
  const TimeRange range{time("2024-06-01"), time("2024-06-03")};
  EXPECT_TRUE(closed_slots(&nights, day, range).empty());
  EXPECT_EQ(closed_slots(&nights, hour, range).ranges().size(), 2u);
  EXPECT_TRUE(closed_slots(nullptr, hour, range).empty());
}

TEST(SplitChunks, CutsPagesOfAnyInterval) {
  const Interval month = Interval::parse("1M").value();
  const auto chunks = split_chunks(RangeSet({time("2023-11-01"), time("2024-06-01")}), {}, month, 3);
  EXPECT_EQ(chunks, (std::vector<TimeRange>{{time("2023-11-01"), time("2024-02-01")},
                                            {time("2024-02-01"), time("2024-05-01")},
                                            {time("2024-05-01"), time("2024-06-01")}}));
}

TEST(SplitChunks, HugePagesEndWithTheRange) {
  for (const auto &interval : Interval::all()) {
    const TimeRange range{interval.ceil(time("2024-01-01")), interval.ceil(time("2024-02-01"))};
    const auto chunks = split_chunks(RangeSet(range), {}, interval, UINT64_MAX);
    EXPECT_EQ(chunks.back().to, range.to) << interval.name();
  }
}

TEST(SplitChunks, WhatIsLeftIsCutAtTheSamePlaces) {
  const Interval minute;
  const auto all = split_chunks(RangeSet({at(0), at(1000)}), {}, minute, 100);
  RangeSet left({at(0), at(1000)});
  for (const std::size_t done : {1u, 4u, 5u}) left.subtract(all[done]);
  const auto again = split_chunks(left, {}, minute, 100);
  EXPECT_EQ(again.size(), 7u);
  for (const auto &chunk : again) EXPECT_NE(std::find(all.begin(), all.end(), chunk), all.end());
}

TEST(SplitChunks, PagesReachOverClosedTimeAndNeitherBeginNorEndInIt) {
  const RangeSet closed = [] {
    RangeSet nights;
    for (int day = 0; day < 10; ++day) nights.add({at(day * 100 + 40), at(day * 100 + 100)});
    return nights;
  }();
  RangeSet open({at(0), at(1000)});
  open.subtract(closed);
  EXPECT_EQ(split_chunks(open, closed, Interval(), 250),
            (std::vector<TimeRange>{{at(0), at(240)}, {at(300), at(540)}, {at(600), at(840)}, {at(900), at(940)}}));
  EXPECT_EQ(split_chunks(open, closed, Interval(), 30).size(), 20u) << "30 and 10 of each day";
  EXPECT_EQ(split_chunks(open, {}, Interval(), 250).size(), 10u) << "what is settled in between is not asked again";
}

TEST(SplitChunks, EverySlotIsInOnePage) {
  const auto xnys = find_calendar("xnys");
  const TimeRange year{time("2023-01-01"), time("2024-01-01")};
  RangeSet open = worth_asking(RangeSet(year), xnys.get(), Interval());
  open.subtract({time("2023-03-01T15:00:00Z"), time("2023-03-20T16:00:00Z")});
  for (const std::uint64_t slots : {1000u, 5000u, 50000u}) {
    RangeSet left = open;
    for (const auto &chunk : split_chunks(open, closed_slots(xnys.get(), Interval(), year), Interval(), slots)) {
      EXPECT_LE(Interval().count(chunk), static_cast<std::int64_t>(slots));
      EXPECT_TRUE(open.contains(chunk.from) && open.contains(chunk.to - kMinute));
      left.subtract(chunk);
    }
    EXPECT_TRUE(left.empty()) << slots;
  }
}
