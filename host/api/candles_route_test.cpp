// What the candles route answers; how it streams is in streaming_test.cpp.
#include <boost/json.hpp>

#include <algorithm>

#include "api/api_test_support.hpp"
#include "base/text.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

class Candles : public ApiTest {
 protected:
  boost::json::object json(std::string_view target) {
    const Answer a = get(target);
    EXPECT_EQ(a.status, 200) << a.body;
    EXPECT_TRUE(a.whole);
    return boost::json::parse(a.body).as_object();
  }
  std::string coverage_of(std::string_view target) { return get(target).headers["x-coverage"]; }
};

std::size_t lines(const std::string &text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }
std::string first_time(const std::string &csv) { return csv.substr(csv.find('\n') + 1, 20); }
std::string last_line(const std::string &text) {
  const std::size_t end = text.rfind('\n', text.size() - 2);
  return text.substr(end + 1);
}

constexpr const char *kBtc = "/api/v1/candles/BTC%2FUSDT?interval=1m";

}  // namespace

TEST_F(Candles, AnswerCsvAsStored) {
  const Answer a = get(std::string(kBtc) + "&format=csv&limit=2");
  EXPECT_EQ(a.body,
            "time,open,high,low,close,volume,source\n"
            "2024-01-01T00:00:00Z,100000.00,100005.00,99995.00,100001.00,1.000,binance\n"
            "2024-01-01T00:01:00Z,100000.01,100005.01,99995.01,100001.01,1.001,binance\n");
  EXPECT_EQ(a.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(a.headers.at("transfer-encoding"), "chunked");
}

TEST_F(Candles, AnswerNdjson) {
  const Answer a = get(std::string(kBtc) + "&format=ndjson&limit=1");
  EXPECT_EQ(a.body,
            "{\"time\":\"2024-01-01T00:00:00Z\",\"open\":\"100000.00\",\"high\":\"100005.00\",\"low\":\"99995.00\","
            "\"close\":\"100001.00\",\"volume\":\"1.000\",\"source\":\"binance\"}\n");
  EXPECT_EQ(a.headers.at("content-type"), "application/x-ndjson");
}

TEST_F(Candles, AnswerJsonWithHoles) {
  EXPECT_EQ(get(std::string(kBtc) + "&from=2024-01-01T17:00:00Z&to=2024-01-01T18:21:00Z").body,
            "{\"symbol\":\"BTC/USDT\",\"interval\":\"1m\",\"price\":\"trade\",\"from\":\"2024-01-01T17:00:00Z\",\"to\":\"2024-01-01T18:21:00Z\","
            "\"holes\":[{\"from\":\"2024-01-01T17:00:00Z\",\"to\":\"2024-01-01T18:20:00Z\","
            "\"reason\":\"HTTP 502 from \\\"the vendor\\\"\",\"state\":\"failed\",\"source\":\"binance\","
            "\"error\":\"unavailable\",\"tries\":3,\"next_try\":\"2024-01-03T00:00:00Z\"}],"
            "\"candles\":[{\"time\":\"2024-01-01T18:20:00Z\",\"open\":\"100001.00\",\"high\":\"100006.00\","
            "\"low\":\"99996.00\",\"close\":\"100002.00\",\"volume\":\"1.001\",\"source\":\"binance\"}]}\n");
}

TEST_F(Candles, AnswerTheWholeExtentByDefault) {
  const auto body = json(kBtc);
  EXPECT_EQ(body.at("from"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(body.at("to"), "2024-01-03T02:00:00Z");
  EXPECT_EQ(body.at("candles").as_array().size(), 3000u - 160u);
  ASSERT_EQ(body.at("holes").as_array().size(), 2u);
  const auto &never = body.at("holes").as_array()[1].as_object();
  EXPECT_EQ(never.at("state"), "never_asked");
  EXPECT_TRUE(never.at("source").is_null() && never.at("error").is_null() && never.at("next_try").is_null());
}

TEST_F(Candles, AreFoundUnderEveryWayToWriteTheSymbol) {
  for (const char *symbol : {"BTC%2FUSDT", "BTC%2fUSDT", "BTCUSDT", "%42TC%2FUSD%54"})
    EXPECT_EQ(json(std::string("/api/v1/candles/") + symbol + "?interval=1m&limit=1").at("symbol"), "BTC/USDT") << symbol;
}

TEST_F(Candles, ComeNewestFirstWhenAsked) {
  const std::string body = get(std::string(kBtc) + "&format=csv&order=desc&limit=3").body;
  EXPECT_EQ(lines(body), 4u);
  EXPECT_EQ(first_time(body), "2024-01-03T01:59:00Z");
  EXPECT_EQ(last_line(body).substr(0, 20), "2024-01-03T01:57:00Z");
}

TEST_F(Candles, HaveTheSameRowsInBothOrders) {
  const auto sorted = [&](const char *order) {
    std::vector<std::string> rows;
    std::string text = get(std::string(kBtc) + "&format=ndjson&order=" + order).body;
    for (std::size_t i = 0; i < text.size(); i = text.find('\n', i) + 1) rows.push_back(text.substr(i, text.find('\n', i) - i));
    if (std::string_view(order) == "desc") std::reverse(rows.begin(), rows.end());
    return rows;
  };
  EXPECT_EQ(sorted("asc"), sorted("desc"));
}

TEST_F(Candles, TakeEveryWayToWriteATime) {
  // The clock stands at 2024-01-31T00:00:00Z.
  for (const char *from : {"2024-01-02", "2024-01-02T00:00:00Z", "2024-01-02T02:00:00+02:00", "2024-01-02T02:00:00%2B02:00",
                           "1704153600", "29d"})
    EXPECT_EQ(first_time(get(std::string(kBtc) + "&format=csv&limit=1&from=" + from).body), "2024-01-02T00:00:00Z") << from;
}

TEST_F(Candles, EndBeforeTo) {
  const std::string body = get(std::string(kBtc) + "&format=csv&to=2024-01-01T00:02:00Z").body;
  EXPECT_EQ(last_line(body).substr(0, 20), "2024-01-01T00:01:00Z");
}

TEST_F(Candles, AreFoundByEveryVendorsNotation) {
  for (const char *symbol : {"BTCUSDT", "BTC-USDT", "BTC_USDT", "BTC%2FUSDT", "crypto:BTC%2FUSDT"})
    EXPECT_EQ(json("/api/v1/candles/" + std::string(symbol) + "?interval=1m&price=trade&limit=1").at("symbol"), "BTC/USDT") << symbol;
}

TEST_F(Candles, SayWhetherTheyAreComplete) {
  const std::string range = std::string(kBtc) + "&from=2024-01-01T00:00:00Z&to=";
  EXPECT_EQ(coverage_of(range + "2024-01-01T16:40:00Z"), "complete");
  EXPECT_EQ(coverage_of(range + "2024-01-01T16:41:00Z"), "partial");
  EXPECT_EQ(coverage_of(std::string(kBtc) + "&from=2024-01-02T16:00:00Z&to=2024-01-02T18:30:00Z"), "complete") << "no trades explains";
  EXPECT_EQ(coverage_of("/api/v1/candles/ADAUSDT?interval=1m&format=csv"), "complete");
  EXPECT_EQ(coverage_of("/api/v1/candles/ADAUSDT?interval=1m&to=2030-01-01"), "partial");
}

TEST_F(Candles, AreNotMissingBetweenOpenTimesNorInTheFuture) {
  // The minute that 16:40:30 falls into opened before the range; the next one is a hole from 16:41 on.
  EXPECT_EQ(coverage_of(std::string(kBtc) + "&from=2024-01-01T00:00:00.5Z&to=2024-01-01T16:39:30Z"), "complete");
  EXPECT_EQ(coverage_of(std::string(kBtc) + "&from=2024-01-01T18:19:30Z&to=2024-01-01T19:00:00Z"), "complete");
  EXPECT_EQ(coverage_of(std::string(kBtc) + "&from=2024-02-01&to=2024-02-02"), "complete") << "nothing is due yet";
}

TEST_F(Candles, OfASeriesThatNobodyFilledAreEmptyAndPartial) {
  const Answer a = get("/api/v1/candles/ETHUSDT?interval=1m");
  EXPECT_EQ(a.body, "{\"symbol\":\"ETH/USDT\",\"interval\":\"1m\",\"price\":\"trade\",\"from\":null,\"to\":null,\"holes\":[],\"candles\":[]}\n");
  EXPECT_EQ(a.headers.at("x-coverage"), "partial");
  EXPECT_EQ(json("/api/v1/candles/ETHUSDT?interval=1m&from=1d").at("holes").as_array().size(), 1u);
}

TEST_F(Candles, FromAfterTheLastKnownInstantReachToNow) {
  const auto body = json(std::string(kBtc) + "&from=2024-01-20");
  EXPECT_EQ(body.at("to"), "2024-01-31T00:00:00Z");
  EXPECT_EQ(body.at("candles").as_array().size(), 0u);
  EXPECT_EQ(body.at("holes").as_array()[0].at("state"), "never_asked");
}

TEST_F(Candles, BeforeTheFirstKnownInstantAreNone) {
  const Answer a = get(std::string(kBtc) + "&to=2023-01-01&format=csv");
  EXPECT_EQ(a.body, "time,open,high,low,close,volume,source\n");
  EXPECT_EQ(a.headers.at("x-coverage"), "partial");
}

TEST_F(Candles, TruncateALongListOfHoles) {
  ApiLimits limits;
  limits.holes = 1;
  start(limits);
  const auto body = json(kBtc);
  EXPECT_EQ(body.at("holes").as_array().size(), 1u);
  EXPECT_EQ(body.at("holes_truncated"), true);
}

TEST_F(Candles, RefuseBadParametersWithAHint) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "invalid_parameter: add interval=1m, for example"},
      {"intervall=1m", "invalid_parameter: did you mean 'interval'?"},
      {"interval=1m&interval=1m", "invalid_parameter: give it once"},
      {"interval=", "invalid_parameter: leave it out or give it a value"},
      {"interval=7m", "invalid_parameter: there are: 1s, 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w, 1M"},
      {"interval=1m&from=yesterday", "invalid_parameter: give a time such as 2024-01-01T10:00:00Z, 1704067200 (epoch seconds) or 30d (ago)"},
      {"interval=1m&from=2024-01-02&to=2024-01-01", "invalid_parameter: the range is [from, to); spans such as 30d count back from now"},
      {"interval=1m&from=2024-01-02&to=2024-01-02", "invalid_parameter: the range is [from, to); spans such as 30d count back from now"},
      {"interval=1m&from=2150-01-01", "invalid_parameter: the range is [from, to); spans such as 30d count back from now"},
      {"interval=1m&to=290y", "invalid_parameter: times from 1800 to 2199 are served"},
      {"interval=1m&limit=0", "invalid_parameter: give a whole number from 1 to 10000000"},
      {"interval=1m&limit=10000001", "invalid_parameter: give a whole number from 1 to 10000000"},
      {"interval=1m&limit=-1", "invalid_parameter: give a whole number from 1 to 10000000"},
      {"interval=1m&limit=1e3", "invalid_parameter: give a whole number from 1 to 10000000"},
      {"interval=1m&order=descc", "invalid_parameter: did you mean 'desc'?"},
      {"interval=1m&format=parquet", "invalid_parameter: there are: json, csv, ndjson"},
      {"interval=1m&price=bids", "invalid_parameter: did you mean 'bid'?"},
      {"interval=1m&from=%zz", "invalid_parameter: "},
      {"interval=1m&from=%00", "invalid_parameter: "},
      {"interval=1m&fetch_missing=true", "not_supported: leave it out"},
      {"interval=1m&adjust=splits", "not_supported: leave it out"},
  };
  for (const auto &[query, expected] : cases) EXPECT_EQ(error_of("/api/v1/candles/BTCUSDT?" + query, 400), expected) << query;
}

