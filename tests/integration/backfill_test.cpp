// A backfill from the simulator, from nothing to the last closed candle.
#include <gmock/gmock.h>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

constexpr std::int64_t kFrom = kNewYear2024Ms, kTo = kNewYear2024Ms + 2 * kDayMs;

struct Backfill : testing::Test {
  SimServer sim;
  Site site{sim.base_url()};
};

TEST_F(Backfill, StoresTheVendorsMinutesRowForRow) {
  site.backfill();
  EXPECT_EQ(difference(site.open_store().candles("BTC/USDT", "1m"), sim.candles("BTCUSDT", "1m", kFrom, kTo)), "");
}

TEST_F(Backfill, StoresEverySeriesOfThePipeline) {
  site.pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
  site.pipeline.intervals = {"15m", "1h", "1d"};
  site.pipeline.parallel = 4;
  site.backfill();
  auto store = site.open_store();
  for (const std::string symbol : {"BTC", "ETH"})
    for (const std::string interval : {"15m", "1h", "1d"})
      EXPECT_EQ(difference(store.candles(symbol + "/USDT", interval), sim.candles(symbol + "USDT", interval, kFrom, kTo)), "")
          << symbol << " " << interval;
}

TEST_F(Backfill, ExitsWithZeroWhenNothingIsMissing) { EXPECT_EQ(site.backfill().exit_code, 0); }

TEST_F(Backfill, PrintsATableWithTheSeries) {
  const auto done = site.backfill();
  EXPECT_THAT(lines_of(done.out).at(0), testing::MatchesRegex("series +from +to +rows +explained +holes +missing"));
  EXPECT_THAT(lines_of(done.out).at(1), testing::MatchesRegex("BTC/USDT 1m +2024-01-01[^ ]* +2024-01-03[^ ]* +2,880 +0 +0 +0"));
}

TEST_F(Backfill, MarksEveryMinutePresentInTheLedger) {
  site.backfill();
  EXPECT_THAT(site.open_store().ledger(),
              testing::ElementsAre(LedgerRow{"BTC/USDT", "1m", "binance", "present", kFrom, kTo, ""}));
}

TEST_F(Backfill, ASecondRunAsksNothing) {
  site.backfill();
  sim.reset();
  const auto again = site.backfill();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(sim.requests(), 0u);
}

TEST_F(Backfill, ALaterRunAsksForTheTailOnly) {
  site.backfill({"--to", "2024-01-02"});
  sim.reset();
  site.backfill();
  EXPECT_EQ(sim.page_requests(), 2u) << "1,440 minutes are two pages";
  EXPECT_EQ(difference(site.open_store().candles("BTC/USDT", "1m"), sim.candles("BTCUSDT", "1m", kFrom, kTo)), "");
}

TEST_F(Backfill, AnEarlierStartAsksForTheHeadOnly) {
  site.backfill({"--from", "2024-01-02"});
  sim.reset();
  site.backfill();
  EXPECT_LE(sim.page_requests(), 3u) << "two pages and the question for the first candle there is";
  EXPECT_EQ(difference(site.open_store().candles("BTC/USDT", "1m"), sim.candles("BTCUSDT", "1m", kFrom, kTo)), "");
}

// Port 1 refuses connections.
TEST_F(Backfill, WhatADeadSourceCannotGiveComesFromTheNext) {
  site.pipeline.other_binances = {{"dead", "http://127.0.0.1:1"}};
  site.pipeline.sources = {"dead", "binance"};
  site.pipeline.until = "2024-01-01T12:00:00Z";  // one page
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_THAT(done.err, HasSubstr("BTC/USDT 1m: 720 candles are asked of binance: dead failed: "));
  auto store = site.open_store();
  EXPECT_EQ(difference(store.candles("BTC/USDT", "1m"), sim.candles("BTCUSDT", "1m", kFrom, kFrom + kDayMs / 2)), "");
  EXPECT_EQ(store.number("SELECT count(*) FROM market_data WHERE source = 'binance'"), 720);
  sim.reset();
  EXPECT_EQ(site.backfill().exit_code, 0);
  EXPECT_EQ(sim.requests(), 0u);
}

TEST_F(Backfill, LeavesOutTheCandleThatIsStillForming) {
  site.pipeline.since = "2h";
  site.pipeline.until = "";
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto stored = site.open_store().candles("BTC/USDT", "1m");
  ASSERT_FALSE(stored.empty());
  const auto now = std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_LE(stored.back().open_ms + kMinuteMs, now);
  EXPECT_EQ(difference(stored, sim.candles("BTCUSDT", "1m", stored.front().open_ms, stored.back().open_ms + 1)), "");
}

TEST_F(Backfill, AsksNothingBeforeTheFirstCandleThereIs) {
  site.pipeline.since = "2017-01-01";
  site.pipeline.until = "2017-08-18";
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_LT(sim.page_requests(), 8u);
  EXPECT_EQ(site.open_store().ledger().at(0).state, "provider has none");
}

TEST_F(Backfill, StoresUpToTheEndOfADelistedSymbol) {
  site.pipeline.symbols = {"MATIC/USDT"};
  site.pipeline.intervals = {"1d"};
  site.pipeline.since = "2023-01-01";
  site.pipeline.until = "2026-06-01";
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(site.open_store().ledger().back().state, "provider has none");
}

// Closing the store leaves one file, which can be copied as it is.
TEST_F(Backfill, LeavesASoundDatabase) {
  site.backfill();
  EXPECT_EQ(site.open_store().text("PRAGMA integrity_check"), "ok");
}

}  // namespace
