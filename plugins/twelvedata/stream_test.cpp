// The WebSocket against a scripted vendor. Each trap of section 8 of its reference is a test.
#include "parse_stream.hpp"
#include "stream_run.hpp"
#include "test_vendor.hpp"
#include "times.hpp"

#include <gmock/gmock.h>

namespace twelvedata::test {
namespace {

using kit::test::Command;
using kit::test::Event;
using kit::test::quotes_of;
using kit::test::Streamed;
using kit::test::trades_of;
using kit::test::Wanted;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char *kOk =
    R"({"event":"subscribe-status","status":"ok","success":[{"symbol":"AAPL"}],"fails":[]})";

class StreamTest : public testing::Test {
 protected:
  StreamTest() : socket(bench.host.socket) {
    script.ready = [this] { return socket.inbox.empty(); };
    answers(kOk);
  }
  // To each subscription.
  void answers(std::string status) {
    socket.on_send = [this, status](const std::string &sent) {
      if (sent.find("\"subscribe\"") != sent.npos) socket.say(status);
    };
  }
  Streamed run(const std::vector<Wanted> &wanted) {
    return kit::test::run_stream(bench.provider(), wanted, script);
  }
  static std::string price(const std::string &symbol, const std::string &more) {
    return "{\"event\":\"price\",\"symbol\":\"" + symbol + "\",\"timestamp\":1680286328," + more +
           "}";
  }
  static std::vector<std::string> rejected(const Streamed &got) {
    std::vector<std::string> out;
    for (const Event &e : got.events)
      if (e.kind == TDK_STREAM_REJECTED) out.push_back(e.symbol);
    return out;
  }
  Bench bench;
  kit::test::FakeSocket &socket;
  kit::test::StreamScript script;
};

TEST_F(StreamTest, SubscribesOnceForAllAndIsConnectedWhenItIsAnswered) {
  const auto got = run({trades_of("AAPL"), quotes_of("AAPL"), trades_of("EUR/USD")});
  EXPECT_EQ(got.status, TDK_UNAVAILABLE) << "the socket was lost in the end";
  EXPECT_EQ(socket.sent.at(0), R"({"action":"subscribe","params":{"symbols":"AAPL,EUR/USD"}})");
  EXPECT_EQ(got.kinds().at(0), TDK_STREAM_CONNECTED);
  EXPECT_EQ(bench.host.requests.at(0).url, "wss://ws.twelvedata.com/v1/quotes/price");
  EXPECT_EQ(kit::test::header(bench.host.requests.at(0), "X-TD-APIKEY"), "k3y");
  EXPECT_EQ(bench.host.requests.at(0).costs.at("credits-1m"), 0U);
}

TEST_F(StreamTest, AfterAReconnectItSubscribesAgainBecauseTheServerForgot) {
  run({trades_of("AAPL")});
  socket.idle_rounds = 5;
  run({trades_of("AAPL")});
  EXPECT_EQ(socket.opened, 2);
  EXPECT_EQ(std::count(socket.sent.begin(), socket.sent.end(), socket.sent.front()), 2);
}

TEST_F(StreamTest, APriceIsATradeWithoutASize) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ == 1) socket.say(price("AAPL", R"("price":164.115,"day_volume":29669569)"));
  };
  const auto got = run({trades_of("AAPL"), quotes_of("AAPL")});
  ASSERT_EQ(got.quotes.size(), 1U) << "no bid and no ask, so no quote";
  const tdk_quote &q = got.quotes[0].second;
  EXPECT_EQ(q.flags, TDK_QUOTE_TRADE);
  EXPECT_EQ(q.last, 164'115);
  EXPECT_EQ(q.price_exp, -3);
  EXPECT_EQ(q.last_size, TDK_NULL_I64);
  EXPECT_EQ(q.time, 1'680'286'328 * kSecondNs) << "seconds, not milliseconds";
  EXPECT_EQ(q.sequence, TDK_NULL_I64);
}

TEST_F(StreamTest, BidAndAskAreAQuote) {
  answers(R"({"event":"subscribe-status","status":"ok"})");
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ == 1) socket.say(price("XAU/USD", R"("price":1925.18,"bid":1925.05,"ask":1925.32)"));
  };
  const auto got = run({quotes_of("XAU/USD")});
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].second.bid, 192'505'000);
  EXPECT_EQ(got.quotes[0].second.ask, 192'532'000);
  EXPECT_EQ(got.quotes[0].second.price_exp, -5);
}

