// The REST side of the simulated Polygon, in-process, over real loopback connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "sim/polygon/bars.hpp"
#include "sim/polygon/hours.hpp"
#include "sim/polygon/json_writer.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

std::int64_t at(const char *text) { return *parse_iso8601(text); }

Options frozen(std::vector<VendorSetting> settings = {}) {
  Options options;
  options.start_ms = at("2024-05-01T15:00:30.500Z");  // a Wednesday, 11:00:30 in New York
  options.speed = 0;
  options.settings = std::move(settings);
  return options;
}

class PolygonRest : public testing::Test {
 protected:
  void start(std::vector<VendorSetting> settings = {}) {
    simulator = std::make_unique<Simulator>(frozen(std::move(settings)));
    client = std::make_unique<TestClient>(*simulator);
  }
  Answer ask(const std::string &path, const std::string &key = "k") {
    if (!simulator) start();
    return client->get("/polygon" + path, {{"Authorization", "Bearer " + key}});
  }
  json::value good(const std::string &path) {
    const Answer answer = ask(path);
    EXPECT_EQ(answer.status, 200) << path << ' ' << answer.body;
    return json::parse(answer.body);
  }
  static std::string range(const std::string &ticker, const std::string &span, std::int64_t from,
                           std::int64_t to, const std::string &query = "?limit=50000") {
    return "/v2/aggs/ticker/" + ticker + "/range/" + span + "/" + std::to_string(from) + "/" +
           std::to_string(to) + query;
  }
  /// All rows, following next_url.
  std::vector<std::int64_t> times(std::string path, int *pages = nullptr) {
    std::vector<std::int64_t> out;
    for (int page = 1;; ++page) {
      const json::value body = good(path);
      if (const auto *rows = body.as_object().if_contains("results"))
        for (const json::value &row : rows->as_array()) out.push_back(row.at("t").as_int64());
      if (pages != nullptr) *pages = page;
      const auto *next = body.as_object().if_contains("next_url");
      if (next == nullptr) return out;
      const std::string url(next->as_string().c_str());
      EXPECT_THAT(url, testing::StartsWith(simulator->url() + "/polygon/"));
      path = url.substr((simulator->url() + "/polygon").size());
    }
  }
  std::unique_ptr<Simulator> simulator;
  std::unique_ptr<TestClient> client;
};

TEST_F(PolygonRest, WantsAKeyByHeaderOrQuery) {
  start({{"polygon", "key", "right"}});
  const std::string path = "/polygon/v1/marketstatus/now";
  const Answer none = client->get(path), wrong = client->get(path + "?apiKey=wrong");
  EXPECT_EQ(none.status, 401);
  EXPECT_THAT(none.body, HasSubstr(R"("error":"API Key was not provided")"));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr(R"("error":"Unknown API Key")"));
  EXPECT_EQ(client->get(path + "?apiKey=right").status, 200);
  EXPECT_EQ(client->get(path, {{"Authorization", "Bearer right"}}).status, 200);
}

TEST_F(PolygonRest, LimitCountsMinutesNotBars) {
  const std::int64_t from = at("2024-04-30T13:00:00Z");
  const json::value body =
      good(range("AAPL", "1/hour", from, from + 6 * kHourMs - 1, "?limit=120"));
  EXPECT_EQ(body.at("queryCount").as_int64(), 120);
  EXPECT_EQ(body.at("resultsCount").as_int64(), 2);
  const std::string next(body.at("next_url").as_string().c_str());
  EXPECT_THAT(next, HasSubstr("/range/1/hour/" + std::to_string(from + 2 * kHourMs) + "/"));
  EXPECT_THAT(next, testing::Not(HasSubstr("apiKey")));
}

TEST_F(PolygonRest, PagesMissAndRepeatNothing) {
  const std::int64_t from = at("2024-04-29T13:17:00Z"), to = at("2024-04-30T16:44:00Z");
  start();
  int pages = 0;
  const auto whole = times(range("AAPL", "5/minute", from, to));
  EXPECT_EQ(times(range("AAPL", "5/minute", from, to, "?limit=333"), &pages), whole);
  EXPECT_GT(pages, 3);
  auto back = times(range("AAPL", "5/minute", from, to, "?limit=333&sort=desc"));
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(back, whole);
  EXPECT_EQ(whole.front(), at("2024-04-29T13:20:00Z")) << "by the start of a bar";
  EXPECT_EQ(whole.back(), at("2024-04-30T16:40:00Z"));
}

