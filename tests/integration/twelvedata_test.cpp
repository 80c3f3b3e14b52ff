// pipelines/xauusd.yaml as it ships, by the real program, against the simulated Twelve Data.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

#include "support/http.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

namespace json = boost::json;

constexpr std::int64_t kQuarterMs = 15 * kMinuteMs, kHourMs = 60 * kMinuteMs;

struct Length {
  const char *ours, *theirs;
  std::int64_t ms;
};
constexpr Length kLengths[] = {{"15m", "15min", kQuarterMs},
                               {"1h", "1h", kHourMs},
                               {"4h", "4h", 4 * kHourMs},
                               {"1d", "1day", kDayMs}};

// Days of the year 2026 so far; the simulator's clock stands at noon of the 10th of June, a
// Wednesday.
constexpr const char *kNow = "2026-06-10T12:00:00Z";

class Xauusd : public testing::Test {
 protected:
  explicit Xauusd(std::vector<std::string> options = {}, bool in_june = true)
      : sim(options_of(options, in_june)) {}
  static std::vector<std::string> options_of(std::vector<std::string> options, bool in_june) {
    if (in_june) options.insert(options.end(), {"--start", kNow});
    return options;
  }

  // Goes on with the pipeline as it ships, but for one thing.
  void change(const std::string &from, const std::string &to) {
    std::ifstream shipped(file);
    std::stringstream text;
    text << shipped.rdbuf();
    std::string config = text.str();
    config.replace(config.find(from), from.size(), to);
    file = site.write("changed.yaml", config).string();
  }

  // `tapedeck backfill pipelines/xauusd.yaml --from FROM --to TO`.
  Outcome backfill(const std::string &from, const std::string &to) {
    std::vector<std::string> arguments{"backfill", file, "--from", from};
    if (!to.empty()) arguments.insert(arguments.end(), {"--to", to});
    Command c = site.command(arguments);
    c.environment["TAPEDECK_TWELVEDATA_URL"] = url();
    c.environment["TAPEDECK_TWELVEDATA_KEY"] = key;
    c.environment["TAPEDECK_DATA"] = directory().string();
    return run(c, 180s);
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(sim.port()) + "/twelvedata";
  }
  json::value state() const {
    return json::parse(http_get(sim.port(), "/sim/state").body).at("vendors").at("twelvedata");
  }
  std::uint64_t credits() const { return state().at("weight_used").to_number<std::uint64_t>(); }
  std::uint64_t refused() const { return state().at("refused_429").to_number<std::uint64_t>(); }
  // A minute later the vendor's count is at zero again.
  void next_minute() const { sim.set_clock(R"({"advance_ms":60000})"); }

  // Whether New York's gold rests for all of a candle, by summer time and the fourth of May to the
  // tenth of June 2026: from 17:00 to 18:00 (21:00 to 22:00 UTC), at weekends, and after half past
  // two on the 25th of May, a holiday.
  static bool is_closed(std::int64_t open_ms, std::int64_t length_ms) {
    for (std::int64_t t = open_ms; t < open_ms + length_ms; t += kQuarterMs) {
      const std::int64_t local = t - 4 * kHourMs, day = local / kDayMs, of_day = local % kDayMs;
      const std::int64_t weekday = (day + 4) % 7;  // 0: Sunday
      const bool holiday =
          day * kDayMs == time_of("2026-05-25") && of_day >= 14 * kHourMs + 2 * kQuarterMs;
      const bool evening = of_day >= 18 * kHourMs;
      const bool open = weekday == 6   ? false
                        : weekday == 5 ? of_day < 17 * kHourMs
                        : weekday == 0 ? evening
                                       : evening || (of_day < 17 * kHourMs && !holiday);
      if (open) return false;
    }
    return true;
  }
  // What the vendor says, without candles of closed time, by another key's credits.
  std::vector<Candle> truth(const Length &length, const std::string &from,
                            const std::string &to) const {
    const auto answer =
        http_get(sim.port(),
                 "/twelvedata/time_series?apikey=truth&symbol=XAU/USD&timezone=UTC&order=asc"
                 "&outputsize=5000&interval=" +
                     std::string(length.theirs) + "&start_date=" + from + "&end_date=" + to);
    std::vector<Candle> out;
    const auto body = json::parse(answer.body);
    for (const auto &row : body.at("values").as_array()) {
      const auto cell = [&](const char *name) {
        return units_of(std::string_view(row.at(name).as_string()));
      };
      const std::int64_t open_ms = time_of(std::string(row.at("datetime").as_string()));
      if (!is_closed(open_ms, length.ms))
        out.push_back({open_ms, cell("open"), cell("high"), cell("low"), cell("close"), 0});
    }
    // Intraday the end is inclusive.
    if (length.ms < kDayMs && !out.empty() && out.back().open_ms == time_of(to)) out.pop_back();
    return out;
  }
  static std::int64_t time_of(const std::string &text) {
    const auto part = [&](std::size_t at, std::size_t n) {
      return text.size() < at + n ? 0 : std::stoi(text.substr(at, n));
    };
    const std::chrono::sys_days day = std::chrono::year{part(0, 4)} / part(5, 2) / part(8, 2);
    return std::chrono::milliseconds(day.time_since_epoch()).count() +
           ((part(11, 2) * 60 + part(14, 2)) * 60 + part(17, 2)) * std::int64_t{1000};
  }
  void expect_stored(const std::string &from, const std::string &to) {
    SqliteFile store(directory() / "xauusd.db");
    for (const Length &length : kLengths) {
      std::vector<Candle> found = store.candles("XAU/USD", length.ours);
      for (Candle &c : found) c.volume = 0;  // the vendor has none
      const auto expected = truth(length, from, to);
      EXPECT_GT(expected.size(), 10u) << length.ours;
      EXPECT_EQ(difference(found, expected), "") << length.ours;
    }
  }

