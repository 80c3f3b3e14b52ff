// Every fault that can be ordered for streams, as a client sees it.
#include "sim/decimal.hpp"
#include "sim/stream_fixture.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class StreamFaultTest : public StreamTest {
 protected:
  const std::string path = "/binance/ws/btcusdt@trade";

  bool opened(const StreamTestClient &client, std::size_t count = 1) {
    return client.wait_for([&] { return simulator.streams().size() == count; });
  }
  std::int64_t injected(const std::string &kind) {
    return static_cast<std::int64_t>(simulator.counters("binance").faults_injected[kind]);
  }
};

TEST_F(StreamFaultTest, CutEndsWithoutACloseFrame) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"cut","now":true)"), 200);
  const auto end = client.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 0);
  EXPECT_EQ(ended("cut"), 1);
}

TEST_F(StreamFaultTest, CutCountsMessagesAndConnections) {
  EXPECT_EQ(order(R"("kind":"cut","after":5,"count":1,"symbol":"BTCUSDT")"), 200);
  StreamTestClient other(simulator, "/binance/ws/ethusdt@trade");
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client, 2));
  simulator.clock().advance(20'000);
  ASSERT_TRUE(client.wait_for_end());
  EXPECT_EQ(client.count(), 5U) << "those before it arrive";
  StreamTestClient again(simulator, path);
  ASSERT_TRUE(opened(again, 2));
  advance(10'000);
  EXPECT_TRUE(again.connected());
  EXPECT_TRUE(other.connected()) << "of another symbol";
}

TEST_F(StreamFaultTest, OrdersForNowChooseByStream) {
  StreamTestClient btc(simulator, path);
  StreamTestClient eth(simulator, "/binance/ws/ethusdt@kline_1m");
  ASSERT_TRUE(opened(eth, 2));
  EXPECT_THAT(rest.send("POST", "/sim/faults",
                        R"({"vendor":"binance","kind":"cut","now":true,"stream":"kline"})")
                  .body,
              R"({"connections":1})");
  EXPECT_TRUE(eth.wait_for_end());
  EXPECT_TRUE(btc.connected());
}

TEST_F(StreamFaultTest, ResetMidFrameBreaksInsideAMessage) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"reset_mid_frame","after":3)"), 200);
  simulator.clock().advance(20'000);
  const auto end = client.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 0);
  EXPECT_THAT(end->reason, HasSubstr("reset"));
  EXPECT_EQ(client.count(), 3U);
}

