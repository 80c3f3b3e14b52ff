// Parameters and endpoints of the simulated Twelve Data that its candles and credits do without.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// A Wednesday, by default on a plan for professionals.
struct Bench {
  explicit Bench(const std::string &credits = "1000")
      : simulator(options_of(credits)), client(simulator) {}
  static Options options_of(const std::string &credits) {
    Options options;
    options.start_ms = *parse_iso8601("2024-05-01T15:07:30Z");
    options.speed = 0;
    options.settings = {{"twelvedata", "credits_per_minute", credits}};
    return options;
  }
  Answer get(const std::string &path_and_query) const {
    return client.get("/twelvedata" + path_and_query, {{"Authorization", "apikey k"}});
  }
  Answer post(const std::string &path, const std::string &body,
              const std::map<std::string, std::string> &headers = {}) const {
    return client.send("POST", "/twelvedata" + path, body, headers);
  }
  json::value body(const std::string &path_and_query) const {
    return json::parse(get(path_and_query).body);
  }
  std::vector<std::string> column(const std::string &query,
                                  const std::string &field = "datetime") const {
    std::vector<std::string> out;
    const json::value parsed = body("/time_series?" + query);
    for (const auto &row : parsed.at("values").as_array())
      out.emplace_back(row.at(field).as_string().c_str());
    return out;
  }
  Simulator simulator;
  TestClient client;
};

TEST(TwelveDataSimParams, DateIsOneDayWhereTheAnswerIs) {
  const Bench b;
  const auto utc = b.column("symbol=EUR/USD&interval=1h&timezone=UTC&order=asc&date=2024-04-30");
  ASSERT_EQ(utc.size(), 24U);
  EXPECT_EQ(utc.front(), "2024-04-30 00:00:00");
  EXPECT_EQ(b.column("symbol=EUR/USD&interval=1h&timezone=UTC&order=asc&date=yesterday"), utc);
  EXPECT_EQ(b.column("symbol=AAPL&interval=1h&date=today&order=asc"),
            (std::vector<std::string>{"2024-05-01 09:30:00", "2024-05-01 10:30:00"}));
  EXPECT_THAT(b.column("symbol=BTC/USD&interval=1day&date=2024-04-30"), ElementsAre("2024-04-30"));
  EXPECT_EQ(b.get("/time_series?symbol=AAPL&interval=1h&date=soon").status, 400);
}

TEST(TwelveDataSimParams, DpRoundsAndIsRefusedBeyondEleven) {
  const Bench b;
  const std::string query = "symbol=BTC/USD&interval=1h&outputsize=1";
  const double price = std::stod(b.column(query, "close")[0]);
  EXPECT_EQ(b.column(query + "&dp=0", "close")[0], std::to_string(std::llround(price)));
  EXPECT_NEAR(std::stod(b.column(query + "&dp=1", "close")[0]), price, 0.0501);
  EXPECT_THAT(b.column(query + "&dp=11", "close")[0], testing::EndsWith("000000000"));
  EXPECT_EQ(b.column(query + "&dp=-1", "close"), b.column(query, "close"));
  EXPECT_EQ(b.get("/time_series?" + query + "&dp=12").status, 400);
  EXPECT_THAT(b.get("/price?symbol=EUR/USD&dp=2").body,
              testing::MatchesRegex(".*\\.[0-9][0-9]\"}"));
}

TEST(TwelveDataSimParams, PrepostIsOfShortBarsOfLargePlansWithoutVolume) {
  const std::string query =
      "/time_series?symbol=AAPL&interval=15min&timezone=America/New_York&date=2024-04-30&order=asc"
      "&prepost=true";
  const Bench pro, grow("55");
  const json::value longer = pro.body(query), regular = grow.body(query);
  EXPECT_EQ(longer.at("values").as_array().size(), 64U) << "04:00 to 20:00";
  EXPECT_EQ(regular.at("values").as_array().size(), 26U);
  const json::value first = longer.at("values").at(0);
  EXPECT_EQ(first.at("datetime").as_string(), "2024-04-30 04:00:00");
  EXPECT_FALSE(first.as_object().contains("volume"));
  EXPECT_TRUE(regular.at("values").at(0).as_object().contains("volume"));
  EXPECT_EQ(pro.column("symbol=AAPL&interval=1h&date=2024-04-30&prepost=true").size(), 7U);
}