TEST_F(Candles, TellAnUnknownSymbolFromAnUnknownInterval) {
  EXPECT_EQ(error_of("/api/v1/candles/BTC%2FUSDX?interval=1m", 404), "unknown_symbol: did you mean 'BTC/USDT'?");
  EXPECT_EQ(error_of("/api/v1/candles/ZZZZZZZZZZ?interval=1m", 404), "unknown_symbol: ");
  EXPECT_EQ(error_of("/api/v1/candles/" + std::string(5000, 'A') + "?interval=1m", 404), "unknown_symbol: ");
  EXPECT_EQ(error_of("/api/v1/candles/BTCUSDT?interval=1h", 404), "unknown_interval: ask for one of 1m");
  EXPECT_EQ(error_of("/api/v1/candles/BTCUSDT?interval=1m&price=bid", 404), "unknown_interval: ask for one of 1m trade");
  EXPECT_EQ(error_of("/api/v1/candles/%FF?interval=1m", 400), "invalid_parameter: ");
}

TEST_F(Candles, OfASymbolThatMayMeanSeveralAreRefusedWithThem) {
  EXPECT_EQ(get("/api/v1/candles/BTC?interval=1m&limit=1").status, 200) << "one of them is kept";
  market.all.push_back({Series{"BTC/USD", *Interval::parse("1m"), TDK_PRICE_TRADE, TDK_ADJ_RAW}, 5, {}, {}});
  const auto reply = get("/api/v1/candles/BTC?interval=1m");
  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(reply.body.find("'BTC' may mean BTC/USD or BTC/USDT; write which"), std::string::npos) << reply.body;
  EXPECT_EQ(get("/api/v1/candles/BTCUSD?interval=1m&limit=1").status, 200);
}

