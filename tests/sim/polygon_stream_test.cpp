// The WebSockets of the simulated Polygon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "sim/stream_test_client.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::string kAuth = R"({"action":"auth","params":"k"})";

class PolygonStream : public testing::Test {
 protected:
  void start(std::vector<VendorSetting> settings = {}, const char *when = "2024-05-01T15:00:30.500Z") {
    Options options;
    options.start_ms = *parse_iso8601(when);
    options.speed = 0;
    options.settings = std::move(settings);
    simulator = std::make_unique<Simulator>(options);
  }
  std::unique_ptr<StreamTestClient> open(const std::string &market, const std::string &params = {},
                                         const std::string &key = "k") {
    auto client = std::make_unique<StreamTestClient>(*simulator, "/polygon/" + market);
    client->send(R"({"action":"auth","params":")" + key + "\"}");
    if (!params.empty()) subscribe(*client, params);
    return client;
  }
  static void subscribe(StreamTestClient &client, const std::string &params) {
    client.send(R"({"action":"subscribe","params":")" + params + "\"}");
    client.wait_for_part("subscribed to: " + params.substr(params.rfind(',') + 1));
  }
  /// Lets time pass; everything due is written.
  void advance(std::int64_t ms) {
    simulator->clock().advance(ms);
    EXPECT_TRUE(simulator->settle());
  }
  /// Events of a kind, when as many data frames have come as were sent.
  std::vector<json::object> events(const StreamTestClient &client, const std::string &ev) {
    std::vector<json::object> out;
    client.wait_for([&] {
      std::size_t frames = 0;
      out.clear();
      for (const std::string &text : client.texts()) {
        const json::value frame = json::parse(text);
        EXPECT_TRUE(frame.is_array()) << text;
        frames += frame.at(0).at("ev").as_string() == "status" ? 0U : 1U;
        for (const json::value &event : frame.as_array())
          if (event.at("ev").as_string() == ev) out.push_back(event.as_object());
      }
      return frames >= simulator->messages_sent();
    });
    return out;
  }
  std::uint64_t ended(const std::string &reason) {
    auto ends = simulator->counters("polygon").streams.ended;
    return ends[reason];
  }
  std::unique_ptr<Simulator> simulator;
};

TEST_F(PolygonStream, GreetsAuthenticatesAndAcknowledgesEachPair) {
  start();
  const auto client = open("stocks", "T.AAPL,AM.BRK.B");
  EXPECT_THAT(client->texts(),
              testing::ElementsAre(
                  R"([{"ev":"status","status":"connected","message":"Connected Successfully"}])",
                  R"([{"ev":"status","status":"auth_success","message":"authenticated"}])",
                  R"([{"ev":"status","status":"success","message":"subscribed to: T.AAPL"},)"
                  R"({"ev":"status","status":"success","message":"subscribed to: AM.BRK.B"}])"));
}

TEST_F(PolygonStream, AcknowledgesOneByOneWhenTold) {
  start({{"polygon", "acks", "split"}});
  const auto client = open("crypto", "XT.BTC-USD,XA.BTC-USD");
  EXPECT_EQ(client->count(), 4U);
}

TEST_F(PolygonStream, IsSilentAboutWhatItDoesNotKnowAndWhatIsHeld) {
  start();
  const auto client = open("stocks", "T.AAPL");
  client->send(R"({"action":"subscribe","params":"ZZ.AAPL,T.AAPL,T.NOSUCH"})");
  EXPECT_THAT(client->wait_for_part("T.NOSUCH"), testing::Not(HasSubstr("AAPL")));
  advance(60'000);
  for (const auto &trade : events(*client, "T")) EXPECT_EQ(trade.at("sym").as_string(), "AAPL");
}

TEST_F(PolygonStream, RefusesWithoutANameAheadOfTheAcknowledgements) {
  start({{"polygon", "deny", "Q"}});
  const auto client = open("stocks", "Q.AAPL,T.AAPL");
  const auto texts = client->texts();
  ASSERT_EQ(texts.size(), 4U);
  EXPECT_EQ(texts[2], R"([{"ev":"status","status":"error","message":"not authorized"}])");
  EXPECT_TRUE(client->connected());
}

TEST_F(PolygonStream, ABadKeyEndsInAReset) {
  start();
  const auto client = open("stocks", {}, "unknown");
  EXPECT_THAT(client->wait_for_part("auth_failed"), HasSubstr("authentication failed"));
  const auto end = client->wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 0);
  start({{"polygon", "plan", "free"}});
  EXPECT_THAT(open("stocks")->wait_for_part("auth_failed"), HasSubstr("Your plan doesn't include websocket access"));
}