TEST(TwelveDataSimParams, AdjustIsCheckedAndPreviousCloseAdded) {
  const Bench b;
  EXPECT_EQ(b.get("/time_series?symbol=AAPL&interval=1day&adjust=some").status, 400);
  for (const char *adjust : {"all", "splits", "dividends", "none"})
    EXPECT_EQ(
        b.get(std::string("/time_series?symbol=AAPL&interval=1day&outputsize=1&adjust=") + adjust)
            .status,
        200);
  for (const char *order : {"asc", "desc"}) {
    const std::string query =
        std::string("symbol=AAPL&interval=1day&outputsize=3&previous_close=true&order=") + order;
    auto closes = b.column(query, "close"), previous = b.column(query, "previous_close");
    if (std::string(order) == "desc") {
      std::reverse(closes.begin(), closes.end());
      std::reverse(previous.begin(), previous.end());
    }
    ASSERT_EQ(closes.size(), 3U);
    EXPECT_EQ(previous[1], closes[0]) << order;
    EXPECT_EQ(previous[2], closes[1]) << order;
    EXPECT_NE(previous[0], closes[0]) << order;
  }
}

TEST(TwelveDataSimParams, FiltersNarrowASymbol) {
  const Bench b;
  const std::string query = "/time_series?symbol=RY&interval=1day&outputsize=1";
  for (const char *good : {"&exchange=TSX", "&mic_code=XTSE", "&country=Canada", "&country=CA",
                           "&type=Common%20Stock"})
    EXPECT_EQ(b.get(query + good).status, 200) << good;
  for (const char *bad : {"&exchange=NYSE", "&mic_code=XNYS", "&country=US", "&type=ETF"})
    EXPECT_EQ(b.get(query + bad).status, 404) << bad;
}

TEST(TwelveDataSimParams, ACrossHasNoStatusAndItsOwnMeta) {
  const Bench b;
  const json::value got =
      b.body("/time_series/cross?base=JPY&quote=BTC&interval=1min&outputsize=5");
  EXPECT_FALSE(got.as_object().contains("status"));
  const json::value &meta = got.at("meta");
  EXPECT_EQ(meta.at("base_instrument").as_string(), "JPY/USD");
  EXPECT_EQ(meta.at("base_exchange").as_string(), "PHYSICAL CURRENCY");
  EXPECT_EQ(meta.at("quote_instrument").as_string(), "BTC/USD");
  EXPECT_EQ(meta.at("quote_exchange").as_string(), "Coinbase Pro");
  ASSERT_EQ(got.at("values").as_array().size(), 5U);
  const std::string minute = "&interval=1min&outputsize=1&timezone=UTC";
  const double yen = std::stod(b.column("symbol=USD/JPY" + minute, "close")[0]);
  const double coin = std::stod(b.column("symbol=BTC/USD" + minute, "close")[0]);
  const double close = std::stod(got.at("values").at(0).at("close").as_string().c_str());
  EXPECT_NEAR(close * yen * coin, 1, 1e-6);
  EXPECT_FALSE(got.at("values").at(0).as_object().contains("volume"));
  EXPECT_EQ(b.get("/time_series/cross?base=JPY&quote=BTC&interval=1min")
                .headers.at("api-credits-request"),
            "5");
  EXPECT_EQ(b.get("/time_series/cross?base=JPY&interval=1min").status, 404);
}

TEST(TwelveDataSimParams, ABatchIsPostedAndItsErrorsAreOfTheirEntries) {
  const Bench b;
  const Answer answer =
      b.post("/batch",
             R"({"req_1":{"url":"/time_series?symbol=AAPL&interval=1min&apikey=k&outputsize=2"},)"
             R"("req_2":{"url":"/exchange_rate?symbol=USD/JPY&apikey=k"},)"
             R"("no":{"url":"/price?symbol=NOPE&apikey=k"},"who":{"url":"/price?symbol=AAPL"}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("api-credits-request"), "4");
  const json::value got = json::parse(answer.body);
  EXPECT_EQ(got.at("code").as_int64(), 200);
  EXPECT_EQ(got.at("status").as_string(), "success");
  const json::value &data = got.at("data");
  EXPECT_EQ(data.at("req_1").at("status").as_string(), "success");
  EXPECT_EQ(data.at("req_1").at("response").at("status").as_string(), "ok");
  EXPECT_EQ(data.at("req_1").at("response").at("values").as_array().size(), 2U);
  EXPECT_TRUE(data.at("req_2").at("response").at("rate").is_double());
  EXPECT_EQ(data.at("no").at("status").as_string(), "error");
  EXPECT_EQ(data.at("no").at("response").at("code").as_int64(), 404);
  EXPECT_EQ(data.at("who").at("response").at("code").as_int64(), 401);
  for (const char *bad : {"", "[]", "{}", R"({"a":{}})", R"({"a":{"url":7}})"})
    EXPECT_EQ(b.post("/batch", bad).status, 400) << bad;
  EXPECT_EQ(b.get("/batch").status, 404);
}

TEST(TwelveDataSimParams, ABatchGoesAsFarAsTheCreditsDo) {
  const Bench b("8");
  std::string body = "{";
  for (int n = 0; n < 10; ++n)
    body += (n > 0 ? ",\"" : "\"") + std::to_string(n) + R"(":{"url":"/price?symbol=EUR/USD"})";
  const Answer answer = b.post("/batch", body + "}", {{"Authorization", "apikey k"}});
  const json::value got = json::parse(answer.body);
  EXPECT_EQ(got.at("data").at("7").at("status").as_string(), "success");
  EXPECT_EQ(got.at("data").at("8").at("response").at("code").as_int64(), 429);
  EXPECT_EQ(answer.headers.at("api-credits-left"), "0");
}