TEST_F(Candles, MapTheStoresFailures) {
  const std::vector<std::tuple<tdk_status, int, std::string>> cases = {
      {TDK_BUSY, 503, "busy: "},        {TDK_UNAVAILABLE, 503, "unavailable: "}, {TDK_TIMEOUT, 504, "timeout: "},
      {TDK_IO, 500, "internal: "},      {TDK_INVALID_ARGUMENT, 400, "invalid_parameter: "},
      {TDK_BAD_DATA, 500, "internal: "}};
  for (const auto &[code, status, expected] : cases) {
    market.before_batch = [c = code](std::uint64_t, const tdk_cancel *) { throw Error(c, "the disk is on fire"); };
    EXPECT_EQ(error_of(kBtc, status), expected);
  }
  market.before_batch = [](std::uint64_t, const tdk_cancel *) { throw Error(TDK_BUSY, "locked", 2500); };
  EXPECT_EQ(get(kBtc).headers.at("retry-after"), "3");
}

TEST_F(Candles, ThatDoNotBeginInTimeAreATimeout) {
  market.before_batch = [this](std::uint64_t, const tdk_cancel *) { clock.advance(31 * kSecond); };
  EXPECT_EQ(error_of(kBtc, 504), "timeout: ");
}

TEST_F(Candles, OnceBegunTakeTheTimeTheyNeed) {
  start();
  market.before_batch = [this](std::uint64_t batch, const tdk_cancel *) {
    if (batch > 0) clock.advance(kHour);
  };
  const Answer a = get("/api/v1/candles/BIGUSDT?interval=1m&format=csv&limit=20000");
  EXPECT_TRUE(a.whole);
  EXPECT_EQ(lines(a.body), 20001u);
}

TEST_F(Candles, AnswerHeadWithoutRows) {
  const Answer a = request("HEAD " + std::string(kBtc) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", true);
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.headers.at("x-coverage"), "partial");
  EXPECT_EQ(market.batches, 0u);
}

TEST_F(Candles, GoToHttp10WithoutChunks) {
  const Answer a = request("GET " + std::string(kBtc) + "&format=csv&limit=2 HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(a.headers.contains("transfer-encoding"));
  EXPECT_EQ(lines(a.body), 3u);
}
