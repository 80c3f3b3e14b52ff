// What a client of the stream says and hears.
#include <boost/json.hpp>

#include "api/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

const std::string kCandles = R"({"action":"subscribe","symbol":"BTC/USDT","interval":"1m"})";
const std::string kQuotes = R"({"action":"subscribe","symbol":"BTC/USDT"})";
const std::string kTrades = R"({"action":"subscribe","symbol":"BTC/USDT","channel":"trades"})";

class StreamProtocol : public StreamTest {
 protected:
  // "code: hint" of the answer.
  static std::string error_of(StreamPeer &peer, std::string_view text) {
    const std::string answer = peer.ask(text);
    boost::system::error_code problem;
    const auto body = boost::json::parse(answer, problem);
    if (problem || body.at("type") != "error") return "no error: " + answer;
    const auto &error = body.at("error").as_object();
    EXPECT_FALSE(error.at("message").as_string().empty());
    const auto *hint = error.if_contains("hint");
    return std::string(error.at("code").as_string()) + ": " + (hint != nullptr ? std::string(hint->as_string()) : "");
  }
  static std::string candle_json(const std::string &close, const char *closed) {
    return R"({"type":"candle","symbol":"BTC/USDT","interval":"1m","price":"trade","candle":{"time":"2024-01-01T00:00:00Z",)"
           R"("open":"65000.10","high":"65001.00","low":"64999.00","close":")" + close +
           R"(","volume":"12.500","source":"binance"},"is_closed":)" + closed + "}";
  }
};

}  // namespace

TEST_F(StreamProtocol, CandlesCarryTheDigitsAsStored) {
  StreamPeer peer = connect();
  EXPECT_EQ(peer.ask(kCandles), R"({"type":"subscribed","symbol":"BTC/USDT","interval":"1m","price":"trade","channel":"candles"})");
  candle(6'500'050);
  candle(6'500'060, 0);
  EXPECT_EQ(peer.next(), candle_json("65000.50", "false"));
  EXPECT_EQ(peer.next(), candle_json("65000.60", "true"));
}

TEST_F(StreamProtocol, AnUnknownVolumeIsNull) {
  StreamPeer peer = connect();
  peer.ask(kCandles);
  CandleRow r = row(1, 0);
  r.volume = TDK_NULL_I64;
  hub.publish(LiveStage::Published, *btc_1m, r, "binance");
  EXPECT_NE(peer.next().find(R"("close":"0.01","volume":null,"source":"binance"},"is_closed":true})"), std::string::npos);
}

TEST_F(StreamProtocol, TheSnapshotComesBetweenTheAnswerAndWhatIsLive) {
  candle(6'500'050);
  tick(quote(6'500'000));
  StreamPeer peer = connect();
  EXPECT_NE(peer.ask(kCandles).find("subscribed"), std::string::npos);
  EXPECT_EQ(peer.next(), candle_json("65000.50", "false"));
  candle(6'500'060);
  EXPECT_EQ(peer.next(), candle_json("65000.60", "false"));
  EXPECT_EQ(peer.ask(kQuotes), R"({"type":"subscribed","symbol":"BTC/USDT","channel":"quotes"})");
  EXPECT_NE(peer.next().find(R"("bid":"65000.00")"), std::string::npos);
}

TEST_F(StreamProtocol, QuotesShowWhatIsKnownOfTheBook) {
  StreamPeer peer = connect();
  peer.ask(kQuotes);
  tick(quote(6'500'000, 77));
  EXPECT_EQ(peer.next(),
            R"({"type":"quote","symbol":"BTC/USDT","time":"2024-01-01T00:00:00.005Z","bid":"65000.00","ask":"65000.01",)"
            R"("bid_size":"1.250","ask_size":"0.003","last":null,"last_size":null,"volume":null,"sequence":77,"source":"binance"})");
}