TEST_F(StreamFaultTest, HalfOpenSaysNothingMoreAndStaysOpen) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"half_open","now":true)"), 200);
  ASSERT_TRUE(simulator.settle());
  client.ping("anybody there?");
  client.send(R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
  for (int i = 0; i < 20; ++i) advance(60'000);
  EXPECT_EQ(text_of(streams_state().at("connections").at(0).at("state")), "half_open");
  EXPECT_EQ(client.count(), 0U);
  EXPECT_TRUE(client.pings().empty());
  EXPECT_FALSE(client.end()) << "no end either";
}

TEST_F(StreamFaultTest, HalfOpenPassesAfterItsDuration) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"half_open","now":true,"duration_ms":30000)"), 200);
  ASSERT_TRUE(simulator.settle());
  advance(29'999);
  EXPECT_EQ(simulator.messages_sent(), 0U);
  advance(30'000);
  const auto trades = data_of(client);
  ASSERT_FALSE(trades.empty());
  EXPECT_GE(trades.front().at("T").as_int64(), kStreamStart + 30'000) << "lost, not late";
  EXPECT_TRUE(client.wait_for([&] { return !client.pings().empty(); }));
}

TEST_F(StreamFaultTest, MuteStopsDataAndKeepsPinging) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"mute","now":true,"duration_ms":60000)"), 200);
  ASSERT_TRUE(simulator.settle());
  for (int i = 0; i < 3; ++i) advance(20'000);
  EXPECT_EQ(simulator.messages_sent(), 0U);
  EXPECT_TRUE(client.wait_for([&] { return client.pings().size() == 3; }));
  EXPECT_EQ(client.command("LIST_SUBSCRIPTIONS"), R"({"result":["btcusdt@trade"],"id":1})");
  advance(5'000);
  EXPECT_GT(simulator.messages_sent(), 0U);
}

TEST_F(StreamFaultTest, MuteOfOneStreamLeavesTheOthers) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@trade/ethusdt@trade");
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"mute","now":true,"symbol":"BTCUSDT")"), 200);
  ASSERT_TRUE(simulator.settle());
  advance(10'000);
  for (const json::value &trade : data_of(client)) EXPECT_EQ(text_of(trade.at("s")), "ETHUSDT");
  EXPECT_GT(simulator.messages_sent(), 0U);
}

TEST_F(StreamFaultTest, RefuseAnswersTheUpgrade) {
  EXPECT_EQ(order(R"("kind":"refuse","status":503,"count":2)"), 200);
  EXPECT_EQ(StreamTestClient(simulator, path).refusal(), 503);
  EXPECT_EQ(StreamTestClient(simulator, path).refusal(), 503);
  EXPECT_TRUE(StreamTestClient(simulator, path).connected());
  EXPECT_EQ(streams_state().at("refused").to_number<int>(), 2);
}

TEST_F(StreamFaultTest, RefuseCanDropTheConnection) {
  EXPECT_EQ(order(R"("kind":"refuse","status":0)"), 200);
  const StreamTestClient client(simulator, path);
  EXPECT_FALSE(client.connected());
  EXPECT_EQ(client.refusal(), 0);
}

TEST_F(StreamFaultTest, RefuseEndsWithItsDuration) {
  EXPECT_EQ(order(R"("kind":"refuse","status":429,"count":-1,"duration_ms":10000)"), 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(StreamTestClient(simulator, path).refusal(), 429);
  simulator.clock().advance(10'000);
  EXPECT_TRUE(StreamTestClient(simulator, path).connected());
}

TEST_F(StreamFaultTest, GarbageIsNoFrame) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"garbage","stream":"*","after":2)"), 200);
  simulator.clock().advance(20'000);
  EXPECT_TRUE(client.wait_for([&] { return injected("garbage") == 1; }));
  advance(60'000);
  EXPECT_TRUE(client.wait_for([&] {
    return client.end().has_value() || client.count() != simulator.messages_sent();
  })) << "what follows cannot be read as it was sent";
}

TEST_F(StreamFaultTest, GarbageJsonIsAFrameThatIsNoJson) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"garbage_json","count":2)"), 200);
  EXPECT_EQ(order(R"("kind":"garbage_json","now":true)"), 200);
  advance(20'000);
  ASSERT_TRUE(client.wait_for_count(simulator.messages_sent() + 3));
  int broken = 0;
  for (const std::string &text : client.texts()) {
    boost::system::error_code error;
    json::parse(text, error);
    broken += error ? 1 : 0;
  }
  EXPECT_EQ(broken, 3);
  EXPECT_TRUE(client.connected());
}

TEST_F(StreamFaultTest, HugeFrameIsAsLargeAsOrdered) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"huge_frame","bytes":3000000,"now":true)"), 200);
  EXPECT_GE(client.wait_for_part("huge").size(), 3'000'000U);
  advance(5'000);
  EXPECT_TRUE(client.connected());
}

TEST_F(StreamFaultTest, SlowDripArrivesWholeButLate) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"slow_drip","stream":"trade","delay_ms":200)"), 200);
  const auto begin = std::chrono::steady_clock::now();
  advance(5'000);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(180));
  EXPECT_EQ(data_of(client).size(), simulator.messages_sent()) << "all of them JSON";
}

TEST_F(StreamFaultTest, DuplicatesComeTwice) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"duplicates","after":1)"), 200);
  advance(10'000);
  const auto trades = data_of(client);
  ASSERT_GE(trades.size(), 4U);
  EXPECT_NE(trades[0], trades[1]);
  EXPECT_EQ(trades[1], trades[2]);
  EXPECT_NE(trades[2], trades[3]);
}

TEST_F(StreamFaultTest, ReorderSwapsTwoMessages) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"reorder")"), 200);
  advance(10'000);
  const auto trades = data_of(client);
  ASSERT_GE(trades.size(), 3U);
  const std::int64_t first = trades[1].at("t").as_int64();
  EXPECT_EQ(trades[0].at("t").as_int64(), first + 1);
  EXPECT_EQ(trades[2].at("t").as_int64(), first + 2);
}

