// run_stream() against a scripted WebSocket.
#include "stream_rig.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace binance::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000, kSecond = 1000 * kMs;

std::string kline(bool closed) {
  return R"({"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1600000050000,"s":"BTCUSDT","k":{)"
         R"("t":1600000020000,"T":1600000079999,"s":"BTCUSDT","i":"1m","f":1,"L":7,)"
         R"("o":"2.00000000","c":"3.00000000","h":"4.00000000","l":"1.00000000",)"
         R"("v":"123456789012345.5","n":7,"x":)" +
         std::string(closed ? "true" : "false") + R"(,"q":"6.00000000","V":"1","Q":"2","B":"0"}}})";
}
const std::string kBook =
    R"({"stream":"btcusdt@bookTicker","data":{"u":55,"s":"BTCUSDT","b":"25.35190000",)"
    R"("B":"31.21000000","a":"25.36520000","A":"40.66000000"}})";

class StreamsTest : public testing::Test {
 protected:
  // Says it once everything is acknowledged.
  void say_when_connected(std::vector<std::string> messages) {
    rig.host.socket.on_idle = [this, messages, said = false]() mutable {
      if (!std::exchange(said, true))
        for (const std::string &m : messages) rig.host.socket.say(m);
    };
  }
  std::vector<std::string> urls() const {
    std::vector<std::string> out;
    for (const Request &r : rig.host.requests) out.push_back(r.url);
    return out;
  }
  StreamRig rig;
  FakeSocket &socket = rig.host.socket;
};

TEST_F(StreamsTest, SubscribesToWhatIsAskedForAndSaysConnected) {
  const Streamed got =
      rig.run({candles_of("BTC/USDT"), trades_of("BTC/USDT"), quotes_of("ETH/USDT"),
               candles_of("ETH/USDT", {TDK_UNIT_MONTH, 1})});
  EXPECT_THAT(socket.sent,
              ElementsAre(R"({"method":"SUBSCRIBE","params":["btcusdt@kline_1m","btcusdt@trade",)"
                          R"("ethusdt@bookTicker","ethusdt@kline_1M"],"id":1})"));
  EXPECT_THAT(urls(), ElementsAre("https://data-api.binance.vision/api/v3/exchangeInfo",
                                  "wss://stream.binance.com:9443/stream"));
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_EXPIRES));
  EXPECT_EQ(got.events[1].range.to, rig.host.now_ns + 85'800 * kSecond);
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);  // the script's end
  EXPECT_EQ(socket.opened, 1);
  EXPECT_EQ(socket.closed, 1);
}

TEST_F(StreamsTest, OffersAllKindsOfStreams) {
  Provider p(tapedeck::Host(rig.host.host()), tapedeck::Config(nullptr, 0));
  tdk_provider_info seen{};
  const tdk_provider_info_sink sink{sizeof sink, 0, &seen,
                                    [](void *ctx, const tdk_provider_info *i) -> tdk_status {
                                      *static_cast<tdk_provider_info *>(ctx) = *i;
                                      return TDK_OK;
                                    }};
  tdk_error error = tapedeck::detail::fresh();
  ASSERT_EQ(tapedeck::detail::ProviderTable<Provider>::get()->info(&p, &sink, &error), TDK_OK);
  const std::uint64_t streams = TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES |
                                TDK_CAP_STREAM_QUOTES | TDK_CAP_STREAM_UPDATE;
  EXPECT_EQ(seen.capabilities & streams, streams);
  EXPECT_EQ(seen.max_stream_symbols, 1024U);
}

TEST_F(StreamsTest, AConnectionCostsOneAttemptAndNoWeight) {
  rig.run({trades_of("BTC/USDT")});
  ASSERT_EQ(rig.host.requests.size(), 2U);
  using Costs = std::map<std::string, std::uint64_t>;
  EXPECT_EQ(rig.host.requests[0].costs,
            (Costs{{"connects-5m", 0}, {"requests-5m", 1}, {"weight-1m", 20}}));
  EXPECT_EQ(rig.host.requests[1].costs,
            (Costs{{"connects-5m", 1}, {"requests-5m", 0}, {"weight-1m", 0}}));
  const auto budget = std::find_if(rig.host.budgets.begin(), rig.host.budgets.end(),
                                   [](const Budget &b) { return b.name == "connects-5m"; });
  ASSERT_NE(budget, rig.host.budgets.end());
  EXPECT_EQ(budget->capacity, 300U);
  EXPECT_EQ(budget->kind, TDK_BUDGET_SLIDING);
  EXPECT_EQ(budget->window_ns, 300 * kSecond);
}

