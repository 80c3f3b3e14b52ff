// The rules of Binance's stream connections: endpoints, commands, pings, limits, life.
#include "sim/stream_fixture.hpp"

#if defined(__SANITIZE_THREAD__)
/// The system's POCO is not instrumented, so its counting of references looks like a race where the
/// acceptor lets go of a socket.
extern "C" const char *__tsan_default_suppressions() { return "race:Poco::Net::TCPServer::run\n"; }
#endif

namespace tapedeck::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class StreamRulesTest : public StreamTest {
 protected:
  StreamRulesTest() : StreamTest(strict_streams()) {}
};

TEST_F(StreamRulesTest, PlainPathsWaitForASubscription) {
  for (const char *path : {"/binance/ws", "/binance/stream"}) {
    StreamTestClient client(simulator, path);
    EXPECT_EQ(client.command("LIST_SUBSCRIPTIONS"), R"({"result":[],"id":1})") << path;
  }
}

TEST_F(StreamRulesTest, PathsNameStreams) {
  StreamTestClient raw(simulator, "/binance/ws/btcusdt@trade/ethusdt@kline_1m");
  EXPECT_EQ(raw.command("LIST_SUBSCRIPTIONS"),
            R"({"result":["btcusdt@trade","ethusdt@kline_1m"],"id":1})");
  StreamTestClient combined(simulator, "/binance/stream?streams=btcusdt@trade/ethusdt@trade");
  EXPECT_EQ(combined.command("LIST_SUBSCRIPTIONS"),
            R"({"result":["btcusdt@trade","ethusdt@trade"],"id":1})");
}

TEST_F(StreamRulesTest, OnlyCombinedHasTheEnvelope) {
  StreamTestClient raw(simulator, "/binance/ws/btcusdt@trade");
  StreamTestClient combined(simulator, "/binance/stream?streams=btcusdt@trade");
  ASSERT_TRUE(raw.wait_for([&] { return simulator.streams().size() == 2; }));
  advance(2'000);
  EXPECT_THAT(raw.wait_for_part("trade"), StartsWith(R"({"e":"trade","E":17145576)"));
  EXPECT_THAT(combined.wait_for_part("trade"),
              StartsWith(R"({"stream":"btcusdt@trade","data":{"e":"trade",)"));
  EXPECT_EQ(combined.command("GET_PROPERTY", R"(["combined"])"), R"({"result":true,"id":1})")
      << "replies are never wrapped";
  EXPECT_EQ(combined.command("SET_PROPERTY", R"(["combined",false])"), R"({"result":null,"id":2})");
  EXPECT_EQ(combined.command("GET_PROPERTY", R"(["combined"])"), R"({"result":false,"id":3})");
  const std::size_t before = combined.count();
  advance(2'000);
  ASSERT_TRUE(combined.wait_for_count(before + 1));
  EXPECT_THAT(combined.texts().back(), StartsWith(R"({"e":"trade")"));
}

TEST_F(StreamRulesTest, MicrosecondsOnRequest) {
  for (const char *unit : {"MICROSECOND", "microsecond"}) {
    StreamTestClient client(simulator,
                            "/binance/stream?streams=btcusdt@trade&timeUnit=" + std::string(unit));
    ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
    advance(2'000);
    const auto trade = boost::json::parse(client.wait_for_part("trade")).at("data");
    EXPECT_GT(trade.at("T").as_int64(), kStreamStart * 1'000) << unit;
    client.close();
    ASSERT_TRUE(client.wait_for([&] { return simulator.streams().empty(); }));
  }
  StreamTestClient plain(simulator, "/binance/ws?timeUnit=MILLISECOND");
  EXPECT_TRUE(plain.connected());
  EXPECT_EQ(StreamTestClient(simulator, "/binance/ws?timeUnit=hours").refusal(), 400);
}

TEST_F(StreamRulesTest, RefusesCommandsInBinancesWords) {
  const std::pair<const char *, const char *> cases[] = {
      {R"({"method":"SUBSCRIBE","params":["BTCUSDT@trade"],"id":7})",
       R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":7})"},
      {R"({"method":"SUBSCRIBE","params":["btcusdt@kline_7m"],"id":"abc"})",
       R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":"abc"})"},
      {R"({"method":"SUBSCRIBE","params":["btcusdt@trade"]})",
       R"({"error":{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"},"id":null})"},
      {R"({"params":["btcusdt@trade"],"id":1})",
       R"({"error":{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 35"},"id":1})"},
      {R"({"method":"SUBSCRIB","id":1})",
       R"({"error":{"code":2,"msg":"Invalid request: unknown variant `SUBSCRIB`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 20"},"id":1})"},
      {R"({"method":"SET_PROPERTY","params":["colour",true],"id":1})",
       R"({"error":{"code":0,"msg":"Unknown property"},"id":1})"},
      {R"({"method":"SET_PROPERTY","params":["combined",1],"id":1})",
       R"({"error":{"code":1,"msg":"Invalid value type: expected Boolean"},"id":1})"},
      {R"({"method":"GET_PROPERTY","params":[1],"id":1})",
       R"({"error":{"code":2,"msg":"Invalid request: property name must be a string"},"id":1})"},
      {R"({"method":"GET_PROPERTY","params":["combined",1],"id":1})",
       R"({"error":{"code":2,"msg":"Invalid request: too many parameters"},"id":1})"},
      {"nonsense", R"({"error":{"code":3,"msg":"Invalid JSON: expected value at line 1 column )"},
  };
  for (const auto &[request, reply] : cases) {
    StreamTestClient client(simulator, "/binance/ws");
    client.send(request);
    EXPECT_THAT(client.wait_for_part("error"), StartsWith(reply));
    EXPECT_TRUE(client.connected()) << request;
  }
}

