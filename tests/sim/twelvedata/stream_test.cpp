// The WebSocket of the simulated Twelve Data against the checklist of its reference.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <memory>

#include "sim/stream_test_client.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

#if defined(__SANITIZE_THREAD__)
/// The system's POCO is not instrumented, so its counting of references looks like a race where the
/// acceptor lets go of a socket.
extern "C" const char *__tsan_default_suppressions() { return "race:Poco::Net::TCPServer::run\n"; }
#endif

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr const char *kPath = "/twelvedata/v1/quotes/price?apikey=k";

Options standing(std::vector<VendorSetting> settings = {}) {
  Options options;
  options.start_ms = *parse_iso8601("2024-05-01T14:00:30.500Z");  // New York trades
  options.speed = 0;
  options.settings = std::move(settings);
  return options;
}

struct Bench {
  explicit Bench(std::vector<VendorSetting> settings = {})
      : simulator(standing(std::move(settings))), client(simulator, kPath) {}
  std::string subscribe(const std::string &symbols) {
    client.send(R"({"action":"subscribe","params":{"symbols":)" + symbols + "}}");
    return client.wait_for_part("subscribe-status");
  }
  std::vector<json::value> prices(std::int64_t ms) {
    simulator.clock().advance(ms);
    EXPECT_TRUE(simulator.settle());
    std::vector<json::value> out;
    client.wait_for([&] {
      out.clear();
      for (const std::string &text : client.texts())
        if (text.find("\"event\":\"price\"") != text.npos) out.push_back(json::parse(text));
      return out.size() >= simulator.messages_sent();
    });
    return out;
  }
  Simulator simulator;
  StreamTestClient client;
};

TEST(TwelveDataStreamSim, AWrongKeyRefusesTheUpgradeWithABody) {
  for (const int status : {200, 401, 403}) {
    Simulator simulator(standing({{"twelvedata", "upgrade", std::to_string(status)}}));
    const StreamTestClient client(simulator, "/twelvedata/v1/quotes/price?apikey=wrong");
    EXPECT_FALSE(client.connected());
    EXPECT_EQ(client.refusal(), status);
  }
}

TEST(TwelveDataStreamSim, StatusIsOkWarningOrError) {
  EXPECT_THAT(Bench().subscribe(R"("AAPL,EUR/USD")"),
              HasSubstr(R"("status":"ok","success":[{"symbol":"AAPL","exchange":"NASDAQ")"));
  EXPECT_THAT(Bench().subscribe(R"("AAPL,XAG/USD,NOPE")"),
              testing::AllOf(HasSubstr(R"("status":"warning")"),
                             HasSubstr("You are not authorized to access"),
                             HasSubstr(R"({"symbol":"NOPE"})")));
  EXPECT_THAT(Bench().subscribe(R"("NOPE")"), HasSubstr(R"("status":"error")"));
  EXPECT_THAT(Bench().subscribe(R"([{"symbol":"AAPL","exchange":"NASDAQ"}])"),
              HasSubstr(R"("status":"ok")"));
}

TEST(TwelveDataStreamSim, ArraysMayBeNullOrMissing) {
  EXPECT_THAT(Bench({{"twelvedata", "arrays", "null"}}).subscribe(R"("AAPL")"),
              HasSubstr(R"("fails":null)"));
  EXPECT_THAT(Bench({{"twelvedata", "arrays", "missing"}}).subscribe(R"("AAPL")"),
              testing::Not(HasSubstr("fails")));
}