TEST_F(StreamsTest, TradesCarrySideTimeAndNumber) {
  say_when_connected({trade(42)});
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  ASSERT_EQ(got.quotes.size(), 1U);
  const auto &[symbol, q] = got.quotes[0];
  EXPECT_EQ(symbol, "BTC/USDT");
  EXPECT_EQ(q.flags, TDK_QUOTE_TRADE | TDK_QUOTE_SELL);
  EXPECT_EQ(q.time, 1'700'000'000'121 * kMs);
  EXPECT_EQ(q.last, 6'183'763'000'000);
  EXPECT_EQ(q.last_size, 2'000'000);
  EXPECT_EQ(q.price_exp, -8);
  EXPECT_EQ(q.sequence, 42);
  EXPECT_EQ(q.trades, 1);
  EXPECT_EQ(q.bid, TDK_NULL_I64);
}

TEST_F(StreamsTest, AggregatesOnRequest) {
  rig.set("trades", "aggTrade");
  say_when_connected(
      {R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1700000000123,"s":"BTCUSDT","a":7,)"
       R"("p":"0.001","q":"100","f":100,"l":105,"T":1700000000121,"m":false,"M":true}})"});
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_THAT(socket.sent.at(0), HasSubstr("[\"btcusdt@aggTrade\"]"));
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].second.sequence, 7);
  EXPECT_EQ(got.quotes[0].second.trades, 6);
  EXPECT_EQ(got.quotes[0].second.flags, TDK_QUOTE_TRADE | TDK_QUOTE_BUY);
}

TEST_F(StreamsTest, TheBookHasTheHostsTime) {
  say_when_connected({kBook});
  const Streamed got = rig.run({quotes_of("btc/usdt")});
  ASSERT_EQ(got.quotes.size(), 1U);
  const auto &[symbol, q] = got.quotes[0];
  EXPECT_EQ(symbol, "btc/usdt");  // as it was asked for
  EXPECT_EQ(q.flags, TDK_QUOTE_HOST_TIME);
  EXPECT_EQ(q.time, rig.host.now_ns);
  EXPECT_EQ(q.bid, 2'535'190'000);
  EXPECT_EQ(q.ask_size, 4'066'000'000);
  EXPECT_EQ(q.sequence, 55);
  EXPECT_EQ(q.last, TDK_NULL_I64);
}

TEST_F(StreamsTest, ACandleEqualsTheOneThatHistoryGives) {
  say_when_connected({kline(false), kline(true)});
  const Streamed got = rig.run({candles_of("BTC/USDT")});
  ASSERT_EQ(got.candles.size(), 2U);
  EXPECT_EQ(got.candles[0].row.state, TDK_CANDLE_FORMING);
  rig.host.answer = [](const std::string &url) {
    return Answer{200,
                  url.find("/time") != url.npos
                      ? R"({"serverTime":1700000000000})"
                      : R"([[1600000020000,"2.00000000","4.00000000","1.00000000","3.00000000",)"
                        R"("123456789012345.5",1600000079999,"6.00000000",7,"1","2","0"]])",
                  {},
                  TDK_OK};
  };
  Provider p(tapedeck::Host(rig.host.host()), tapedeck::Config(nullptr, 0));
  CandlesAsked asked;
  asked.from_ns = 1'600'000'020'000 * kMs;
  asked.to_ns = asked.from_ns + 60 * kSecond;
  const Candles history = fetch_candles(p, asked);
  ASSERT_EQ(history.rows.size(), 1U) << history.text();
  const Candle &a = got.candles[1].row, &b = history.rows[0];
  const auto cells = [](const Candle &c) {
    return std::vector<std::int64_t>{c.open_time, c.open,      c.high,       c.low,
                                     c.close,     c.volume,    c.turnover,   c.trades,
                                     c.state,     c.price_exp, c.volume_exp, c.turnover_exp};
  };
  EXPECT_EQ(cells(a), cells(b));
  EXPECT_EQ(a.volume_exp, -4);
}

TEST_F(StreamsTest, QuotesGoOutTogetherInTheirOrder) {
  std::vector<std::string> messages;
  for (int i = 0; i < 300; ++i) messages.push_back(trade(i));
  messages.push_back(kline(false));
  messages.push_back(trade(300));
  say_when_connected(messages);
  const Streamed got = rig.run({trades_of("BTC/USDT"), candles_of("BTC/USDT")});
  EXPECT_THAT(got.quote_batches, ElementsAre(256, 44, 1));
  ASSERT_EQ(got.quotes.size(), 301U);
  for (int i = 0; i < 301; ++i)
    ASSERT_EQ(got.quotes[static_cast<std::size_t>(i)].second.sequence, i);
}

TEST_F(StreamsTest, WhatCameBeforeTheEndIsHandedOver) {
  say_when_connected({trade(1), trade(2), "garbage", trade(3)});
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  ASSERT_EQ(got.quotes.size(), 2U);
  EXPECT_EQ(got.quotes[1].second.sequence, 2);
}

TEST_F(StreamsTest, TwoNamesOfOneSymbolShareAStream) {
  say_when_connected({trade(1)});
  const Streamed got = rig.run({trades_of("BTC/USDT"), trades_of("BTCUSDT")});
  EXPECT_THAT(socket.sent.at(0), HasSubstr("\"params\":[\"btcusdt@trade\"]"));
  ASSERT_EQ(got.quotes.size(), 2U);
  EXPECT_EQ(got.quotes[0].first, "BTC/USDT");
  EXPECT_EQ(got.quotes[1].first, "BTCUSDT");
}

TEST_F(StreamsTest, WhatNobodyAskedForIsPassedOverAndCounted) {
  say_when_connected(
      {trade(1, "ETHUSDT"), R"({"stream":"btcusdt@depth","data":{"e":"depthUpdate"}})", trade(2)});
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].second.sequence, 2);
  EXPECT_EQ(rig.host.counted("binance_stream_ignored_total"), 2.0);
}