TEST(TwelveDataSimParams, QuotesHaveTheirChangesAndAYearsRange) {
  const Bench b;
  const json::value stock = b.body("/quote?symbol=AAPL");
  for (const char *field : {"percent_change", "average_volume", "volume"})
    EXPECT_TRUE(stock.at(field).is_string()) << field;
  EXPECT_EQ(stock.at("timestamp").as_int64(), *parse_iso8601("2024-05-01T13:30:00Z") / 1'000);
  const json::value &year = stock.at("fifty_two_week");
  EXPECT_LE(std::stod(year.at("low").as_string().c_str()),
            std::stod(stock.at("close").as_string().c_str()));
  EXPECT_THAT(year.at("range").as_string().c_str(), HasSubstr(" - "));
  EXPECT_FALSE(stock.as_object().contains("rolling_change"));
  EXPECT_TRUE(b.body("/quote?symbol=BTC/USD").at("rolling_7d_change").is_string());
  EXPECT_EQ(b.body("/quote?symbol=AAPL&eod=true").at("datetime").as_string(), "2024-04-30");
}

TEST(TwelveDataSimParams, AConversionHasAnAmount) {
  const Bench b;
  const json::value got = b.body("/currency_conversion?symbol=EUR/USD&amount=100");
  EXPECT_NEAR(got.at("amount").to_number<double>(), 100 * got.at("rate").to_number<double>(), 1e-3);
  EXPECT_EQ(b.get("/currency_conversion?symbol=EUR/USD&amount=x").status, 400);
  const json::value then = b.body("/exchange_rate?symbol=EUR/USD&date=2024-04-30T10:00:00");
  EXPECT_EQ(then.at("timestamp").as_int64(), *parse_iso8601("2024-04-30T10:00:00Z") / 1'000);
}

TEST(TwelveDataSimParams, CataloguesHavePagesAndFilters) {
  const Bench b;
  const json::value all = b.body("/forex_pairs");
  EXPECT_EQ(all.at("count").as_int64(), 5);
  const json::value second = b.body("/forex_pairs?outputsize=2&page=2");
  ASSERT_EQ(second.at("data").as_array().size(), 2U);
  EXPECT_EQ(second.at("data").at(0), all.at("data").at(2));
  EXPECT_EQ(b.body("/forex_pairs?currency_base=EUR").at("data").as_array().size(), 1U);
  EXPECT_EQ(b.body("/stocks?exchange=TSX").at("data").as_array().size(), 1U);
  EXPECT_EQ(b.body("/stocks?exchange=TSX&show_plan=true").at("data").at(0).at("access").at("plan"),
            "Grow");
  EXPECT_FALSE(
      b.body("/symbol_search?symbol=AAPL").at("data").at(0).as_object().contains("access"));
}

TEST(TwelveDataSimParams, ListsOfExchangesTypesAndIntervals) {
  const Bench b;
  EXPECT_EQ(b.body("/exchanges?country=Canada").at("data").at(0).at("code").as_string(), "XTSE");
  EXPECT_EQ(b.body("/cryptocurrency_exchanges").at("data").at(0).at("name"), "Coinbase Pro");
  EXPECT_GT(b.body("/instrument_type").at("result").as_array().size(), 4U);
  EXPECT_EQ(b.body("/intervals").at("data").as_array().size(), 12U);
  EXPECT_EQ(b.get("/intervals").headers.at("api-credits-request"), "0");
  const json::value state = b.body("/market_state?code=XNYS");
  ASSERT_TRUE(state.is_array()) << "bare";
  EXPECT_TRUE(state.at(0).at("is_market_open").as_bool());
  EXPECT_EQ(state.at(0).at("time_after_open").as_string(), "01:37:30");
  EXPECT_EQ(state.at(0).at("time_to_close").as_string(), "04:52:30");
}

}  // namespace
}  // namespace tapedeck::sim