TEST_F(StreamTest, APriceNeverBecomesADouble) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ == 1) socket.say(price("AAPL", R"("price":1.5e-05)"));
    if (n == 3) socket.say(price("AAPL", R"("price":0.1000000000000000055)"));
  };
  const auto got = run({trades_of("AAPL")});
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].second.last, 15);
  EXPECT_EQ(got.quotes[0].second.price_exp, -6);
  EXPECT_EQ(got.status, TDK_BAD_DATA) << "more digits than int64 holds are refused, not rounded";
}

TEST_F(StreamTest, PricesOfOneSecondAndEarlierOnesAreAllPassedOn) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ != 1) return;
    for (const char *p : {"1", "1", "2"}) socket.say(price("AAPL", std::string(R"("price":)") + p));
    socket.say(R"({"event":"price","symbol":"AAPL","timestamp":1680286327,"price":3})");
  };
  const auto got = run({trades_of("AAPL")});
  ASSERT_EQ(got.quotes.size(), 4U) << got.text();
  EXPECT_EQ(got.quotes[2].second.last, 2);
  EXPECT_EQ(got.quotes[3].second.time, 1'680'286'327 * kSecondNs);
}

TEST_F(StreamTest, FieldsOfAPriceMayBeNull) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ != 1) return;
    socket.say(price("AAPL", R"("exchange":null,"mic_code":null,"bid":null,"ask":2.5,"price":2)"));
  };
  const auto got = run({quotes_of("AAPL")});
  ASSERT_EQ(got.quotes.size(), 1U) << got.text();
  EXPECT_EQ(got.quotes[0].second.bid, TDK_NULL_I64);
  EXPECT_EQ(got.quotes[0].second.ask, 250'000);
}

TEST_F(StreamTest, TellsListingsApartByTheirExchange) {
  answers(R"({"event":"subscribe-status","status":"ok"})");
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ == 1) socket.say(price("RY", R"("exchange":"TSX","mic_code":"XTSE","price":130.1)"));
  };
  const auto got = run({trades_of("RY:TSX"), trades_of("RY:LSE")});
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].first, "RY:TSX");
}

TEST_F(StreamTest, AListingElsewhereIsNotTakenForTheOneAtHome) {
  answers(R"({"event":"subscribe-status","status":"ok"})");
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ != 1) return;
    socket.say(price("RY", R"("exchange":"TSX","mic_code":"XTSE","price":130.1)"));
    socket.say(price("RY", R"("exchange":"NYSE","mic_code":"XNYS","price":95.2)"));
  };
  const auto got = run({trades_of("RY"), trades_of("RY:TSX")});
  ASSERT_EQ(got.quotes.size(), 2U);
  EXPECT_EQ(got.quotes[0].first, "RY:TSX");
  EXPECT_EQ(got.quotes[1].first, "RY");
}

TEST_F(StreamTest, ExchangesAreComparedInAnyLetterCase) {
  answers(R"({"event":"subscribe-status","status":"ok"})");
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ == 1) socket.say(price("ETH/BTC", R"("exchange":"Huobi","price":0.05)"));
  };
  EXPECT_EQ(run({trades_of("ETH/BTC:HUOBI")}).quotes.size(), 1U);
}