TEST_F(StreamFaultTest, LateCloseDelaysTheClosingFrame) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@kline_1m");
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"late_close")"), 200);
  std::vector<std::int64_t> delays;  // from the frame's own time to its arrival
  std::size_t seen = 0;
  for (int i = 0; i < 100; ++i) {
    advance(i == 0 || delays.size() == 1 ? 25'000 : 100);
    const auto frames = data_of(client);
    for (; seen < frames.size(); ++seen)
      if (frames[seen].at("k").at("x").as_bool())
        delays.push_back(simulator.clock().now_ms() - frames[seen].at("E").as_int64());
    if (delays.size() == 2) break;
  }
  ASSERT_EQ(delays.size(), 2U) << "late, not lost";
  EXPECT_GE(delays[0], 1'800);
  EXPECT_LT(delays[0], 1'900);
  EXPECT_EQ(injected("late_close"), 1);
}

TEST_F(StreamFaultTest, MassReconnectCutsAll) {
  StreamTestClient first(simulator, path);
  StreamTestClient second(simulator, "/binance/stream?streams=ethusdt@trade");
  ASSERT_TRUE(opened(second, 2));
  EXPECT_EQ(order(R"("kind":"mass_reconnect","after":3,"symbol":"BTCUSDT")"), 200);
  simulator.clock().advance(20'000);
  EXPECT_TRUE(first.wait_for_end());
  EXPECT_TRUE(second.wait_for_end());
  EXPECT_EQ(ended("cut"), 2);
}

TEST_F(StreamFaultTest, ServerShutdownIsAnnounced) {
  StreamTestClient raw(simulator, path);
  StreamTestClient combined(simulator, "/binance/stream");
  ASSERT_TRUE(opened(combined, 2));
  EXPECT_EQ(order(R"("kind":"server_shutdown","now":true,"delay_ms":3000)"), 200);
  EXPECT_EQ(raw.wait_for_part("serverShutdown"), R"({"e":"serverShutdown","E":1714557630500})");
  EXPECT_EQ(combined.wait_for_part("serverShutdown"),
            R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1714557630500}})");
  EXPECT_TRUE(raw.connected());
  simulator.clock().advance(3'000);
  const auto end = raw.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 1001);
  EXPECT_TRUE(combined.wait_for_end());
}

TEST_F(StreamFaultTest, CloseSaysCodeAndReason) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"close","now":true,"code":1012,"reason":"service restart")"), 200);
  const auto end = client.wait_for_end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->close_code, 1012);
  EXPECT_EQ(end->reason, "service restart");
}

TEST_F(StreamFaultTest, FaultsOfRestDoNotTouchStreams) {
  StreamTestClient client(simulator, path);
  ASSERT_TRUE(opened(client));
  EXPECT_EQ(order(R"("kind":"close")"), 200);
  EXPECT_EQ(order(R"("kind":"cut","symbol":"ETHUSDT","count":-1)"), 200);
  advance(10'000);
  EXPECT_TRUE(client.connected());
  EXPECT_NE(rest.get("/binance/api/v3/time").error, "") << "it was meant for a request";
  EXPECT_EQ(rest.get("/binance/api/v3/time").status, 200);
}

TEST_F(StreamFaultTest, RefusesOrdersThatMakeNoSense) {
  for (const char *fault :
       {R"("kind":"delay","delay_ms":5,"now":true)", R"("kind":"reorder","now":true)",
        R"("kind":"status","status":503,"stream":"x")", R"("kind":"status","status":0)",
        R"("kind":"hang","duration_ms":5)", R"("kind":"close","stream":"*","code":99)",
        R"("kind":"cut","now":1)"})
    EXPECT_EQ(order(fault), 400) << fault;
}

TEST(StreamMemory, AClientThatDoesNotReadIsDropped) {
  Options options = frozen_streams();
  options.patience.slow_client = std::chrono::milliseconds(100);
  Simulator simulator(options);
  StreamTestClient idle(simulator, "/binance/ws/btcusdt@trade/ethusdt@trade/btcusdt@bookTicker",
                        {.pongs = false, .reads = false});
  StreamTestClient reader(simulator, "/binance/ws/btcusdt@kline_1m");
  ASSERT_TRUE(reader.wait_for([&] { return simulator.streams().size() == 2; }));
  simulator.clock().advance(kHourMs);
  EXPECT_TRUE(reader.wait_for([&] {
    const auto open = simulator.streams();
    for (const StreamStatus &status : open) EXPECT_LT(status.buffered, 600'000U);
    return open.size() == 1;
  }));
  EXPECT_EQ(simulator.counters("binance").streams.ended["slow client"], 1U);
  EXPECT_TRUE(simulator.settle());
  EXPECT_TRUE(reader.connected());
}

TEST(StreamMemory, StopsAtOnceWithOpenConnections) {
  Simulator simulator(frozen_streams());
  StreamTestClient client(simulator, "/binance/ws/btcusdt@trade");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  simulator.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(25));
  EXPECT_TRUE(client.wait_for_end());
}

TEST(StreamMemory, ServesSixtyFourConnections) {
  Simulator simulator(frozen_streams());
  std::vector<std::unique_ptr<StreamTestClient>> clients;
  for (int i = 0; i < 64; ++i)
    clients.push_back(
        std::make_unique<StreamTestClient>(simulator, "/binance/ws/btcusdt@kline_1m"));
  ASSERT_TRUE(
      clients.front()->wait_for([&] { return simulator.streams().size() == clients.size(); }));
  for (int i = 0; i < 12; ++i) {
    simulator.clock().advance(10'000);
    ASSERT_TRUE(simulator.settle());
  }
  for (const auto &client : clients) {
    ASSERT_TRUE(client->wait_for_count(simulator.messages_sent() / clients.size()));
    EXPECT_EQ(client->texts(), clients.front()->texts());
  }
}

}  // namespace
}  // namespace tapedeck::sim