TEST_F(StreamsTest, SubscribesInPiecesNotTooFastAndWaitsForEachAnswer) {
  std::vector<Wanted> wanted;
  rig.listed.clear();
  for (int i = 0; i < 1000; ++i) {
    rig.listed.emplace_back("A" + std::to_string(i), "TRADING");
    wanted.push_back(trades_of("A" + std::to_string(i) + "/USDT"));
  }
  const Streamed got = rig.run(wanted);
  ASSERT_EQ(socket.sent.size(), 5U);
  for (std::size_t i = 4; i < 5; ++i) EXPECT_GT(socket.sent_at[i] - socket.sent_at[i - 4], kSecond);
  for (const std::string &s : socket.sent) EXPECT_EQ(std::count(s.begin(), s.end(), '@'), 200);
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_EXPIRES));
}

TEST_F(StreamsTest, IsNotConnectedBeforeTheLastAnswer) {
  socket.on_send = [](const std::string &) {};
  socket.idle_rounds = 20;  // 2 s of silence, then the connection is lost
  EXPECT_TRUE(rig.run({trades_of("BTC/USDT")}).events.empty());
}

TEST_F(StreamsTest, AnAnswerThatDoesNotComeEndsTheConnection) {
  socket.on_send = [](const std::string &) {};
  socket.idle_rounds = 1000;
  const std::int64_t began = socket.now_ns;
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
  EXPECT_THAT(got.text(), HasSubstr("not answered within 10 s"));
  EXPECT_EQ(socket.now_ns - began, 10 * kSecond);
}

TEST_F(StreamsTest, ErrorRepliesEndTheConnectionWithTheVendorsText) {
  struct Row {
    const char *reply;
    tdk_status status;
    const char *text;
  };
  const Row table[] = {
      {R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":1})",
       TDK_INVALID_ARGUMENT, "2 'Invalid request: invalid stream'"},
      {R"({"code":4,"msg":"Too many subscriptions","id":1})", TDK_INVALID_ARGUMENT,
       "4 'Too many subscriptions'; ask for at most 1024"},
      {R"({"error":{"code":3,"msg":"Invalid JSON"}})", TDK_INVALID_ARGUMENT, "3 'Invalid JSON'"},
      {R"({"error":{"code":77,"msg":"new"},"id":1})", TDK_BAD_DATA, "77 'new'"},
  };
  for (const Row &r : table) {
    StreamRig fresh;
    fresh.host.socket.on_send = [&](const std::string &) { fresh.host.socket.say(r.reply); };
    const Streamed got = fresh.run({trades_of("BTC/USDT")});
    EXPECT_EQ(got.status, r.status) << r.reply;
    EXPECT_THAT(got.text(), HasSubstr(r.text));
    EXPECT_EQ(fresh.host.socket.closed, 1);
  }
}