TEST_F(StreamTest, BeatsEveryTenSeconds) {
  socket.idle_rounds = 350;
  socket.on_idle = [&] {
    if (!socket.sent.empty() && socket.sent.back().find("heartbeat") != std::string::npos)
      socket.say(R"({"event":"heartbeat","status":"ok"})");
  };
  run({trades_of("AAPL")});
  std::vector<std::int64_t> at;
  for (std::size_t i = 0; i < socket.sent.size(); ++i)
    if (socket.sent[i] == R"({"action":"heartbeat"})") at.push_back(socket.sent_at[i]);
  ASSERT_GE(at.size(), 3U);
  for (std::size_t i = 1; i < at.size(); ++i) {
    EXPECT_GE(at[i] - at[i - 1], kHeartbeatEveryNs);
    EXPECT_LE(at[i] - at[i - 1], kHeartbeatEveryNs + 100'000'000);
  }
}

TEST_F(StreamTest, AHeartbeatIsToldToTheHost) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ == 1) socket.say(R"({"event":"heartbeat","status":"ok"})");
  };
  EXPECT_THAT(run({trades_of("AAPL")}).kinds(), Contains(TDK_STREAM_HEARTBEAT));
}

TEST_F(StreamTest, APartialStatusRejectsThoseSeriesOnly) {
  answers(
      R"({"event":"subscribe-status","status":"warning","success":[{"symbol":"AMZN","exchange":"NASDAQ"},{"symbol":"XAG/USD"}],"fails":[{"symbol":"1211","message":"You are not authorized to access XHKG data."}]})");
  const auto got =
      run({trades_of("AMZN"), trades_of("1211"), quotes_of("1211"), trades_of("XAG/USD")});
  EXPECT_THAT(rejected(got), ElementsAre("1211", "1211"));
  EXPECT_THAT(got.kinds(), Contains(TDK_STREAM_CONNECTED));
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
}

TEST_F(StreamTest, AWarningWithoutItsSuccessesSettlesTheRest) {
  for (const char *success : {R"("success":null,)", "", R"("success":[],)"}) {
    answers(std::string(R"({"event":"subscribe-status","status":"warning",)") + success +
            R"("fails":[{"symbol":"1211"}]})");
    socket.idle_rounds = 5;
    const auto got = run({trades_of("AMZN"), trades_of("1211")});
    EXPECT_THAT(rejected(got), ElementsAre("1211")) << success;
    EXPECT_THAT(got.kinds(), Contains(TDK_STREAM_CONNECTED)) << success;
  }
}

TEST_F(StreamTest, AnErrorStatusIsAboutAllThoughItNamesSome) {
  answers(R"({"event":"subscribe-status","status":"error","fails":[{"symbol":"GBP/USD"}]})");
  const auto got = run({trades_of("GBP/USD"), trades_of("AAPL")});
  EXPECT_EQ(got.status, TDK_NOT_FOUND);
  EXPECT_THAT(rejected(got), testing::UnorderedElementsAre("GBP/USD", "AAPL"));
}

TEST_F(StreamTest, AListingElsewhereMayFailByItsBareSymbol) {
  answers(
      R"({"event":"subscribe-status","status":"warning","success":[{"symbol":"AMZN"}],"fails":[{"symbol":"1211","message":"You are not authorized to access XHKG data."}]})");
  const auto got = run({trades_of("AMZN"), trades_of("1211:XHKG")});
  EXPECT_THAT(rejected(got), ElementsAre("1211:XHKG"));
  EXPECT_THAT(got.kinds(), Contains(TDK_STREAM_CONNECTED));
}

TEST_F(StreamTest, ArraysOfAStatusMayBeNullOrMissing) {
  for (const char *status :
       {R"({"event":"subscribe-status","status":"ok","success":[{"symbol":"AAPL"}],"fails":null})",
        R"({"event":"subscribe-status","status":"ok","success":[{"symbol":"AAPL"}]})",
        R"({"event":"subscribe-status","status":"ok","success":null,"fails":null})",
        R"({"event":"subscribe-status","status":"ok"})"}) {
    answers(status);
    socket.idle_rounds = 5;
    EXPECT_THAT(run({trades_of("AAPL")}).kinds(), Contains(TDK_STREAM_CONNECTED)) << status;
  }
}

