// What a client of the stream may not do, and what happens to one that does.
#include <thread>

#include "api/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
using namespace std::chrono_literals;
namespace {

const std::string kCandles = R"({"action":"subscribe","symbol":"BTC/USDT","interval":"1m"})";

class StreamLimit : public StreamTest {
 protected:
  // A server with a little room for each client: who does not read is soon too slow.
  void start_tight(std::size_t messages, std::size_t bytes = StreamLimits().outbox_bytes) {
    ApiLimits limits;
    limits.stream.outbox_messages = messages;
    limits.stream.outbox_bytes = bytes;
    limits.stream.send_buffer = 4096;
    start(limits);
  }
  // A client of candles that takes little and reads nothing until it is asked to.
  std::unique_ptr<StreamPeer> connect_slow() {
    auto peer = std::make_unique<StreamPeer>(server->port(), 4096);
    peer->ask(kCandles);
    return peer;
  }
  // Reads to the end; what came last.
  static std::string last_words(StreamPeer &peer) {
    std::string last;
    for (std::string text = peer.next(); !text.empty(); text = peer.next()) last = text;
    return last;
  }
  // Publishes until the client is cut.
  void flood() {
    for (int i = 0; i < 200'000 && server->counts().slow_clients_cut == 0; ++i) candle(i);
    ASSERT_EQ(server->counts().slow_clients_cut, 1u);
  }
};

}  // namespace

TEST_F(StreamLimit, ASlowClientIsToldAndCutWhileOthersGoOn) {
  start_tight(StreamLimits().outbox_messages, 200'000);
  const auto slow = connect_slow();
  StreamPeer good = connect();
  good.ask(kCandles);
  std::uint64_t heard = 0, published = 0;
  std::thread reader([&] {
    while (good.next().find("\"close\":\"99.99\"") == std::string::npos) ++heard;
  });
  // In step with the good client, so that only the other one is too slow.
  for (; server->counts().slow_clients_cut == 0 && published < 100'000; ++published) {
    candle(1);
    if (published % 100 == 0) eventually([&] { return server->counts().stream_messages + 400 > published; });
  }
  EXPECT_EQ(server->counts().slow_clients_cut, 1u);
  candle(9'999);
  reader.join();
  EXPECT_EQ(heard, published);
  const std::string last = last_words(*slow);
  EXPECT_TRUE(last.starts_with(R"({"type":"status","status":"error","message":"reading too slowly: )")) << last;
  EXPECT_TRUE(last.ends_with(R"( messages were not sent; connection closed"})")) << last;
  EXPECT_EQ(slow->close_code(), 1008);
  ASSERT_EQ(warnings().size(), 1u);
  EXPECT_NE(warnings()[0].find("reading too slowly"), std::string::npos);
}

TEST_F(StreamLimit, EveryMessageOfACutClientWasSentOrIsCounted) {
  start_tight(500);
  const auto slow = connect_slow();
  ASSERT_NO_FATAL_FAILURE(flood());
  std::int64_t candles = 0;
  std::string text = slow->next();
  for (; text.find("\"type\":\"candle\"") != std::string::npos; text = slow->next()) {
    std::string digits = "0." + std::string(candles < 10 ? "0" : "") + std::to_string(candles);
    if (candles >= 100) digits = std::to_string(candles / 100) + "." + (candles % 100 < 10 ? "0" : "") + std::to_string(candles % 100);
    ASSERT_NE(text.find("\"close\":\"" + digits + "\""), std::string::npos) << text;
    ++candles;
  }
  const std::int64_t lost = std::stoll(text.substr(text.find("slowly: ") + 8));
  EXPECT_GE(lost, 500);
  EXPECT_EQ(slow->next(), "");
  EXPECT_EQ(slow->close_code(), 1008);
}

TEST_F(StreamLimit, AClientThatDoesNotCloseItsEndIsGoneAfterFiveSeconds) {
  start_tight(500);
  const auto slow = connect_slow();
  ASSERT_NO_FATAL_FAILURE(flood());
  EXPECT_EQ(server->counts().stream_clients, 1);
  clock.advance(6 * kSecond);
  EXPECT_TRUE(eventually([&] { return server->counts().stream_clients == 0; }));
}

TEST_F(StreamLimit, APublisherIsNeverHeldUpByClientsThatDoNotRead) {
  start_tight(16'384);
  std::vector<std::unique_ptr<StreamPeer>> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(connect_slow());
  // None takes anything: a call that waited for one would never come back.
  for (int i = 0; i < 40'000; ++i) candle(i);
  EXPECT_TRUE(eventually([&] { return server->counts().slow_clients_cut == 20; }));
}

TEST_F(StreamLimit, ASilentClientIsAskedAndThenCut) {
  start();
  StreamPeer peer = connect(), mute = connect();
  peer.ask(kCandles);
  mute.ask(kCandles);
  clock.advance(21 * kSecond);
  candle(1);
  ASSERT_TRUE(eventually([&] { return server->counts().stream_messages >= 6; })) << "an answer, a candle and a ping each";
  while (peer.pings() == 0) {
    candle(2);
    peer.next();
  }
  clock.advance(41 * kSecond);
  EXPECT_TRUE(eventually([&] { return server->counts().stream_clients == 1; }));
  last_words(mute);
  EXPECT_FALSE(mute.close_code().has_value()) << "cut, not closed";
  EXPECT_NE(peer.ask(R"({"action":"unsubscribe","symbol":"BTCUSDT","interval":"1m"})"), "");
}

TEST_F(StreamLimit, TooManyMessagesAreRefusedAndAFloodIsCut) {
  start();
  StreamPeer peer = connect();
  for (int i = 0; i < 51; ++i) peer.say("{}");
  std::string last;
  for (int i = 0; i < 51; ++i) last = peer.next();
  EXPECT_NE(last.find("\"code\":\"too_many_messages\""), std::string::npos) << last;
  clock.advance(2 * kSecond);
  EXPECT_NE(peer.ask("{}").find("invalid_parameter"), std::string::npos);
  for (int i = 0; i < 600; ++i) peer.say("{}");
  last_words(peer);
  EXPECT_EQ(peer.close_code(), 1008);
}

TEST_F(StreamLimit, TooManySubscriptionsAreRefused) {
  ApiLimits limits;
  limits.stream.subscriptions = 1;
  start(limits);
  StreamPeer peer = connect();
  EXPECT_NE(peer.ask(kCandles).find("subscribed"), std::string::npos);
  EXPECT_NE(peer.ask(R"({"action":"subscribe","symbol":"BTCUSDT"})").find("too_many_subscriptions"), std::string::npos);
  EXPECT_NE(peer.ask(kCandles).find("subscribed"), std::string::npos) << "it has that one already";
  peer.ask(R"({"action":"unsubscribe","symbol":"BTCUSDT","interval":"1m"})");
  EXPECT_NE(peer.ask(R"({"action":"subscribe","symbol":"BTCUSDT"})").find("subscribed"), std::string::npos);
}

TEST_F(StreamLimit, BrokenFramesEndTheConnectionWithTheirCode) {
  start();
  const auto code_after = [&](const std::function<void(StreamPeer &)> &work) {
    StreamPeer peer = connect();
    work(peer);
    peer.next();
    return peer.close_code().value_or(0);
  };
  std::string unmasked;
  append_ws_frame(unmasked, WsRole::Server, WsOpcode::Text, "{}");
  EXPECT_EQ(code_after([&](StreamPeer &p) { p.send_bytes(unmasked); }), 1002);
  EXPECT_EQ(code_after([](StreamPeer &p) { p.send_bytes("\xff\xff\xff\xff\xff\xff"); }), 1002);
  EXPECT_EQ(code_after([](StreamPeer &p) { p.send_frame(WsOpcode::Continuation, "x"); }), 1002);
  EXPECT_EQ(code_after([](StreamPeer &p) { p.send_frame(WsOpcode::Text, "\xff\xfe"); }), 1007);
  EXPECT_EQ(code_after([](StreamPeer &p) { p.send_frame(WsOpcode::Binary, "{}"); }), 1003);
  EXPECT_EQ(code_after([](StreamPeer &p) { p.send_frame(WsOpcode::Text, std::string(65'537, ' ')); }), 1009);
  EXPECT_EQ(warnings().size(), 0u);
}

TEST_F(StreamLimit, AMessageOf64KiBIsRead) {
  StreamPeer peer = connect();
  EXPECT_NE(peer.ask(kCandles + std::string(65'536 - kCandles.size(), ' ')).find("subscribed"), std::string::npos);
}

TEST_F(StreamLimit, StoppingSaysGoodbyeToAll) {
  start();
  std::vector<std::unique_ptr<StreamPeer>> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(std::make_unique<StreamPeer>(server->port()));
  const auto stuck = connect_slow();
  for (int i = 0; i < 10'000; ++i) candle(i);
  const auto began = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  for (auto &p : peers) {
    EXPECT_EQ(p->next(), "");
    EXPECT_EQ(p->close_code(), 1001);
  }
  candle(1);  // nobody listens any more
  EXPECT_EQ(server->counts().stream_clients, 0);
}