TEST_F(StreamsTest, ANameThatBinanceRefusesLeavesTheOthersAlone) {
  std::vector<Wanted> wanted{trades_of("BTC/USDT")};
  for (int i = 0; i < 150; ++i) {
    rig.listed.emplace_back("A" + std::to_string(i), "TRADING");
    wanted.push_back(candles_of("A" + std::to_string(i) + "/USDT"));
  }
  std::vector<std::string> acknowledged;
  socket.on_send = [&](const std::string &command) {
    if (command.find("\"a77usdt@kline_1m\"") == command.npos) {
      acknowledged.push_back(command);
      return acknowledge(socket, command);
    }
    socket.say(R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":)" +
               id_of(command) + "}");
  };
  bool said = false;
  socket.on_idle = [&] {
    if (acknowledged.size() > 5 && !std::exchange(said, true)) socket.say(trade(5));
  };
  socket.idle_rounds = 300;
  const Streamed got = rig.run(wanted);
  EXPECT_EQ(got.status, TDK_UNAVAILABLE) << got.text();  // the script's end
  EXPECT_THAT(got.kinds(),
              ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED, TDK_STREAM_EXPIRES));
  EXPECT_EQ(got.events.at(0).symbol, "A77/USDT");
  EXPECT_THAT(got.events.at(0).detail, HasSubstr("2 'Invalid request: invalid stream'"));
  std::ptrdiff_t names = 0;
  for (const std::string &command : acknowledged)
    names += std::count(command.begin(), command.end(), '@');
  EXPECT_EQ(names, 150);
  for (std::size_t i = 1; i < socket.sent_at.size(); ++i)
    EXPECT_GE(socket.sent_at[i] - socket.sent_at[i - 1], 300 * kMs);
  EXPECT_EQ(got.quotes.size(), 1U);
}

TEST_F(StreamsTest, RejectsWhatBinanceWouldAcceptAndNeverSend) {
  say_when_connected({trade(1)});
  const Streamed got = rig.run({trades_of("NO/SUCH"),
                                candles_of("OLD/USDT"),
                                trades_of("BTC/USDT"),
                                candles_of("ETH/USDT", {TDK_UNIT_MINUTE, 7}),
                                {"ETH/USDT", {}, TDK_PRICE_BID},
                                trades_of("ET H")});
  ASSERT_GE(got.events.size(), 5U);
  const char *why[] = {"lists no such symbol", "does not trade it", "no candles of interval",
                       "trades only", "is not allowed"};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(got.events[i].kind, TDK_STREAM_REJECTED);
    EXPECT_THAT(got.events[i].detail, HasSubstr(why[i]));
  }
  EXPECT_EQ(got.events[0].symbol, "NO/SUCH");
  EXPECT_EQ(got.events[5].kind, TDK_STREAM_CONNECTED);
  EXPECT_THAT(socket.sent.at(0), HasSubstr("\"params\":[\"btcusdt@trade\"]"));
  EXPECT_EQ(got.quotes.size(), 1U);
}

TEST_F(StreamsTest, NothingLeftIsNotFoundAndOpensNothing) {
  const Streamed got = rig.run({trades_of("NO/SUCH")});
  EXPECT_EQ(got.status, TDK_NOT_FOUND);
  EXPECT_THAT(got.text(), HasSubstr("streaming NOSUCH: Binance lists no such symbol"));
  EXPECT_EQ(socket.opened, 0);
}

TEST_F(StreamsTest, NoSeriesIsAMistake) { EXPECT_EQ(rig.run({}).status, TDK_INVALID_ARGUMENT); }

TEST_F(StreamsTest, AReconnectDoesNotAskForTheSymbolsAgain) {
  rig.run({trades_of("BTC/USDT")});
  rig.host.now_ns += 86'400 * kSecond;
  socket.idle_rounds = 5;
  rig.run({trades_of("BTC/USDT")});
  EXPECT_EQ(socket.opened, 2);
  const auto asked = urls();
  EXPECT_EQ(std::count_if(asked.begin(), asked.end(),
                          [](const auto &u) { return u.find("exchangeInfo") != u.npos; }),
            1);
}