TEST_F(StreamTest, WhenAllFailTheStreamEndsWithTheReason) {
  answers(R"({"event":"subscribe-status","status":"error","fails":[{"symbol":"GBP/USD"}]})");
  const auto unknown = run({trades_of("GBP/USD")});
  EXPECT_EQ(unknown.status, TDK_NOT_FOUND);
  EXPECT_THAT(rejected(unknown), ElementsAre("GBP/USD"));
  answers(
      R"({"event":"subscribe-status","status":"error","fails":[{"symbol":"1211","message":"You are not authorized to access XHKG data."}]})");
  EXPECT_EQ(run({trades_of("1211")}).status, TDK_PERMISSION_DENIED);
}

TEST_F(StreamTest, AnErrorStatusWithoutArraysIsAboutACommand) {
  answers(R"({"event":"subscribe-status","status":"error","messages":["Cant parse message"]})");
  const auto got = run({trades_of("AAPL")});
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  EXPECT_THAT(got.text(), HasSubstr("Cant parse message"));
}

TEST_F(StreamTest, FramesWithoutAnEventOrWithANewOneAreSurvived) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ != 1) return;
    for (const char *frame : {"{}", R"({"event":null})", R"({"event":7})",
                              R"({"event":"unsubscribe-status","status":"ok"})",
                              R"({"event":"reset-status"})", R"({"status":"ok"})"})
      socket.say(frame);
    socket.say(price("AAPL", R"("price":1)"));
  };
  const auto got = run({trades_of("AAPL")});
  EXPECT_EQ(got.quotes.size(), 1U) << got.text();
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
}

TEST_F(StreamTest, AnErrorAboutNothingThatEndsAStreamIsLoggedAndSurvived) {
  socket.on_idle = [&, n = 0]() mutable {
    if (n++ != 1) return;
    socket.say(R"({"event":"error","message":"odd"})");
    socket.say(R"({"status":"error","code":400,"message":"**action** is unknown"})");
    socket.say(price("AAPL", R"("price":1)"));
  };
  const auto got = run({trades_of("AAPL")});
  EXPECT_EQ(got.quotes.size(), 1U) << got.text();
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
  EXPECT_THAT(bench.host.log, Contains(HasSubstr("odd")));
}

TEST_F(StreamTest, AnErrorWithoutAnEventHasItsClass) {
  answers(R"({"status":"error","code":401,"message":"wrong key"})");
  EXPECT_EQ(run({trades_of("AAPL")}).status, TDK_UNAUTHENTICATED);
  answers(R"({"event":"error","code":429,"message":"too much","status":"error"})");
  EXPECT_EQ(run({trades_of("AAPL")}).status, TDK_RATE_LIMITED);
}

TEST_F(StreamTest, ARefusedUpgradeIsFinal) {
  const std::tuple<int, tdk_status, tdk_status> table[] = {
      {200, TDK_BAD_DATA, TDK_UNAUTHENTICATED},
      {401, TDK_UNAUTHENTICATED, TDK_UNAUTHENTICATED},
      {403, TDK_PERMISSION_DENIED, TDK_PERMISSION_DENIED},
      {503, TDK_UNAVAILABLE, TDK_UNAVAILABLE}};
  for (const auto &[http, host_says, status] : table) {
    socket.refuses = host_says;
    socket.refuses_with_http = http;
    EXPECT_EQ(run({trades_of("AAPL")}).status, status) << http;
  }
}

TEST_F(StreamTest, ASubscriptionThatIsNotAnsweredEndsTheConnection) {
  socket.on_send = [](const std::string &) {};
  socket.idle_rounds = 1'000;
  const auto got = run({trades_of("AAPL")});
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
  EXPECT_THAT(got.text(), HasSubstr("not answered within 10 s"));
}