  std::filesystem::path directory() const { return site.directory(); }

  SimServer sim;
  Site site{url()};
  std::string key = "k3y";
  std::string file = std::string(TAPEDECK_PIPELINES) + "/xauusd.yaml";
};

TEST_F(Xauusd, FillsFourLengthsWithinTheFreePlanToTheRow) {
  const auto done = backfill("2026-05-04", "2026-06-01");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(credits(), 8u) << "a page and the question for the first candle, of each length";
  EXPECT_EQ(refused(), 0u);
  expect_stored("2026-05-04", "2026-06-01");
}

// The vendor quotes gold around the clock since 2025.
struct XauusdWeekendBars : Xauusd {
  XauusdWeekendBars() : Xauusd({"--set", "twelvedata.weekend=bars"}) {}
};

TEST_F(XauusdWeekendBars, CandlesThatLieInClosedTimeAreNotKeptOthersAre) {
  const auto done = backfill("2026-05-04", "2026-06-01");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(credits(), 8u);
  expect_stored("2026-05-04", "2026-06-01");
  SqliteFile store(directory() / "xauusd.db");
  const auto days = store.candles("XAU/USD", "1d");
  std::set<std::int64_t> weekdays;
  for (const Candle &c : days) weekdays.insert((c.open_ms / kDayMs + 4) % 7);
  EXPECT_EQ(weekdays, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5}))
      << "a Sunday's holds the two hours from its opening, a Saturday's nothing that was traded";
}

TEST_F(XauusdWeekendBars, AWeekendCostsNoCredit) {
  backfill("2026-05-04", "2026-05-09");
  const auto spent = credits();
  next_minute();
  const auto saturday = backfill("2026-05-04", "2026-05-10");
  EXPECT_EQ(saturday.exit_code, 0) << saturday.out << saturday.err;
  EXPECT_EQ(credits(), spent);
}

TEST_F(Xauusd, ARestartCostsNoCreditForWhatIsHeld) {
  backfill("2026-05-04", "2026-06-01");
  const auto spent = credits();
  next_minute();
  const auto again = backfill("2026-05-04", "2026-06-01");
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  EXPECT_EQ(credits(), spent);
}

TEST_F(Xauusd, ALaterRunAsksForTheTailOnly) {
  backfill("2026-05-04", "2026-06-01");
  const auto spent = credits();
  next_minute();
  const auto later = backfill("2026-05-04", "2026-06-08");
  EXPECT_EQ(later.exit_code, 0) << later.out << later.err;
  EXPECT_EQ(credits() - spent, 4u) << "a page of each length";
  expect_stored("2026-05-04", "2026-06-08");
}

TEST_F(Xauusd, AWrongKeyIsSaidPlainly) {
  key = "wrong";
  const auto done = backfill("2026-05-04", "2026-06-01");
  EXPECT_NE(done.exit_code, 0);
  EXPECT_THAT(done.out + done.err, HasSubstr("check apikey"));
  EXPECT_THAT(done.out + done.err, testing::Not(HasSubstr("apikey wrong")));
}

// With a plan that is large enough to go on without a pause.
struct XauusdLarger : Xauusd {
  explicit XauusdLarger(std::vector<std::string> options = {})
      : Xauusd(larger(std::move(options))) {
    change("plan: basic", "credits_per_minute: 1000");
  }
  static std::vector<std::string> larger(std::vector<std::string> options) {
    options.insert(options.end(), {"--set", "twelvedata.credits_per_minute=1000"});
    return options;
  }
};