TEST(TwelveDataStreamSim, PricesAreNumbersInWholeSecondsWithBidAndAskOfPairs) {
  Bench b;
  b.subscribe(R"("AAPL,XAU/USD")");
  const auto got = b.prices(20'000);
  ASSERT_GT(got.size(), 4U);
  bool stock = false, metal = false;
  for (const json::value &p : got) {
    EXPECT_TRUE(p.at("price").is_number());
    EXPECT_LT(p.at("timestamp").as_int64(), 2'000'000'000);
    if (p.at("symbol").as_string() == "AAPL") stock = p.as_object().contains("day_volume");
    if (p.at("symbol").as_string() == "XAU/USD")
      metal = p.at("bid").to_number<double>() < p.at("ask").to_number<double>();
  }
  EXPECT_TRUE(stock);
  EXPECT_TRUE(metal);
}

TEST(TwelveDataStreamSim, TheLastPriceOfAMinuteIsTheCloseOfItsBar) {
  Bench b;
  b.subscribe(R"("BTC/USD")");
  const auto got = b.prices(100'000);
  const std::int64_t end = *parse_iso8601("2024-05-01T14:02:00Z") / 1'000;
  std::string last;
  for (const json::value &p : got)
    if (p.at("timestamp").as_int64() <= end && p.at("timestamp").as_int64() > end - 60)
      last = json::serialize(p.at("price"));
  const Answer bar =
      TestClient(b.simulator)
          .get(
              "/twelvedata/time_series?apikey=k&symbol=BTC/USD&interval=1min&timezone=UTC"
              "&start_date=2024-05-01T14:01:00&end_date=2024-05-01T14:01:00");
  const std::string close =
      json::parse(bar.body).at("values").at(0).at("close").as_string().c_str();
  EXPECT_EQ(json::serialize(json::parse(close)), last);
}

TEST(TwelveDataStreamSim, ForexIsSilentAtTheWeekend) {
  Options options = standing();
  options.start_ms = *parse_iso8601("2024-05-04T12:00:00Z");
  Simulator simulator(options);
  StreamTestClient client(simulator, kPath);
  client.send(R"({"action":"subscribe","params":{"symbols":"EUR/USD"}})");
  client.wait_for_part("subscribe-status");
  simulator.clock().advance(600'000);
  EXPECT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 0U);
}

TEST(TwelveDataStreamSim, HeartbeatsResetsAndNonsenseAreAnswered) {
  Bench b;
  b.client.send(R"({"action":"heartbeat"})");
  EXPECT_EQ(b.client.wait_for_part("heartbeat"), R"({"event":"heartbeat","status":"ok"})");
  b.client.send("nonsense");
  EXPECT_THAT(b.client.wait_for_part("Cant parse message"),
              HasSubstr(R"("status":"error","messages":[)"));
  b.subscribe(R"("BTC/USD")");
  b.client.send(R"({"action":"reset"})");
  b.client.wait_for_part("reset-status");
  EXPECT_TRUE(b.prices(20'000).empty());
}

TEST(TwelveDataStreamSim, AFurtherConnectionOfAKeyClosesTheOldest) {
  for (const std::size_t most : {std::size_t{1}, std::size_t{3}}) {
    Simulator simulator(standing({{"twelvedata", "credits_per_minute", most == 1 ? "8" : "610"}}));
    std::vector<std::unique_ptr<StreamTestClient>> clients;
    for (std::size_t n = 0; n <= most; ++n) {
      clients.push_back(std::make_unique<StreamTestClient>(simulator, kPath));
      clients.back()->send(R"({"action":"heartbeat"})");
      clients.back()->wait_for_part("heartbeat");
    }
    const auto end = clients.front()->wait_for_end();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->close_code, 1000);
    const StreamTestClient other(simulator, "/twelvedata/v1/quotes/price?apikey=other");
    EXPECT_TRUE(other.connected());
    clients.back()->send("nonsense");
    clients.back()->wait_for_part("Cant parse message");
  }
}

TEST(TwelveDataStreamSim, AListingIsFoundByItsMicCodeAndTheTrialHasEightSymbols) {
  EXPECT_THAT(
      Bench({{"twelvedata", "credits_per_minute", "55"}})
          .subscribe(R"([{"symbol":"RY","mic_code":"XTSE"},{"symbol":"RY","mic_code":"XNYS"}])"),
      testing::AllOf(HasSubstr(R"("status":"warning")"),
                     HasSubstr(R"("fails":[{"symbol":"RY","mic_code":"XNYS"}])")));
  EXPECT_THAT(
      Bench().subscribe(R"("EUR/USD,GBP/USD,USD/JPY,XAU/USD,BTC/USD,ETH/USD,AAPL,MSFT,AMZN")"),
      HasSubstr(R"("fails":[{"symbol":"AMZN"}])"));
}

TEST(TwelveDataStreamSim, ANewConnectionHasNoSubscriptions) {
  Bench b;
  b.subscribe(R"("BTC/USD")");
  b.client.close();
  StreamTestClient again(b.simulator, kPath);
  b.simulator.clock().advance(20'000);
  EXPECT_TRUE(b.simulator.settle());
  EXPECT_EQ(again.count(), 0U);
}

}  // namespace
}  // namespace tapedeck::sim