TEST_F(PolygonStream, AMarketThatThePlanLacksRefusesTheKey) {
  start({{"polygon", "deny", "forex"}});
  const auto forex = open("forex");
  EXPECT_THAT(forex->wait_for_part("auth_failed"), HasSubstr("Your plan doesn't include websocket access"));
  EXPECT_TRUE(forex->wait_for_end());
  EXPECT_THAT(open("stocks", "T.AAPL")->texts().back(), HasSubstr("subscribed to: T.AAPL"));
}

TEST_F(PolygonStream, WhoSendsNoKeyIsShownOut) {
  start();
  StreamTestClient client(*simulator, "/polygon/forex");
  ASSERT_TRUE(client.wait_for_count(1));
  simulator->clock().advance(10'000);
  EXPECT_THAT(client.wait_for_part("auth_timeout"), HasSubstr("No authentication request received."));
  EXPECT_TRUE(client.wait_for_end());
}

TEST_F(PolygonStream, OverTheCapTheOlderConnectionEnds) {
  start();
  const auto older = open("stocks", "T.AAPL");
  const auto other_market = open("forex", "C.EUR/USD");
  const auto newer = open("stocks", "T.MSFT");
  EXPECT_THAT(older->wait_for_part("max_connections"), HasSubstr("connections exceeded. "));
  const auto end = older->wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 1008);
  EXPECT_TRUE(newer->connected());
  EXPECT_TRUE(other_market->connected()) << "of another market";
}

TEST_F(PolygonStream, OverTheCapTheNewerConnectionEndsWhenTold) {
  start({{"polygon", "evict", "new"}, {"polygon", "evict_with", "reset"}});
  const auto older = open("stocks", "T.AAPL");
  const auto newer = open("stocks", "T.MSFT");
  simulator->clock().advance(1'500);
  newer->wait_for_part("max_connections");
  const auto end = newer->wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 0);
  EXPECT_TRUE(older->connected());
}

