// Series that are added to a running stream, and taken from it.
#include "stream_rig.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace binance::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000, kSecond = 1000 * kMs;

class StreamChangesTest : public testing::Test {
 protected:
  StreamRig rig;
  FakeSocket &socket = rig.host.socket;
};

TEST_F(StreamChangesTest, AddsAndRemovesOnTheWay) {
  rig.commands = {{TDK_STREAM_ADD, quotes_of("ETH/USDT")},
                  {TDK_STREAM_ADD, trades_of("NO/SUCH")},
                  {TDK_STREAM_REMOVE, trades_of("BTC/USDT")},
                  {TDK_STREAM_REMOVE, candles_of("BTC/USDT")}};
  bool said = false;
  socket.on_idle = [&] {
    if (socket.sent.size() == 3 && !std::exchange(said, true)) {
      socket.say(trade(9));
      socket.say(R"({"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"2","A":"1"})");
    }
  };
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  ASSERT_EQ(socket.sent.size(), 3U);
  EXPECT_EQ(socket.sent[1], R"({"method":"SUBSCRIBE","params":["ethusdt@bookTicker"],"id":2})");
  EXPECT_EQ(socket.sent[2], R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":3})");
  for (std::size_t i = 1; i < 3; ++i)
    EXPECT_GE(socket.sent_at[i] - socket.sent_at[i - 1], 300 * kMs);
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].first, "ETH/USDT");
  const auto rejected = std::find_if(got.events.begin(), got.events.end(),
                                     [](const Event &e) { return e.kind == TDK_STREAM_REJECTED; });
  ASSERT_NE(rejected, got.events.end());
  EXPECT_EQ(rejected->symbol, "NO/SUCH");
}

TEST_F(StreamChangesTest, AnAdditionToACarriedStreamIsConnectedAtOnce) {
  rig.commands = {{TDK_STREAM_ADD, trades_of("BTCUSDT")}};
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_EQ(socket.sent.size(), 1U);
  EXPECT_THAT(got.kinds(),
              ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_EXPIRES, TDK_STREAM_CONNECTED));
  EXPECT_EQ(got.events.back().symbol, "BTCUSDT");
}

TEST_F(StreamChangesTest, AnAdditionToAStreamThatIsNotAnsweredForYetWaitsForIt) {
  rig.commands = {{TDK_STREAM_ADD, trades_of("ETH/USDT")}, {TDK_STREAM_ADD, trades_of("ETHUSDT")}};
  std::size_t events_before = 0;
  socket.on_send = [&](const std::string &command) {
    if (socket.sent.size() == 1) acknowledge(socket, command);
  };
  socket.on_idle = [&] {
    if (rig.commands.empty() && ++events_before == 5) acknowledge(socket, socket.sent.at(1));
  };
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_EXPIRES,
                                       TDK_STREAM_CONNECTED, TDK_STREAM_CONNECTED));
}

TEST_F(StreamChangesTest, AnAdditionThatIsThereAlreadyChangesNothing) {
  rig.commands = {{TDK_STREAM_ADD, trades_of("BTC/USDT")}};
  bool said = false;
  socket.on_idle = [&] {
    if (rig.commands.empty() && !std::exchange(said, true)) socket.say(trade(5));
  };
  const Streamed got = rig.run({trades_of("BTC/USDT"), trades_of("BTC/USDT")});
  EXPECT_EQ(got.quotes.size(), 1U);
}

TEST_F(StreamChangesTest, AnAdditionThatCannotBeLookedUpLeavesTheOthersAlone) {
  rig.run({trades_of("BTC/USDT")});
  rig.host.now_ns += 86'400 * kSecond;  // what was remembered is too old
  rig.host.answer = [](const std::string &) { return Answer{503, "away", {}, TDK_OK}; };
  rig.commands = {{TDK_STREAM_ADD, trades_of("NEW/USDT")}};
  bool said = false;
  socket.idle_rounds = 30;
  socket.on_idle = [&] {
    if (rig.commands.empty() && !std::exchange(said, true)) socket.say(trade(5));
  };
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  ASSERT_EQ(got.events.back().kind, TDK_STREAM_REJECTED) << got.text();
  EXPECT_EQ(got.events.back().symbol, "NEW/USDT");
  EXPECT_THAT(got.events.back().detail, HasSubstr("503"));
  EXPECT_EQ(got.quotes.size(), 1U);
}

TEST_F(StreamChangesTest, AStreamThatOthersStillNeedIsKept) {
  rig.commands = {{TDK_STREAM_REMOVE, trades_of("BTCUSDT")}};
  rig.run({trades_of("BTC/USDT"), trades_of("BTCUSDT")});
  EXPECT_EQ(socket.sent.size(), 1U);
}

TEST_F(StreamChangesTest, ARefusedAdditionLeavesTheOthersAlone) {
  rig.commands = {{TDK_STREAM_ADD, trades_of("ETH/USDT")}};
  bool said = false;
  socket.on_send = [&](const std::string &command) {
    if (socket.sent.size() == 1) return acknowledge(socket, command);
    socket.say(R"({"error":{"code":4,"msg":"Too many subscriptions"},"id":2})");
  };
  socket.on_idle = [&] {
    if (socket.sent.size() == 2 && !std::exchange(said, true)) socket.say(trade(5));
  };
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_EQ(got.events.back().kind, TDK_STREAM_REJECTED);
  EXPECT_EQ(got.events.back().symbol, "ETH/USDT");
  EXPECT_EQ(got.quotes.size(), 1U);
}

}  // namespace
}  // namespace binance::test