TEST_F(PolygonRest, ALongBarIsTheSumOfItsMinutes) {
  const std::int64_t from = at("2024-04-30T13:00:00Z"), end = from + kHourMs - 1;
  const json::value hour = good(range("X:BTCUSD", "1/hour", from, end)).at("results").at(0);
  const json::value minutes = good(range("X:BTCUSD", "1/minute", from, end)).at("results");
  std::int64_t trades = 0;
  for (const json::value &row : minutes.as_array()) trades += row.at("n").as_int64();
  EXPECT_EQ(minutes.as_array().size(), 60U);
  EXPECT_EQ(hour.at("n").as_int64(), trades);
  EXPECT_EQ(hour.at("o"), minutes.at(0).at("o"));
  EXPECT_EQ(hour.at("c"), minutes.at(59).at("c"));
}

TEST_F(PolygonRest, EachMarketHasItsHours) {
  start();
  const std::int64_t friday = at("2024-04-26T00:00:00Z"), monday = at("2024-04-29T23:59:00Z");
  const auto stocks = times(range("AAPL", "1/minute", friday, monday));
  EXPECT_EQ(stocks.size(), 2U * 960U) << "04:00 to 20:00 New York, two days";
  EXPECT_EQ(stocks.front(), at("2024-04-26T08:00:00Z"));
  const auto forex = times(range("C:EURUSD", "1/minute", friday, monday));
  EXPECT_EQ(forex.size(), 21U * 60U + 27U * 60U) << "Friday 17:00 to Sunday 17:00 New York is closed";
  EXPECT_EQ(times(range("X:BTCUSD", "1/minute", friday, monday)).size(), 4U * 1440U);
  EXPECT_EQ(times(range("I:SPX", "1/minute", friday, monday)).size(), 2U * 390U);
}

TEST_F(PolygonRest, DaysBeginByTheMarketsClock) {
  start();
  const auto days = [&](const std::string &ticker, const char *from, const char *to) {
    return times("/v2/aggs/ticker/" + ticker + "/range/1/day/" + from + "/" + to);
  };
  EXPECT_EQ(days("AAPL", "2024-03-08", "2024-03-11"),
            (std::vector{at("2024-03-08T05:00:00Z"), at("2024-03-11T04:00:00Z")}))
      << "a date includes its whole day; clocks changed between the two";
  EXPECT_EQ(days("C:EURUSD", "2024-03-08", "2024-03-08"), (std::vector{at("2024-03-08T00:00:00Z")}));
}

TEST_F(PolygonRest, EmptyAnswersComeInThreeForms) {
  const std::string path = range("AAPL", "1/minute", at("2024-04-28T10:00:00Z"), at("2024-04-28T11:00:00Z"));
  EXPECT_FALSE(good(path).as_object().contains("results"));
  EXPECT_EQ(good("/v2/aggs/ticker/NOSUCH/range/1/day/2024-01-01/2024-02-01").at("resultsCount").as_int64(), 0)
      << "and so does an unknown ticker";
  start({{"polygon", "empty", "null"}});
  EXPECT_TRUE(good(path).at("results").is_null());
  start({{"polygon", "empty", "list"}});
  EXPECT_TRUE(good(path).at("results").as_array().empty());
}

TEST_F(PolygonRest, DelayedDataSaysSoAndEndsEarlier) {
  const std::int64_t from = at("2024-05-01T14:00:00Z"), to = at("2024-05-01T16:00:00Z");
  start();
  EXPECT_EQ(times(range("AAPL", "1/minute", from, to)).back(), at("2024-05-01T15:00:00Z"));
  start({{"polygon", "status", "DELAYED"}});
  EXPECT_EQ(times(range("AAPL", "1/minute", from, to)).back(), at("2024-05-01T14:45:00Z"));
  EXPECT_EQ(good(range("AAPL", "1/minute", from, to)).at("status").as_string(), "DELAYED");
}

TEST_F(PolygonRest, TheFreePlanHasFiveRequestsAMinute) {
  start({{"polygon", "plan", "free"}});
  const std::string path = "/v1/marketstatus/now";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(path).status, 200);
  const Answer refused = ask(path);
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("maximum requests per minute"));
  EXPECT_FALSE(refused.headers.contains("retry-after"));
  simulator->clock().advance(30'000);
  EXPECT_EQ(ask(path).status, 200);
  start({{"polygon", "plan", "free"}, {"polygon", "body_429", "empty"}, {"polygon", "retry_after", "on"}});
  for (int i = 0; i < 5; ++i) ask(path);
  EXPECT_EQ(ask(path).body, "");
  EXPECT_TRUE(ask(path).headers.contains("retry-after"));
}