TEST_F(PolygonStream, MinuteBarsComeOnceTheyAreOverAndEqualTheRestRows) {
  start();
  TestClient rest(*simulator);
  const std::map<std::string, std::pair<std::string, std::string>> markets{
      {"stocks", {"AM.AAPL", "AAPL"}}, {"forex", {"CA.EUR/USD", "C:EURUSD"}},
      {"crypto", {"XA.BTC-USD", "X:BTCUSD"}}, {"indices", {"AM.I:SPX", "I:SPX"}}};
  std::map<std::string, std::unique_ptr<StreamTestClient>> clients;
  for (const auto &[market, names] : markets) clients[market] = open(market, names.first);
  for (int i = 0; i < 5; ++i) advance(60'000);
  for (const auto &[market, names] : markets) {
    const std::string ev = names.first.substr(0, 2);
    std::vector<json::object> bars;
    ASSERT_TRUE(clients[market]->wait_for([&] {
      bars.clear();
      for (const std::string &text : clients[market]->texts()) {
        const json::value frame = json::parse(text);
        for (const json::value &event : frame.as_array())
          if (event.at("ev").as_string() == ev) bars.push_back(event.as_object());
      }
      return bars.size() >= 5;
    })) << market;
    for (const json::object &bar : bars) {
      const std::string s = std::to_string(bar.at("s").as_int64());
      const json::value body = json::parse(
          rest.get("/polygon/v2/aggs/ticker/" + names.second + "/range/1/minute/" + s + "/" + s + "?apiKey=k").body);
      const json::value &row = body.at("results").at(0);
      for (const char *field : {"o", "h", "l", "c"}) EXPECT_EQ(bar.at(field), row.at(field)) << market << ' ' << s;
    }
    EXPECT_EQ(bars.front().contains("v"), market != "indices");
  }
}

TEST_F(PolygonStream, LateTradesBringABarAgain) {
  start({{"polygon", "late_bars", "100"}});
  const auto client = open("stocks", "AM.AAPL");
  for (int i = 0; i < 6; ++i) advance(60'000);
  const auto bars = events(*client, "AM");
  std::map<std::int64_t, std::vector<double>> volumes;
  bool backwards = false;
  std::int64_t newest = 0;
  for (const auto &bar : bars) {
    const std::int64_t s = bar.at("s").as_int64();
    backwards = backwards || s < newest;
    newest = std::max(newest, s);
    volumes[s].push_back(bar.at("v").to_number<double>());
  }
  EXPECT_TRUE(backwards) << "a correction comes after a later bar";
  ASSERT_EQ(volumes.begin()->second.size(), 2U);
  EXPECT_LE(volumes.begin()->second[0], volumes.begin()->second[1]);
}

TEST_F(PolygonStream, TicksHaveTheShapesOfTheirChannels) {
  start();
  const auto client = open("forex", "C.EUR/USD");
  advance(30'000);
  bool text = false, number = false;
  for (const auto &quote : events(*client, "C")) {
    EXPECT_EQ(quote.at("p").as_string(), "EUR/USD");
    (quote.at("x").is_string() ? text : number) = true;
  }
  EXPECT_TRUE(text && number) << "the exchange is a string now and then";
}

TEST_F(PolygonStream, TradesWithoutConditionsHaveNoList) {
  start();
  const auto client = open("stocks", "T.AAPL");
  advance(60'000);
  const auto trades = events(*client, "T");
  ASSERT_FALSE(trades.empty());
  EXPECT_TRUE(std::any_of(trades.begin(), trades.end(), [](const auto &t) { return !t.contains("c"); }));
}

TEST_F(PolygonStream, UnknownEventsAndFieldsAppearWhenTold) {
  start({{"polygon", "unknown_events", "on"}});
  const auto client = open("indices", "V.I:SPX");
  advance(60'000);
  EXPECT_FALSE(events(*client, "NEW").empty());
  EXPECT_FALSE(events(*client, "V").empty());
}

TEST_F(PolygonStream, AClosedMarketSaysNothingAndNeitherDoesTheServer) {
  start({}, "2024-05-04T12:00:00Z");  // Saturday
  const auto client = open("forex", "C.EUR/USD,CA.EUR/USD");
  for (int i = 0; i < 10; ++i) advance(60'000);
  EXPECT_EQ(client->count(), 3U);
  EXPECT_TRUE(client->pings().empty()) << "no heartbeat";
  client->ping("there?");
  EXPECT_TRUE(client->connected());
}

TEST_F(PolygonStream, TheDelayedFeedIsFifteenMinutesBehind) {
  start();
  const auto client = open("delayed/stocks", "AM.AAPL");
  advance(60'000);
  const auto bars = events(*client, "AM");
  ASSERT_EQ(bars.size(), 1U);
  EXPECT_EQ(bars[0].at("s").as_int64(), *parse_iso8601("2024-05-01T14:45:00Z"));
}

TEST_F(PolygonStream, FaultsNameAStreamBySymbol) {
  start();
  const auto aapl = open("stocks", "T.AAPL");
  TestClient rest(*simulator);
  ASSERT_TRUE(aapl->wait_for([&] {
    const auto streams = simulator->streams();
    return streams.size() == 1 && !streams[0].subscriptions.empty();
  })) << "an order for now looks at what is subscribed";
  EXPECT_EQ(rest.fault(R"({"vendor":"polygon","kind":"mute","now":true,"symbol":"AAPL"})"), 200);
  ASSERT_TRUE(simulator->settle());
  advance(60'000);
  EXPECT_EQ(simulator->messages_sent(), 0U);
  EXPECT_EQ(rest.fault(R"({"vendor":"polygon","kind":"cut","now":true,"stream":"T.AAPL"})"), 200);
  EXPECT_TRUE(aapl->wait_for_end());
}

}  // namespace
}  // namespace tapedeck::sim