TEST_F(XauusdLarger, AYearIsSomeFifteenCreditsAndARestartNone) {
  const auto done = backfill("2025-06-01", "2026-06-01");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto spent = credits();
  EXPECT_GE(spent, 13u)
      << "5, 2, 1 and 1 pages, and the question for the first candle of each length";
  EXPECT_LE(spent, 20u) << "where a page ends in a holiday, its neighbourhood is asked for";
  EXPECT_EQ(backfill("2025-06-01", "2026-06-01").exit_code, 0);
  EXPECT_EQ(credits(), spent);
  SqliteFile store(directory() / "xauusd.db");
  const auto quarters = store.candles("XAU/USD", "15m");
  EXPECT_GT(quarters.size(), 23'000u);
  EXPECT_EQ(quarters.size(), std::set<Candle>(quarters.begin(), quarters.end()).size());
  std::vector<Candle> tail(quarters.end() - 480, quarters.end());
  for (Candle &c : tail) c.volume = 0;
  EXPECT_TRUE(not_in(tail, truth(kLengths[0], "2026-05-04", "2026-06-01")).empty());
}

struct XauusdOldErrors : XauusdLarger {
  XauusdOldErrors() : XauusdLarger({"--set", "twelvedata.errors=200"}) {
    change("calendar: metals", "calendar: 24x7");  // so that a weekend is asked for
  }
};

TEST_F(XauusdOldErrors, AWeekendIsAnErrorInsideHttp200AndNoFailure) {
  const auto done = backfill("2026-05-09", "2026-05-10");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(SqliteFile(directory() / "xauusd.db").number("SELECT count(*) FROM candle"), 0);
}

struct StockHours : XauusdLarger {
  StockHours() {
    change("symbols: [XAU/USD]", "symbols: [AAPL]");
    change("intervals: [15m, 1h, 4h, 1d]", "intervals: [30m, 1h, 4h]");
    change("calendar: metals", "calendar: xnys");
  }
};

// The vendor opens them at 09:30 in New York, the host at whole hours of UTC.
TEST_F(StockHours, AreSumsOfHalfHours) {
  const auto done = backfill("2026-05-04", "2026-05-09");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  SqliteFile store(directory() / "xauusd.db");
  const auto halves = store.candles("AAPL", "30m"), hours = store.candles("AAPL", "1h");
  ASSERT_EQ(halves.size(), 5u * 13);
  ASSERT_EQ(hours.size(), 5u * 7) << "13:30 to 20:00 UTC";
  EXPECT_EQ(store.candles("AAPL", "4h").size(), 5u * 2);
  EXPECT_EQ(hours[0].open_ms, time_of("2026-05-04 13:00:00"));
  EXPECT_EQ(hours[0].close, halves[0].close);
  EXPECT_EQ(hours[1].open, halves[1].open);
  EXPECT_EQ(hours[1].high, std::max(halves[1].high, halves[2].high));
  EXPECT_EQ(hours[1].low, std::min(halves[1].low, halves[2].low));
  EXPECT_EQ(hours[1].close, halves[2].close);
  EXPECT_EQ(hours[1].volume, halves[1].volume + halves[2].volume);
}

// By the clock on the wall, whatever day it is.
struct XauusdNow : Xauusd {
  XauusdNow() : Xauusd({"--set", "twelvedata.weekend=bars"}, false) {
    change("calendar: metals", "calendar: 24x7");
  }
};

TEST_F(XauusdNow, TheFormingCandleIsLeftToALaterRun) {
  constexpr std::int64_t kLateWordsMs = 150'000;
  const auto now = [] {
    const auto at = std::chrono::system_clock::now();
    return std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
  };
  const std::int64_t before = now();
  const auto done = backfill("2d", "");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const std::int64_t after = now();
  SqliteFile store(directory() / "xauusd.db");
  for (const Length &length : {kLengths[0], kLengths[1], kLengths[2]}) {
    const std::int64_t end = store.candles("XAU/USD", length.ours).back().open_ms + length.ms;
    EXPECT_LE(end, after - kLateWordsMs) << length.ours;
    EXPECT_GT(end, before - kLateWordsMs - length.ms)
        << length.ours << ": the last one that is final";
  }
}

// Two or three minutes are always younger than the vendor's last words for them.
TEST_F(XauusdNow, WhatIsNotFinalYetIsSaidAndNoHole) {
  std::ifstream shipped(file);
  std::stringstream text;
  text << shipped.rdbuf();
  std::string config = text.str();
  const std::string lengths = "[15m, 1h, 4h, 1d]";
  config.replace(config.find(lengths), lengths.size(), "[1m]");
  file = site.write("minutes.yaml", config).string();
  const auto done = backfill("3h", "");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("is not final at twelvedata yet; a later run stores it"));
  EXPECT_THAT(done.out, testing::Not(HasSubstr("never asked")));
}

struct XauusdFaults : XauusdLarger {
  void fault(const std::string &fields) const {
    const auto ordered = http(sim.port(), "POST", "/sim/faults",
                              R"({"vendor":"twelvedata","path":"time_series",)" + fields + "}");
    ASSERT_EQ(ordered.status, 200) << ordered.body;
  }
};

TEST_F(XauusdFaults, SpoiledAnswersNeverBecomeRows) {
  for (const char *kind : {"truncated_json", "html_200", "unordered_rows", "garbage"})
    fault(R"("kind":")" + std::string(kind) + "\"");
  const auto done = backfill("2026-05-04", "2026-06-01");
  EXPECT_EQ(refused(), 0u) << "asking again is within the plan as well";
  SqliteFile store(directory() / "xauusd.db");
  for (const Length &length : kLengths) {
    std::vector<Candle> found = store.candles("XAU/USD", length.ours);
    for (Candle &c : found) c.volume = 0;
    EXPECT_TRUE(not_in(found, truth(length, "2026-05-04", "2026-06-01")).empty())
        << length.ours << done.out;
  }
}

}  // namespace