TEST_F(StreamsTest, MoreThan1024StreamsAreRejected) {
  std::vector<Wanted> wanted;
  rig.listed.clear();
  for (int i = 0; i < 1025; ++i) {
    rig.listed.emplace_back("A" + std::to_string(i), "TRADING");
    wanted.push_back(trades_of("A" + std::to_string(i) + "/USDT"));
  }
  const Streamed got = rig.run(wanted);
  ASSERT_FALSE(got.events.empty());
  EXPECT_EQ(got.events[0].kind, TDK_STREAM_REJECTED);
  EXPECT_EQ(got.events[0].symbol, "A1024/USDT");
  EXPECT_THAT(got.events[0].detail, HasSubstr("1024 streams"));
}

TEST_F(StreamsTest, AServerShutdownExpiresAtOnce) {
  say_when_connected({R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}})"});
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  EXPECT_THAT(got.kinds(),
              ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_EXPIRES, TDK_STREAM_EXPIRES));
  EXPECT_EQ(got.events[2].range.to, rig.host.now_ns);
}

TEST_F(StreamsTest, AShutdownBeforeTheFirstAnswerIsNotForgotten) {
  socket.on_send = [&](const std::string &command) {
    socket.say(R"({"e":"serverShutdown","E":1770123456789})");
    acknowledge(socket, command);
  };
  const Streamed got = rig.run({trades_of("BTC/USDT")});
  ASSERT_FALSE(got.events.empty());
  EXPECT_EQ(got.events.back().kind, TDK_STREAM_EXPIRES);
  EXPECT_EQ(got.events.back().range.to, rig.host.now_ns);
}

TEST_F(StreamsTest, TheLifeOfAStreamIsASetting) {
  rig.set("stream_life", "90s");
  EXPECT_EQ(rig.run({trades_of("BTC/USDT")}).events.at(1).range.to, rig.host.now_ns + 90 * kSecond);
}

TEST_F(StreamsTest, AMessageThatCannotBeReadIsBadData) {
  const std::string table[] = {"garbage", trade(1).replace(60, 5, "\"\"\"\"\"")};
  for (const std::string &text : table) {
    StreamRig fresh;
    fresh.host.socket.on_send = [&](const std::string &) { fresh.host.socket.say(text); };
    EXPECT_EQ(fresh.run({trades_of("BTC/USDT")}).status, TDK_BAD_DATA) << text;
    EXPECT_EQ(fresh.host.socket.closed, 1);
  }
  socket.on_send = [&](const std::string &) { socket.inbox.push_back({trade(1), false}); };
  const Streamed binary = rig.run({trades_of("BTC/USDT")});
  EXPECT_EQ(binary.status, TDK_BAD_DATA);
  EXPECT_THAT(binary.text(), HasSubstr("a binary message"));
}

TEST_F(StreamsTest, TheSinksRefusalStopsTheStream) {
  rig.sink_says = TDK_STOP;
  say_when_connected({trade(1), trade(2)});
  EXPECT_EQ(rig.run({trades_of("BTC/USDT")}).status, TDK_STOP);
  EXPECT_EQ(socket.closed, 1);
}

TEST_F(StreamsTest, StopsWhenCancelled) {
  tdk_cancel cancel{};
  cancel.struct_size = sizeof cancel;
  cancel.wait_fd = -1;
  cancel.ctx = &socket;
  cancel.check = [](const tdk_cancel *c) -> tdk_status {
    return static_cast<FakeSocket *>(c->ctx)->idle_rounds < 25 ? TDK_CANCELLED : TDK_OK;
  };
  EXPECT_EQ(rig.run({trades_of("BTC/USDT")}, &cancel).status, TDK_CANCELLED);
  EXPECT_EQ(socket.closed, 1);
}

TEST_F(StreamsTest, ARefusedConnectionPassesThrough) {
  socket.refuses = TDK_RATE_LIMITED;
  EXPECT_EQ(rig.run({trades_of("BTC/USDT")}).status, TDK_RATE_LIMITED);
  EXPECT_EQ(socket.closed, 0);
}

}  // namespace
}  // namespace binance::test