TEST_F(StreamTest, CandlesAreNotStreamed) {
  const auto got = run({kit::test::candles_of("AAPL")});
  EXPECT_EQ(got.status, TDK_NOT_SUPPORTED);
  EXPECT_THAT(got.text(), HasSubstr("candles_from"));
}

TEST_F(StreamTest, TheTrialHasEightSymbols) {
  std::vector<Wanted> wanted;
  for (char c = 'A'; c < 'A' + 9; ++c) wanted.push_back(trades_of(std::string("S") + c));
  answers(R"({"event":"subscribe-status","status":"ok"})");
  EXPECT_THAT(rejected(run(wanted)), ElementsAre("SI"));
}

TEST_F(StreamTest, SeriesComeAndGoWhileItRuns) {
  script.commands = {Command{TDK_STREAM_ADD, trades_of("EUR/USD")},
                     Command{TDK_STREAM_REMOVE, trades_of("AAPL")}};
  socket.on_send = [&](const std::string &sent) {
    if (sent.find("\"subscribe\"") == sent.npos) return;
    const bool first = sent.find("AAPL") != sent.npos;
    socket.say(std::string(R"({"event":"subscribe-status","status":"ok","success":[{"symbol":")") +
               (first ? "AAPL" : "EUR/USD") + "\"}]}");
  };
  const auto got = run({trades_of("AAPL")});
  EXPECT_THAT(socket.sent, Contains(R"({"action":"subscribe","params":{"symbols":"EUR/USD"}})"));
  EXPECT_THAT(socket.sent, Contains(R"({"action":"unsubscribe","params":{"symbols":"AAPL"}})"));
  const auto connected = std::find_if(got.events.begin(), got.events.end(), [](const Event &e) {
    return e.kind == TDK_STREAM_CONNECTED && e.symbol == "EUR/USD";
  });
  EXPECT_NE(connected, got.events.end());
}

TEST_F(StreamTest, AnUnsubscriptionMayBeAnsweredByASubscribeStatus) {
  for (const char *status : {R"("ok","success":[{"symbol":"AAPL"}])",
                             R"("error","fails":[{"symbol":"AAPL","message":"gone"}])"}) {
    script.commands = {Command{TDK_STREAM_ADD, trades_of("EUR/USD")},
                       Command{TDK_STREAM_REMOVE, trades_of("AAPL")}};
    socket.idle_rounds = 50;
    socket.on_send = [&, status](const std::string &sent) {
      if (sent.find("\"unsubscribe\"") != sent.npos)
        socket.say(std::string(R"({"event":"subscribe-status","status":)") + status + "}");
      if (sent.find("\"subscribe\"") != sent.npos)
        socket.say(R"({"event":"subscribe-status","status":"ok"})");
    };
    const auto got = run({trades_of("AAPL")});
    EXPECT_THAT(socket.sent, Contains(HasSubstr("\"unsubscribe\"")));
    EXPECT_THAT(rejected(got), testing::IsEmpty()) << status;
    EXPECT_EQ(got.status, TDK_UNAVAILABLE) << "the socket was lost in the end";
  }
}

TEST_F(StreamTest, WhatCannotBeDecodedEndsTheConnection) {
  for (const char *frame :
       {"no json", "[]", R"({"event":"price"})",
        R"({"event":"price","symbol":"","timestamp":1,"price":1})",
        R"({"event":"price","symbol":"AAPL","timestamp":1680286328000,"price":1})",
        R"({"event":"price","symbol":"AAPL","timestamp":1,"price":"x"})",
        R"({"event":"subscribe-status","status":7})"}) {
    answers(frame);
    EXPECT_EQ(run({trades_of("AAPL")}).status, TDK_BAD_DATA) << frame;
  }
}

}  // namespace
}  // namespace twelvedata::test
