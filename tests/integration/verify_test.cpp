// `verify`, `gaps` and `coverage` over real stores: whole ones, damaged ones, and markets that close.
#include <gmock/gmock.h>

#include <sstream>

#include "support/live_host.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Verify : public testing::Test {
 protected:
  SimServer sim;
  Site site{sim.base_url()};

  Outcome verify() const { return site.tapedeck({"verify", "FILE"}); }
  void damage(const std::string &sql) const { SqliteFile(site.store(), SQLITE_OPEN_READWRITE).execute(sql); }
  static std::string nanos(const char *minute) {  // of 1 January 2024
    return std::to_string((kNewYear2024Ms + std::stoll(minute) * kMinuteMs) * 1'000'000);
  }
};

TEST_F(Verify, AFilledStoreIsComplete) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  const auto said = verify();
  EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("BTC/USDT 1m"), HasSubstr("2,880"), HasSubstr("complete"), Not(HasSubstr("NOT"))));
}

TEST_F(Verify, AnEmptyStoreIsNot) {
  const auto said = verify();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, AllOf(HasSubstr("NOT COMPLETE"),
                              HasSubstr("2024-01-01T00:00:00Z to 2024-01-03T00:00:00Z, 2,880 candles: never asked for")));
}

// The ledger still says that they are there.
TEST_F(Verify, FindsRowsThatAreLost) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  damage("DELETE FROM candle WHERE open_time >= " + nanos("100") + " AND open_time < " + nanos("103"));
  const auto said = verify();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, AllOf(HasSubstr("2024-01-01T01:40:00Z to 2024-01-01T01:43:00Z, 3 candles: the ledger says present, "
                                        "and the store has no row"),
                              HasSubstr("2,877"), HasSubstr("NOT COMPLETE")));
  EXPECT_EQ(site.tapedeck({"gaps", "FILE"}).out, "no holes\n") << "which looks at the ledger alone";
}

TEST_F(Verify, FindsRowsThatTheLedgerDoesNotKnow) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  damage("DELETE FROM coverage WHERE from_time > " + nanos("0"));
  damage("UPDATE coverage SET to_time = " + nanos("2870"));
  const auto said = verify();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, HasSubstr("2024-01-02T23:50:00Z to 2024-01-03T00:00:00Z, 10 candles: in the store, and the ledger "
                                  "does not say so"));
}

TEST_F(Verify, FindsPricesThatCannotBe) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  damage("UPDATE candle SET high = low - 1 WHERE open_time = " + nanos("7"));
  const auto said = verify();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, HasSubstr("1 rows have a high or a low that their open and close contradict"));
}

TEST_F(Verify, WhatNobodyAskedForSinceTheLastRunIsSaid) {
  ASSERT_EQ(site.backfill({"--to", "2024-01-02"}).exit_code, 0);
  const auto expected = HasSubstr(
      "BTC/USDT 1m ends at 2024-01-02T00:00:00Z: the 1,440 candles since then were not asked for yet");
  EXPECT_THAT(verify().err, expected);
  EXPECT_THAT(site.tapedeck({"gaps", "FILE"}).err, expected);
  ASSERT_EQ(site.backfill().exit_code, 0);
  EXPECT_EQ(verify().err, "");
}

TEST_F(Verify, AnUnknownSymbolExitsWithTwo) {
  EXPECT_EQ(site.tapedeck({"verify", "FILE", "--symbol", "NOT/THERE"}).exit_code, 2);
}

// Rows of streams, of repairs and of a backfill in one store; `market_data` is the view of all rows.
TEST_F(Verify, AStoreThatWasStreamedIntoIsComplete) {
  site.pipeline.intervals = {"1s"};
  site.pipeline.since = "30s";
  site.pipeline.until = "";
  site.pipeline.stream = "kinds: [candles]";
  LiveHost host(site);
  ASSERT_TRUE(wait_until(
      [&] {
        return std::filesystem::exists(site.store()) &&
               site.open_store().number("SELECT count(*) FROM market_data WHERE timeframe = '1s'") > 45;
      },
      60s, 100))
      << host.err();
  ASSERT_EQ(host.stop(), 0) << host.err();
  ASSERT_EQ(site.backfill().exit_code, 0) << "what came while the host was ending";
  const auto said = verify();
  // A relative start has moved on since; what lies before it is held all the same.
  EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("BTC/USDT 1s"));
}

// From Friday noon to Monday noon. The vendor trades all the time; the calendar says what is asked of it.
struct Weekend : Verify {
  Weekend() {
    site.pipeline.calendar = "forex";
    site.pipeline.since = "2024-01-05T12:00:00Z";
    site.pipeline.until = "2024-01-08T12:00:00Z";
    site.pipeline.intervals = {"1m", "4h", "1d"};
  }
};

TEST_F(Weekend, IsClosedAndNoHole) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  auto store = site.open_store();
  EXPECT_EQ(store.candles("BTC/USDT", "1m").size(), 1440u) << "ten hours of Friday and fourteen of Sunday and Monday";
  EXPECT_EQ(store.candles("BTC/USDT", "4h").size(), 7u) << "one page held the weekend's too: they are left out";
  EXPECT_EQ(store.candles("BTC/USDT", "1d").size(), 1u) << "Sunday is open for two hours; Saturday is not";
  EXPECT_THAT(site.tapedeck({"coverage", "FILE"}).out,
              HasSubstr("closed   2024-01-05T22:00:00Z  2024-01-07T22:00:00Z    2,880"));
  EXPECT_EQ(site.tapedeck({"gaps", "FILE"}).out, "no holes\n");
  const auto said = verify();
  EXPECT_EQ(said.exit_code, 0) << said.out;
  EXPECT_THAT(said.out, HasSubstr("2,880"));
}

// candles = rows, no trades, closed, provider has none, optional and holes.
TEST_F(Weekend, TheColumnsAddUp) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  std::istringstream lines(verify().out);
  std::string line, symbol, interval, from, to;
  int rows = 0;
  while (std::getline(lines, line) && line.find(": ") == std::string::npos) {
    if (!line.starts_with("BTC/USDT")) continue;
    line.erase(std::remove(line.begin(), line.end(), ','), line.end());
    std::istringstream words(line);
    words >> symbol >> interval >> from >> to;
    std::int64_t candles = 0, sum = 0, part = 0;
    words >> candles;
    for (int i = 0; i < 6 && words >> part; ++i) sum += part;
    EXPECT_EQ(sum, candles) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 3);
}

TEST_F(Weekend, ASecondBackfillAsksNothing) {
  ASSERT_EQ(site.backfill().exit_code, 0);
  sim.reset();
  ASSERT_EQ(site.backfill().exit_code, 0);
  EXPECT_EQ(sim.page_requests(), 0u);
}

TEST_F(Weekend, GapsAreThoseOfOpenSessions) {
  const auto said = site.tapedeck({"gaps", "FILE"});
  EXPECT_THAT(said.out, AllOf(HasSubstr("2024-01-05T12:00:00Z  2024-01-05T22:00:00Z      600"),
                              HasSubstr("2024-01-07T22:00:00Z  2024-01-08T12:00:00Z      840")));
}

}  // namespace