TEST_F(PolygonRest, RefusesAsPolygonDoes) {
  start({{"polygon", "deny", "I:SPX"}, {"polygon", "plan", "free"}});
  const std::string minutes = "/range/1/minute/";
  const Answer plan = ask("/v2/aggs/ticker/I:SPX" + minutes + "2024-04-01/2024-04-02");
  EXPECT_EQ(plan.status, 403);
  EXPECT_THAT(plan.body, HasSubstr(R"("status":"NOT_AUTHORIZED")"));
  EXPECT_THAT(plan.body, HasSubstr(R"("message":"You are not entitled)"));
  EXPECT_THAT(ask("/v2/aggs/ticker/AAPL" + minutes + "2020-04-01/2020-04-02").body, HasSubstr("timeframe"));
  EXPECT_THAT(ask("/v2/aggs/ticker/AAPL" + minutes + "soon/2024-04-02").body,
              HasSubstr("Could not parse the time parameter: 'from'"));
  EXPECT_THAT(ask("/v2/aggs/ticker/AAPL" + minutes + "2024-04-02/2024-04-01").body,
              HasSubstr("cannot be a time that occurs before 'from'"));
  const Answer unserved = ask("/v9/nothing");
  EXPECT_EQ(unserved.status, 404);
  EXPECT_EQ(unserved.headers.at("content-type"), "text/plain");
}

TEST_F(PolygonRest, TickersAreSearchedInPages) {
  const json::value first = good("/v3/reference/tickers?search=united&limit=4");
  ASSERT_EQ(first.at("results").as_array().size(), 4U);
  std::string next(first.at("next_url").as_string().c_str());
  const json::value second = good(next.substr((simulator->url() + "/polygon").size()));
  EXPECT_NE(second.at("results").at(0).at("ticker"), first.at("results").at(0).at("ticker"));
  EXPECT_EQ(good("/v3/reference/tickers?ticker=I:SPX").at("results").as_array().size(), 1U);
  EXPECT_TRUE(good("/v3/reference/tickers?ticker=i:spx").at("results").as_array().empty()) << "case matters";
}

TEST_F(PolygonRest, SnapshotsAndLastPricesHaveTheirUnits) {
  constexpr std::int64_t first_ns = 1'000'000'000'000'000'000;
  const json::value stock = good("/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,MSFT");
  ASSERT_EQ(stock.at("tickers").as_array().size(), 2U);
  const json::value &aapl = stock.at("tickers").at(0);
  EXPECT_GT(aapl.at("lastQuote").at("t").as_int64(), first_ns);
  EXPECT_LT(aapl.at("min").at("t").as_int64(), first_ns);
  const json::value forex = good("/v2/snapshot/locale/global/markets/forex/tickers/C:EURUSD").at("ticker");
  EXPECT_LT(forex.at("lastQuote").at("t").as_int64(), first_ns);
  EXPECT_FALSE(good("/v2/snapshot/locale/global/markets/crypto/tickers/X:BTCUSD").at("ticker").as_object().contains("lastQuote"));
  const json::value indices = good("/v3/snapshot/indices?ticker.any_of=I:SPX,I:NONE").at("results");
  EXPECT_GT(indices.at(0).at("last_updated").as_int64(), first_ns);
  EXPECT_EQ(indices.at(1).at("error").as_string(), "NOT_FOUND");
  EXPECT_EQ(good("/v3/snapshot?ticker.any_of=AAPL,C:EURUSD,X:BTCUSD,I:SPX").at("results").as_array().size(), 4U);
  EXPECT_GT(good("/v2/last/trade/AAPL").at("results").at("t").as_int64(), first_ns);
  EXPECT_GT(good("/v2/last/nbbo/AAPL").at("results").at("t").as_int64(), first_ns);
  EXPECT_EQ(good("/v1/last_quote/currencies/EUR/USD").at("status").as_string(), "success");
  EXPECT_EQ(good("/v1/last/crypto/BTC/USD").at("symbol").as_string(), "BTC-USD");
  EXPECT_EQ(good("/v1/conversion/EUR/USD?amount=100").at("symbol").as_string(), "EUR/USD");
  EXPECT_GT(good("/v3/quotes/C:EUR-USD?limit=3").at("results").at(0).at("participant_timestamp").as_int64(), first_ns);
  EXPECT_EQ(good("/v1/marketstatus/now").at("serverTime").as_string(), "2024-05-01T11:00:30-04:00");
}

TEST_F(PolygonRest, TheTimeOfPrevIsTheEndOfTheDay) {
  EXPECT_EQ(good("/v2/aggs/ticker/AAPL/prev").at("results").at(0).at("t").as_int64(), at("2024-04-30T20:00:00Z"));
  EXPECT_EQ(good("/v2/aggs/ticker/C:EURUSD/prev").at("results").at(0).at("t").as_int64(), at("2024-04-30T23:59:59.999Z"));
  EXPECT_GT(good("/v2/aggs/grouped/locale/us/market/stocks/2024-04-30").at("resultsCount").as_int64(), 3);
}

TEST_F(PolygonRest, FaultsSpoilTheRowsInside) {
  const std::int64_t from = at("2024-04-30T14:00:00Z");
  const std::string path = range("AAPL", "1/minute", from, from + 10 * kMinuteMs);
  start();
  const std::size_t whole = times(path).size();
  const auto fault = [&](const char *kind) {
    EXPECT_EQ(client->fault(std::string(R"({"vendor":"polygon","symbol":"AAPL","kind":")") + kind + "\"}"), 200);
  };
  fault("duplicate_rows");
  EXPECT_GT(times(path).size(), whole);
  fault("short_page");
  EXPECT_LT(times(path).size(), whole);
  fault("unordered_rows");
  const auto mixed = times(path);
  EXPECT_FALSE(std::is_sorted(mixed.begin(), mixed.end()));
  fault("empty_200");
  EXPECT_TRUE(times(path).empty());
  EXPECT_EQ(client->fault(R"({"vendor":"polygon","kind":"status","status":503})"), 200);
  EXPECT_THAT(ask(path).body, HasSubstr("<html>"));
}

TEST(PolygonCsv, ServesAPairUnderBothNames) {
  const std::string file = testing::TempDir() + "polygon_sim.csv";
  std::ofstream(file) << "time,open,high,low,close,volume\n2024-04-27T10:00:00Z,1.07,1.08,1.06,1.075,5\n";
  for (const char *symbol : {"C:EURUSD", "EURUSD", "EUR/USD"}) {
    Options options = frozen();
    options.csv.push_back(parse_csv_source(std::string("polygon:") + symbol + ":1m=" + file));
    const Simulator simulator(options);
    const Answer answer = TestClient(simulator).get(
        "/polygon/v2/aggs/ticker/C:EURUSD/range/1/minute/2024-04-27/2024-04-27?apiKey=k");
    EXPECT_THAT(answer.body, HasSubstr(R"("o":1.07,"c":1.075,"h":1.08,"l":1.06)")) << symbol << answer.body;
  }
}

TEST(PolygonSettings, RefusesWhatItDoesNotKnow) {
  for (const VendorSetting &bad : {VendorSetting{"polygon", "plan", "gold"}, {"polygon", "colour", "red"},
                                   {"polygon", "connections", "many"}, {"binance", "plan", "free"}})
    EXPECT_THROW(Simulator{frozen({bad})}, std::invalid_argument) << bad.name;
  EXPECT_THROW(parse_vendor_setting("polygon=free"), std::invalid_argument);
}

TEST(PolygonNumbers, AreShortAndHaveExponentsBelowATenthOfAThousandth) {
  EXPECT_EQ(number_text(109'250'000), "1.0925");
  EXPECT_EQ(number_text(500'000'000), "5");
  EXPECT_EQ(number_text(10'000), "0.0001");
  EXPECT_EQ(number_text(2'150), "2.15e-05");
  EXPECT_EQ(number_text(7), "7e-08");
}

TEST(PolygonHours, FollowNewYorkThroughBothChanges) {
  EXPECT_EQ(day_open(Market::Stocks, at("2024-03-10T12:00:00Z")), at("2024-03-10T05:00:00Z"));
  EXPECT_EQ(day_open(Market::Stocks, at("2024-11-03T12:00:00Z")), at("2024-11-03T04:00:00Z"));
}

}  // namespace
}  // namespace tapedeck::sim::polygon