TEST_F(StreamProtocol, TradesHaveASideWhereItIsKnown) {
  StreamPeer peer = connect();
  EXPECT_EQ(peer.ask(kTrades), R"({"type":"subscribed","symbol":"BTC/USDT","channel":"trades"})");
  tick(trade(6'500'000, TDK_QUOTE_SELL, 5));
  EXPECT_EQ(peer.next(), R"({"type":"trade","symbol":"BTC/USDT","time":"2024-01-01T00:00:00Z","price":"65000.00",)"
                         R"("size":"1.500","side":"sell","sequence":5,"source":"binance"})");
  tick(trade(6'500'000, TDK_QUOTE_BUY));
  EXPECT_NE(peer.next().find(R"("side":"buy","sequence":null)"), std::string::npos);
  tick(trade(6'500'000, 0));
  EXPECT_NE(peer.next().find(R"("side":null)"), std::string::npos);
}

TEST_F(StreamProtocol, ChannelsAndSeriesAreKeptApart) {
  StreamPeer quotes = connect(), trades = connect(), minutes = connect();
  quotes.ask(kQuotes);
  trades.ask(kTrades);
  minutes.ask(kCandles);
  const Tick both[] = {trade(1, 0), quote(2), trade(3, 0)};
  hub.publish(LiveStage::Published, *btc, both, "binance");
  hub.publish(LiveStage::Published, *btc_5m, row(4, 0), "binance");
  hub.publish(LiveStage::Published, *gold, row(5, 0), "oanda");
  candle(6);
  EXPECT_NE(quotes.next().find(R"("bid":"0.02")"), std::string::npos);
  EXPECT_NE(trades.next().find(R"("price":"0.01")"), std::string::npos);
  EXPECT_NE(trades.next().find(R"("price":"0.03")"), std::string::npos);
  EXPECT_EQ(minutes.next(), candle_json("0.06", "false"));
}

TEST_F(StreamProtocol, OnlyWhatIsPublishedIsHeard) {
  StreamPeer peer = connect();
  peer.ask(kCandles);
  hub.publish(LiveStage::Received, *btc_1m, row(1, 0), "binance");
  hub.publish(LiveStage::Stored, *btc_1m, row(2, 0), "binance");
  candle(3);
  EXPECT_EQ(peer.next(), candle_json("0.03", "false"));
}

TEST_F(StreamProtocol, ASymbolMayBeWrittenWithoutItsSlash) {
  StreamPeer peer = connect();
  EXPECT_EQ(peer.ask(R"({"action":"subscribe","symbol":"BTCUSDT","interval":"1min"})"),
            R"({"type":"subscribed","symbol":"BTC/USDT","interval":"1m","price":"trade","channel":"candles"})");
}

TEST_F(StreamProtocol, AnIdIsSentBackAsItCame) {
  StreamPeer peer = connect();
  EXPECT_NE(peer.ask(R"({"action":"subscribe","symbol":"BTCUSDT","id":7})").find(R"("id":7})"), std::string::npos);
  EXPECT_NE(peer.ask(R"({"action":"unsubscribe","symbol":"BTCUSDT","id":"a\"b"})").find(R"("id":"a\"b"})"), std::string::npos);
  EXPECT_NE(peer.ask(R"({"action":"subscribe","symbol":"NOPE","id":"x"})").find(R"("id":"x"})"), std::string::npos);
}

TEST_F(StreamProtocol, NothingComesAfterUnsubscribing) {
  StreamPeer peer = connect();
  peer.ask(kCandles);
  peer.ask(kQuotes);
  EXPECT_EQ(peer.ask(R"({"action":"unsubscribe","symbol":"BTCUSDT","interval":"1m"})"),
            R"({"type":"unsubscribed","symbol":"BTC/USDT","interval":"1m","price":"trade","channel":"candles"})");
  candle(1);
  tick(quote(2));
  EXPECT_NE(peer.next().find(R"("type":"quote")"), std::string::npos);
  EXPECT_EQ(error_of(peer, R"({"action":"unsubscribe","symbol":"BTCUSDT","interval":"1m"})"), "not_subscribed: ");
}

