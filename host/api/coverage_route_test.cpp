#include <boost/json.hpp>

#include "api/api_test_support.hpp"
#include "api/coverage_totals.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

class Coverage : public ApiTest {
 protected:
  boost::json::array series(std::string_view target) {
    const Answer a = get(target);
    EXPECT_EQ(a.status, 200) << a.body;
    EXPECT_TRUE(a.whole);
    return boost::json::parse(a.body).at("series").as_array();
  }
};

std::int64_t candles(const boost::json::value &series, std::string_view state) {
  return series.at("totals").at(state).at("candles").as_int64();
}

}  // namespace

TEST_F(Coverage, ListsEverySeries) {
  const auto all = series("/api/v1/coverage");
  ASSERT_EQ(all.size(), 4u);
  const auto &btc = all[2].as_object();
  EXPECT_EQ(btc.at("symbol"), "BTC/USDT");
  EXPECT_EQ(btc.at("interval"), "1m");
  EXPECT_EQ(btc.at("first"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(btc.at("last"), "2024-01-03T01:59:00Z");
  EXPECT_EQ(btc.at("rows"), 2840);
  EXPECT_EQ(btc.at("sources"), boost::json::array({"binance"}));
  EXPECT_FALSE(btc.contains("entries"));
}

TEST_F(Coverage, CountsEachInstantOnce) {
  const auto btc = series("/api/v1/coverage/BTCUSDT").at(0);
  EXPECT_EQ(candles(btc, "present"), 2840);
  EXPECT_EQ(candles(btc, "no_trades"), 10);
  EXPECT_EQ(candles(btc, "failed"), 100);
  EXPECT_EQ(candles(btc, "never_asked"), 50);
  EXPECT_EQ(btc.at("totals").at("failed").at("seconds"), 6000);
}

TEST_F(Coverage, PrefersTheBestAnswerOfSeveralSources) {
  LedgerEntry a, b;
  a.state = CoverageState::Failed;
  a.range = {kStart, kStart + kHour};
  b.state = CoverageState::Present;
  b.range = {kStart, kStart + kHour / 2};
  const auto totals = coverage_totals({a, b}, {kStart, kStart + 2 * kHour}, Interval(), nullptr);
  EXPECT_EQ(totals[0].candles, 30);
  EXPECT_EQ(totals[4].candles, 30);
  EXPECT_EQ(totals[5].candles, 60);
}

TEST_F(Coverage, GivesEntriesAndHolesOfASymbol) {
  const auto btc = series("/api/v1/coverage/BTC%2FUSDT?interval=1m").at(0).as_object();
  ASSERT_EQ(btc.at("entries").as_array().size(), 6u);
  EXPECT_EQ(boost::json::serialize(btc.at("entries").as_array()[1]),
            R"({"from":"2024-01-01T16:40:00Z","to":"2024-01-01T18:20:00Z","state":"failed","source":"binance",)"
            R"("reason":"HTTP 502 from \"the vendor\"","error":"unavailable","tries":3,)"
            R"("next_try":"2024-01-03T00:00:00Z","updated":"2024-01-02T00:00:00Z"})");
  EXPECT_EQ(btc.at("entries").as_array()[4].at("state"), "no_trades");
  EXPECT_EQ(btc.at("holes").as_array().size(), 2u);
}

TEST_F(Coverage, IsClippedToTheAskedRange) {
  const auto btc = series("/api/v1/coverage/BTCUSDT?from=2024-01-01T00:00:00Z&to=2024-01-01T17:40:00Z").at(0);
  EXPECT_EQ(candles(btc, "present"), 1000);
  EXPECT_EQ(candles(btc, "failed"), 60);
  EXPECT_EQ(btc.at("entries").as_array().size(), 2u);
  EXPECT_EQ(btc.at("to"), "2024-01-01T17:40:00Z");
}

TEST_F(Coverage, ShowsAsManyEntriesAsAsked) {
  const auto btc = series("/api/v1/coverage/BTCUSDT?limit=2").at(0).as_object();
  EXPECT_EQ(btc.at("entries").as_array().size(), 2u);
  EXPECT_EQ(btc.at("entries_truncated"), true);
  EXPECT_EQ(candles(btc, "present"), 2840) << "the totals are of all";
}

TEST_F(Coverage, OfASeriesWithoutRowsIsNothing) {
  const auto eth = series("/api/v1/coverage/ETHUSDT").at(0).as_object();
  EXPECT_TRUE(eth.at("first").is_null() && eth.at("from").is_null());
  EXPECT_EQ(eth.at("rows"), 0);
  EXPECT_EQ(eth.at("entries").as_array().size(), 0u);
}

TEST_F(Coverage, StreamsALongLedger) {
  auto &ledger = market.all[1].ledger;
  for (int i = 0; i < 5000; ++i) ledger.push_back(ledger.front());
  start();
  const Answer a = get("/api/v1/coverage/ADAUSDT");
  EXPECT_EQ(boost::json::parse(a.body).at("series").at(0).at("entries").as_array().size(), 5001u);
  EXPECT_GT(a.chunks, 5u);
}

TEST_F(Coverage, RefusesWhatItCannotAnswer) {
  EXPECT_EQ(error_of("/api/v1/coverage/XRPUSDTT", 404), "unknown_symbol: ");
  EXPECT_EQ(error_of("/api/v1/coverage/BTCUSDT?interval=1h", 404), "unknown_interval: ask for one of 1m");
  EXPECT_EQ(error_of("/api/v1/coverage?symbol=BTC", 400), "invalid_parameter: there are: interval, from, to");
  EXPECT_EQ(error_of("/api/v1/coverage?from=2d&to=3d", 400), "invalid_parameter: the range is [from, to); spans such as 30d count back from now");
}

TEST_F(Coverage, FiltersByInterval) {
  EXPECT_EQ(series("/api/v1/coverage?interval=1m").size(), 4u);
  EXPECT_EQ(series("/api/v1/coverage?interval=1d").size(), 0u);
}