TEST_F(StreamRulesTest, UnknownSymbolsAreAcknowledgedAndSilent) {
  StreamTestClient client(simulator, "/binance/ws");
  EXPECT_TRUE(client.subscribe({"nopeusdt@trade", "nopeusdt@kline_1m"}));
  advance(120'000);
  EXPECT_EQ(client.count(), 1U);
  EXPECT_EQ(simulator.messages_sent(), 0U);
}

TEST_F(StreamRulesTest, UnsubscribedStreamsStop) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@trade/ethusdt@trade");
  EXPECT_EQ(client.command("UNSUBSCRIBE", R"(["btcusdt@trade"])"), R"({"result":null,"id":1})");
  advance(5'000);
  for (const auto &trade : data_of(client)) EXPECT_EQ(text_of(trade.at("s")), "ETHUSDT");
  EXPECT_GT(simulator.messages_sent(), 0U);
}

TEST_F(StreamRulesTest, TakesAtMost1024Streams) {
  StreamTestClient client(simulator, "/binance/ws");
  std::vector<std::string> names;
  for (int i = 0; i < 1'024; ++i) names.push_back("none" + std::to_string(i) + "@trade");
  ASSERT_TRUE(client.subscribe(names));
  EXPECT_TRUE(client.subscribe({"none1@trade"})) << "it is there already";
  EXPECT_EQ(client.command("SUBSCRIBE", R"(["btcusdt@trade"])"),
            R"({"error":{"code":4,"msg":"Too many subscriptions"},"id":3})");
}

TEST_F(StreamRulesTest, PingsEvery20SecondsAndKeepsThoseWhoAnswer) {
  StreamTestClient client(simulator, "/binance/ws");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  for (std::size_t i = 1; i <= 6; ++i) {
    advance(20'000);
    ASSERT_TRUE(client.wait_for([&] { return client.pings().size() == i; }));
    EXPECT_FALSE(client.pings().back().empty()) << "there is a payload to copy";
    ASSERT_TRUE(client.wait_for([&] { return simulator.counters("binance").streams.pongs == i; }));
  }
  EXPECT_TRUE(client.connected());
  EXPECT_EQ(streams_state().at("pings").to_number<int>(), 6);
}

TEST_F(StreamRulesTest, CutsThoseWhoDoNotAnswerIn60Seconds) {
  StreamTestClient client(simulator, "/binance/ws", {.pongs = false});
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  advance(20'000);
  advance(59'999);
  EXPECT_TRUE(client.connected());
  client.pong("not the payload");
  client.pong();
  simulator.clock().advance(1);
  const auto end = client.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 1008);
  EXPECT_EQ(end->reason, "Pong timeout");
  EXPECT_EQ(ended("pong timeout"), 1);
}

TEST_F(StreamRulesTest, AnswersPings) {
  StreamTestClient client(simulator, "/binance/ws");
  client.ping("hello");
  EXPECT_EQ(client.command("LIST_SUBSCRIPTIONS"), R"({"result":[],"id":1})");
  EXPECT_TRUE(client.wait_for([&] { return simulator.counters("binance").streams.received == 2; }));
}

/// Six messages in one second: pings, pongs and commands all count.
std::optional<StreamEnd> send_too_much(const Simulator &simulator) {
  StreamTestClient client(simulator, "/binance/ws");
  for (int i = 0; i < 2; ++i) {
    client.ping();
    client.pong();
    client.send(R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
  }
  return client.wait_for_end();
}

TEST_F(StreamRulesTest, DisconnectsAndThenBansThoseWhoSendTooMuch) {
  for (int i = 0; i < 3; ++i) {
    const auto end = send_too_much(simulator);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->close_code, 1008);
  }
  EXPECT_EQ(ended("message rate"), 3);
  EXPECT_EQ(StreamTestClient(simulator, "/binance/ws").refusal(), 418);
  EXPECT_EQ(rest.get("/binance/api/v3/ping").status, 200) << "REST has its own limits";
  simulator.clock().advance(120'000);
  EXPECT_TRUE(StreamTestClient(simulator, "/binance/ws").connected());
}

TEST_F(StreamRulesTest, FiveMessagesInASecondPass) {
  StreamTestClient client(simulator, "/binance/ws");
  for (int second = 0; second < 4; ++second) {
    for (int i = 0; i < 5; ++i) ASSERT_NE(client.command("LIST_SUBSCRIPTIONS"), "") << second;
    advance(1'000);
  }
  EXPECT_TRUE(client.connected());
}

TEST(StreamRules, AHundredPingsAnsweredLateAreNotTooMuch) {
  Simulator simulator(frozen_streams());
  StreamTestClient client(simulator, "/binance/ws");
  for (int i = 0; i < 100; ++i) {
    simulator.clock().advance(20'000);
    ASSERT_TRUE(simulator.settle());
  }
  EXPECT_TRUE(client.wait_for([&] { return simulator.counters("binance").streams.pongs == 100; }));
  EXPECT_TRUE(client.connected());
}

TEST_F(StreamRulesTest, Takes300ConnectsIn5Minutes) {
  const auto attempt = [&] { return rest.get("/binance/ws", {{"Upgrade", "websocket"}}).status; };
  for (int i = 0; i < 300; ++i) ASSERT_EQ(attempt(), 400) << "no handshake, but an attempt";
  const Answer refused = rest.get("/binance/ws", {{"Upgrade", "websocket"}});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "270") << "the window is aligned to the clock";
  EXPECT_EQ(StreamTestClient(simulator, "/binance/ws").refusal(), 429);
  int status = 429;
  for (int i = 0; i < 30 && status == 429; ++i) status = attempt();
  EXPECT_EQ(status, 418);
  simulator.clock().advance(300'000);
  EXPECT_TRUE(StreamTestClient(simulator, "/binance/ws").connected());
}

TEST_F(StreamRulesTest, LivesFor24Hours) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@kline_1d");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  advance(kDayMs - 1);
  EXPECT_TRUE(client.connected());
  simulator.clock().advance(1);
  const auto end = client.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 1001);
  EXPECT_EQ(ended("life"), 1);
}

TEST_F(StreamRulesTest, LifeCanBeShortened) {
  StreamTestClient client(simulator, "/binance/ws");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  EXPECT_EQ(rest.send("POST", "/sim/streams", R"({"life_ms":5000})").body, R"({"life_ms":5000})");
  simulator.clock().advance(5'000);
  EXPECT_TRUE(client.wait_for_end());
  EXPECT_EQ(rest.send("POST", "/sim/streams", R"({"life":1})").status, 400);
  EXPECT_EQ(rest.send("POST", "/sim/streams", R"({"life_ms":null})").body, R"({"life_ms":null})");
}

TEST_F(StreamRulesTest, MalformedNamesInThePathAreRefused) {
  EXPECT_EQ(StreamTestClient(simulator, "/binance/ws/BTCUSDT@trade").refusal(), 400);
  EXPECT_EQ(StreamTestClient(simulator, "/binance/nothing").refusal(), 404);
  EXPECT_EQ(rest.get("/binance/ws").status, 404) << "without an upgrade";
}

TEST_F(StreamRulesTest, StateShowsConnections) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@trade");
  advance(5'000);
  const auto state = streams_state();
  EXPECT_EQ(state.at("open").to_number<int>(), 1);
  EXPECT_EQ(state.at("opened").to_number<int>(), 1);
  EXPECT_EQ(state.at("messages").to_number<std::uint64_t>(), simulator.messages_sent());
  const auto &connection = state.at("connections").at(0);
  EXPECT_EQ(text_of(connection.at("path")), "/ws/btcusdt@trade");
  EXPECT_EQ(text_of(connection.at("subscriptions").at(0)), "btcusdt@trade");
  EXPECT_EQ(text_of(connection.at("state")), "live");
  client.close();
  EXPECT_EQ(client.wait_for_end()->close_code, 1000);
  EXPECT_EQ(ended("client"), 1);
}

}  // namespace
}  // namespace tapedeck::sim