TEST_F(StreamProtocol, SubscribingTwiceSendsEverythingOnce) {
  StreamPeer peer = connect();
  peer.ask(kCandles);
  peer.ask(kCandles);
  candle(1);
  candle(2);
  EXPECT_EQ(peer.next(), candle_json("0.01", "false"));
  EXPECT_EQ(peer.next(), candle_json("0.02", "false"));
}

TEST_F(StreamProtocol, ASubscriptionOutlivesARestartOfItsPipeline) {
  StreamPeer peer = connect();
  peer.ask(kCandles);
  const Series series = btc_1m->series;
  hub.close_pipeline("crypto");
  btc_1m = hub.open_series("crypto", series);
  candle(1);
  EXPECT_EQ(peer.next(), candle_json("0.01", "false"));
}

TEST_F(StreamProtocol, TheStatusIsToldWithTheFirstSubscriptionAndWhenItChanges) {
  status(StreamState::Connected, "2 streams");
  StreamPeer peer = connect();
  peer.ask(kCandles);
  EXPECT_EQ(peer.next(), R"({"type":"status","status":"connected","message":"2 streams","source":"binance","pipeline":"crypto","symbols":[]})");
  EXPECT_NE(peer.ask(kQuotes).find("subscribed"), std::string::npos);
  status(StreamState::Reconnecting, "silent for 15 s", {"ETH/USDT"});
  status(StreamState::Reconnecting, "silent for 15 s", {"BTC/USDT"});
  EXPECT_EQ(peer.next(), R"({"type":"status","status":"reconnecting","message":"silent for 15 s","source":"binance",)"
                         R"("pipeline":"crypto","symbols":["BTC/USDT"]})");
  status(StreamState::Stopped, "");
  EXPECT_NE(peer.next().find(R"("status":"error","message":"the stream was stopped")"), std::string::npos);
}

TEST_F(StreamProtocol, WhoComesBackIsToldWhatHasChangedMeanwhile) {
  status(StreamState::Connected, "2 streams");
  StreamPeer peer = connect();
  peer.ask(kCandles);
  EXPECT_NE(peer.next().find(R"("status":"connected")"), std::string::npos);
  peer.ask(R"({"action":"unsubscribe","symbol":"BTCUSDT","interval":"1m"})");
  status(StreamState::Reconnecting, "lost");
  EXPECT_NE(peer.ask(kCandles).find("subscribed"), std::string::npos);
  candle(1);
  EXPECT_NE(peer.next().find(R"("status":"reconnecting")"), std::string::npos);
  EXPECT_EQ(peer.next(), candle_json("0.01", "false"));
}

TEST_F(StreamProtocol, TheStatusOfItsOwnConnectionIsTold) {
  status(StreamState::Connected, "ours", {"BTC/USDT"});
  status(StreamState::Reconnecting, "another's", {"ETH/USDT"});
  StreamPeer peer = connect();
  peer.ask(kCandles);
  candle(1);
  EXPECT_NE(peer.next().find(R"("status":"connected","message":"ours")"), std::string::npos);
  EXPECT_EQ(peer.next(), candle_json("0.01", "false"));
}

TEST_F(StreamProtocol, TheStatusOfOtherPipelinesIsNotTold) {
  StreamPeer peer = connect();
  peer.ask(R"({"action":"subscribe","symbol":"XAU/USD","interval":"1m"})");
  status(StreamState::Error, "no");
  hub.publish(LiveStage::Published, *gold, row(1, 0), "oanda");
  EXPECT_NE(peer.next().find(R"("type":"candle","symbol":"XAU/USD")"), std::string::npos);
}

TEST_F(StreamProtocol, MistakesAreExplained) {
  StreamPeer peer = connect();
  EXPECT_EQ(error_of(peer, R"({"action":"subscribe","symbol":"BTC/USTD"})"), "unknown_symbol: did you mean 'BTC/USDT'?");
  EXPECT_EQ(error_of(peer, R"({"action":"subscribe","symbol":"BTC/USDT","interval":"1h"})"), "unknown_interval: there are: 1m, 5m");
  EXPECT_EQ(error_of(peer, R"({"action":"subscribe","symbol":"ETH/USDT","interval":"1m"})"),
            "not_streamed: add them to 'stream' of its pipeline; GET /api/v1/candles has what is stored");
  EXPECT_EQ(error_of(peer, R"({"action":"subscribe","symbol":"XAU/USD"})"),
            "not_streamed: add them to 'stream' of its pipeline; GET /api/v1/candles has what is stored");
  const auto other = hub.open_series("crypto", {"BTC/USD", *Interval::parse("1m"), TDK_PRICE_TRADE, TDK_ADJ_RAW});
  EXPECT_EQ(error_of(peer, R"({"action":"subscribe","symbol":"BTC","interval":"1m"})"), "ambiguous_symbol: write BTC/USD or BTC/USDT");
  EXPECT_EQ(error_of(peer, R"({"action":"tap","pipeline":"cripto"})"), "unknown_pipeline: did you mean 'crypto'?");
  EXPECT_NE(peer.ask(kCandles).find("subscribed"), std::string::npos) << "the connection goes on";
}

TEST_F(StreamProtocol, ATapHearsAllOfAPipelineAtItsStage) {
  StreamPeer peer = connect();
  EXPECT_EQ(peer.ask(R"({"action":"tap","pipeline":"crypto","stage":"stored"})"),
            R"({"type":"tapped","pipeline":"crypto","stage":"stored"})");
  candle(1);
  hub.publish(LiveStage::Stored, *gold, row(2, 0), "oanda");
  hub.publish(LiveStage::Stored, *btc_5m, row(3, 0), "binance");
  const Tick two[] = {trade(4, 0), quote(5)};
  hub.publish(LiveStage::Stored, *btc, two, "binance");
  std::string expected = candle_json("0.03", "true");
  expected.replace(expected.find("1m"), 2, "5m").pop_back();
  EXPECT_EQ(peer.next(), expected + R"(,"stage":"stored","pipeline":"crypto"})");
  EXPECT_NE(peer.next().find(R"("type":"trade")"), std::string::npos);
  EXPECT_NE(peer.next().find(R"("type":"quote")"), std::string::npos);
  status(StreamState::Error, "refused");
  EXPECT_NE(peer.next().find(R"("type":"status","status":"error","message":"refused")"), std::string::npos);
}

TEST_F(StreamProtocol, NobodyConnectedMeansThatNothingIsWanted) {
  start();
  EXPECT_FALSE(hub.wanted(LiveStage::Published));
  {
    StreamPeer peer = connect();
    peer.ask(R"({"action":"tap","pipeline":"crypto","stage":"received"})");
    EXPECT_TRUE(hub.wanted(LiveStage::Received));
  }
  EXPECT_TRUE(eventually([&] { return !hub.wanted(LiveStage::Published) && !hub.wanted(LiveStage::Received); }));
}

TEST_F(StreamProtocol, MessagesMayComeInFragmentsWithAPingBetween) {
  StreamPeer peer = connect();
  peer.send_frame(WsOpcode::Text, kCandles.substr(0, 1), false);
  for (std::size_t i = 1; i + 1 < kCandles.size(); ++i) peer.send_frame(WsOpcode::Continuation, kCandles.substr(i, 1), false);
  peer.send_frame(WsOpcode::Ping, "between");
  peer.send_frame(WsOpcode::Continuation, kCandles.substr(kCandles.size() - 1));
  EXPECT_NE(peer.next().find("subscribed"), std::string::npos);
  EXPECT_EQ(peer.pong(), "between");
}

TEST_F(StreamProtocol, ACloseIsAnsweredWithItsCode) {
  StreamPeer peer = connect();
  std::string frame;
  append_ws_close(frame, WsRole::Client, 1000, "bye");
  peer.send_bytes(frame);
  EXPECT_EQ(peer.next(), "");
  EXPECT_EQ(peer.close_code(), 1000);
  peer.leave();
  EXPECT_TRUE(eventually([&] { return server->counts().stream_clients == 0; }));
}
