// run_stream() against a scripted WebSocket, by the traps that are known of it.
#include "polygon.hpp"

#include "kit/testing/stream_rig.hpp"

#include <gmock/gmock.h>

namespace polygon {
namespace {

using kit::test::Answer;
using kit::test::candles_of;
using kit::test::quotes_of;
using kit::test::Streamed;
using kit::test::trades_of;
using kit::test::Wanted;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000, kSecond = 1'000 * kMs;
constexpr std::int64_t kStart = 1'714'564'800'000;  // 2024-05-01T12:00:00Z

std::string status(const std::string &state, const std::string &text) {
  return R"({"ev":"status","status":")" + state + R"(","message":")" + text + "\"}";
}
std::string ack(const std::string &param) { return status("success", "subscribed to: " + param); }
std::string bar(std::int64_t s, const std::string &v = "4110", const char *ev = "AM") {
  return std::string(R"({"ev":")") + ev + R"(","sym":"AAPL","v":)" + v +
         R"(,"av":9470157,"op":0.4372,"vw":0.4488,"o":0.4488,"c":0.4486,"h":0.4489,"l":0.4486,"a":0.4352,"z":685,"s":)" +
         std::to_string(s) + R"(,"e":)" + std::to_string(s + 60'000) + "}";
}
Wanted forex_quotes() { return quotes_of("EUR/USD"); }
Wanted forex_candles() { return {"EUR/USD", {TDK_UNIT_MINUTE, 1}, TDK_PRICE_MID}; }

class StreamsTest : public testing::Test {
 protected:
  StreamsTest() {
    host.now_ns = (kStart + kDayMs) * kMs;
    host.answer = [](const std::string &url) {
      const bool none = url.find("NOSUCH") != url.npos;
      return Answer{200, none ? R"({"status":"OK","results":[]})"
                              : R"({"status":"OK","results":[{"ticker":"X","market":"stocks"}]})", {}, TDK_OK};
    };
    host.socket.idle_rounds = 80;
    host.socket.on_send = [this](const std::string &sent) { answer(sent); };
    // Rows are said when all has been acknowledged.
    host.socket.on_idle = [this] {
      for (const std::string &frame : std::exchange(rows, {})) host.socket.say(frame);
    };
  }
  // The vendor's end: everything is right, but what `refused` names gets no answer.
  void answer(const std::string &sent) {
    if (sent.find("\"auth\"") != sent.npos) {
      host.socket.say("[" + status("connected", "Connected Successfully") + "]");
      host.socket.say("[" + auth_reply + "]");
      return;
    }
    if (sent.find("\"subscribe\"") == sent.npos) return;
    if (!before_acks.empty()) host.socket.say("[" + before_acks + "]");
    const std::string mark = R"("params":")";
    std::string params = sent.substr(sent.find(mark) + mark.size());
    params.resize(params.find('"'));
    std::string acks;
    for (std::size_t at = 0; at < params.size();) {
      const std::size_t comma = std::min(params.find(',', at), params.size());
      const std::string param = params.substr(at, comma - at);
      at = comma + 1;
      if (param == refused) continue;
      if (split_acks)
        host.socket.say("[" + ack(param) + "]");
      else
        acks += (acks.empty() ? "" : ",") + ack(param);
    }
    if (!acks.empty()) host.socket.say("[" + acks + "]");
  }
  Streamed run(const std::vector<Wanted> &wanted) {
    const tdk_kv kv[] = {{tapedeck::str("api_key"), tapedeck::str("secret")}, {tapedeck::str("plan"), tapedeck::str("advanced")}};
    Provider provider(tapedeck::Host(host.host()), tapedeck::Config(kv, 2));
    return kit::test::run_stream(provider, wanted, script);
  }
  kit::test::FakeHost host;
  kit::test::FakeSocket &socket = host.socket;
  kit::test::StreamScript script;
  std::string auth_reply = status("auth_success", "authenticated"), before_acks, refused;
  bool split_acks = false;
  std::vector<std::string> rows;
};

TEST_F(StreamsTest, SendsTheKeyThenSubscribesAndSaysConnected) {
  const Streamed got = run({candles_of("AAPL"), candles_of("AAPL", {TDK_UNIT_SECOND, 1}), trades_of("BRK.B"), quotes_of("AAPL")});
  EXPECT_THAT(socket.sent, ElementsAre(R"({"action":"auth","params":"secret"})",
                                       R"({"action":"subscribe","params":"AM.AAPL,A.AAPL,T.BRK.B,Q.AAPL"})"));
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED));
  EXPECT_EQ(host.requests.back().url, "wss://socket.massive.com/stocks");
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);  // the script's end
}

TEST_F(StreamsTest, EachMarketSpellsItsChannelsItsOwnWay) {
  run({forex_candles(), forex_quotes()});
  EXPECT_THAT(socket.sent.back(), HasSubstr(R"("CA.EUR/USD,C.EUR/USD")"));
  run({candles_of("BTC/USD"), trades_of("BTC/USD"), quotes_of("BTC/USD")});
  EXPECT_THAT(socket.sent.back(), HasSubstr(R"("XA.BTC-USD,XT.BTC-USD,XQ.BTC-USD")"));
  run({candles_of("SPX"), trades_of("SPX")});
  EXPECT_THAT(socket.sent.back(), HasSubstr(R"("AM.I:SPX,V.I:SPX")"));
}

TEST_F(StreamsTest, AcknowledgementsMayComeOneByOne) {
  split_acks = true;
  EXPECT_THAT(run({trades_of("AAPL"), trades_of("MSFT")}).kinds(), ElementsAre(TDK_STREAM_CONNECTED));
}

TEST_F(StreamsTest, AMissingAcknowledgementIsARejectedSeries) {
  refused = "T.MSFT";
  const Streamed got = run({trades_of("AAPL"), trades_of("MSFT")});
  ASSERT_THAT(got.kinds(), ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED));
  EXPECT_EQ(got.events[0].symbol, "MSFT");
  EXPECT_THAT(got.events[0].detail, HasSubstr("not acknowledged within 5 s"));
}

TEST_F(StreamsTest, NotAuthorizedAheadOfTheAcknowledgementsNamesNobody) {
  before_acks = status("error", "not authorized");
  refused = "Q.AAPL";
  const Streamed got = run({quotes_of("AAPL"), trades_of("AAPL")});
  ASSERT_THAT(got.kinds(), ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED));
  EXPECT_THAT(got.events[0].detail, HasSubstr("not authorized"));
}

TEST_F(StreamsTest, WhenNothingIsAllowedItIsAnError) {
  before_acks = status("error", "not authorized");
  refused = "Q.AAPL";
  EXPECT_EQ(run({quotes_of("AAPL")}).status, TDK_PERMISSION_DENIED);
  before_acks.clear();
  socket.idle_rounds = 80;
  EXPECT_EQ(run({quotes_of("AAPL")}).status, TDK_NOT_FOUND);
}

TEST_F(StreamsTest, AnUnknownTickerIsLookedUpBecauseItIsAcknowledgedAndSilent) {
  const Streamed got = run({trades_of("NOSUCH"), trades_of("AAPL")});
  ASSERT_THAT(got.kinds(), ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED));
  EXPECT_EQ(got.events[0].symbol, "NOSUCH");
  EXPECT_THAT(socket.sent.back(), testing::Not(HasSubstr("NOSUCH")));
  host.answer = [](const std::string &) { return Answer{403, "{}", {}, TDK_OK}; };
  socket.idle_rounds = 80;
  EXPECT_THAT(run({trades_of("NOSUCH")}).kinds(), ElementsAre(TDK_STREAM_CONNECTED)) << "the list cannot be read";
}

// Streams do not wait for a REST side that hangs, once for each ticker.
TEST_F(StreamsTest, AListThatDoesNotAnswerIsAskedForOneTickerOnlyAndOnce) {
  host.answer = [](const std::string &) { return Answer{0, {}, {}, TDK_UNAVAILABLE}; };
  EXPECT_THAT(run({trades_of("AAPL"), trades_of("MSFT"), trades_of("SPY")}).kinds(), ElementsAre(TDK_STREAM_CONNECTED));
  const auto is_look = [](const kit::test::Request &r) { return r.url.find("/v3/reference/tickers") != r.url.npos; };
  const auto looks = std::count_if(host.requests.begin(), host.requests.end(), is_look);
  EXPECT_EQ(looks, 1);
  EXPECT_EQ(host.requests.front().flags, TDK_HTTP_NO_RETRY);
  EXPECT_EQ(host.requests.front().timeout_ns, 5 * kSecond);
}

TEST_F(StreamsTest, ABadKeyIsFinal) {
  auth_reply = status("auth_failed", "authentication failed");
  const Streamed got = run({trades_of("AAPL")});
  EXPECT_EQ(got.status, TDK_UNAUTHENTICATED);
  EXPECT_EQ(socket.closed, 1);
}

TEST_F(StreamsTest, APlanWithoutStreamsIsAnotherMatterThanABadKey) {
  auth_reply = status("auth_failed", "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.");
  EXPECT_EQ(run({trades_of("AAPL")}).status, TDK_PERMISSION_DENIED);
}

// Each market has plans of its own, and a connection that tells of it.
TEST_F(StreamsTest, AMarketThatThePlanLacksDoesNotEndTheOthers) {
  socket.on_send = [this](const std::string &sent) {
    if (sent.find("\"auth\"") == sent.npos) answer(sent);
  };
  // What comes while stocks are read is there for forex, which are next.
  std::deque<std::string> replies{status("auth_failed", "Your plan doesn't include websocket access."), auth_reply};
  socket.on_idle = [&] {
    if (replies.empty()) return;
    socket.say("[" + replies.front() + "]");
    replies.pop_front();
  };
  const Streamed got = run({trades_of("AAPL"), forex_quotes()});
  ASSERT_THAT(got.kinds(), ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED));
  EXPECT_EQ(got.events[0].symbol, "EUR/USD");
  EXPECT_THAT(got.events[0].detail, HasSubstr("plan"));
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);  // the script's end
}

TEST_F(StreamsTest, SubscribesOnlyAfterTheKeyIsAccepted) {
  auth_reply = status("connected", "again");
  run({trades_of("AAPL")});
  EXPECT_THAT(socket.sent, ElementsAre(R"({"action":"auth","params":"secret"})"));
}

TEST_F(StreamsTest, AKeyWithoutAnAnswerEndsTheConnection) {
  auth_reply = status("connected", "again");
  socket.idle_rounds = 500;
  const Streamed got = run({trades_of("AAPL")});
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
  EXPECT_THAT(got.text(), HasSubstr("10 s"));
}

TEST_F(StreamsTest, AuthTimeoutIsTriedAgain) {
  auth_reply = status("auth_timeout", "No authentication request received.");
  EXPECT_EQ(run({trades_of("AAPL")}).status, TDK_UNAVAILABLE);
}

TEST_F(StreamsTest, TooManyConnectionsCoolDownForAMinute) {
  rows = {"[" + status("max_connections", "Maximum number of websocket connections exceeded. ") + "]"};
  const Streamed got = run({trades_of("AAPL")});
  EXPECT_EQ(got.status, TDK_RATE_LIMITED);
  EXPECT_GE(got.error.retry_after_ms, 60'000);
}

TEST_F(StreamsTest, AMinuteBarIsFinalAndALaterOneOfTheSameTimeRevisesIt) {
  rows = {"[" + bar(kStart) + "]", "[" + bar(kStart + 60'000) + "," + bar(kStart, "4111") + "]"};
  const Streamed got = run({candles_of("AAPL")});
  ASSERT_EQ(got.candles.size(), 3U);
  EXPECT_EQ(got.candles[0].row.state, 0U);
  EXPECT_EQ(got.candles[0].row.open, 44'880'000);
  EXPECT_EQ(got.candles[2].row.open_time, kStart * kMs) << "handed on as it comes";
  EXPECT_EQ(got.candles[2].row.volume, 411'100'000'000);
}

TEST_F(StreamsTest, ABarBeforeItsTimeIsOverIsForming) {
  host.now_ns = (kStart + 30'000) * kMs;
  rows = {"[" + bar(kStart) + "]"};
  EXPECT_EQ(run({candles_of("AAPL")}).candles.at(0).row.state, TDK_CANDLE_FORMING);
}

TEST_F(StreamsTest, FramesAreArraysOfMixedEvents) {
  rows = {"[" + bar(kStart) + R"(,{"ev":"T","sym":"AAPL","x":4,"i":"12345","z":3,"p":114.125,"s":100,"t":1536036818784,"q":3681328},)" +
          R"({"ev":"NEWS","what":{"is":["this"]}},)" + ack("ZZ.TOP") + "]"};
  const Streamed got = run({candles_of("AAPL"), trades_of("AAPL")});
  EXPECT_EQ(got.candles.size(), 1U);
  ASSERT_EQ(got.quotes.size(), 1U);
  const tdk_quote &q = got.quotes[0].second;
  EXPECT_EQ(q.last, 11'412'500'000);
  EXPECT_EQ(q.last_size, 10'000'000'000);
  EXPECT_EQ(q.time, 1'536'036'818'784 * kMs);
  EXPECT_EQ(q.sequence, TDK_NULL_I64) << "the vendor's begins anew each day";
}

TEST_F(StreamsTest, TheKindOfAnEventMayStandLast) {
  rows = {R"([{"t":1536036818784,"p":114.125,"s":100,"sym":"AAPL","ev":"T"}])"};
  EXPECT_EQ(run({trades_of("AAPL")}).quotes.size(), 1U);
}

TEST_F(StreamsTest, ADotInATickerIsPartOfIt) {
  rows = {R"([{"ev":"T","sym":"BRK.B","p":350,"s":1,"t":1536036818784},{"ev":"T","sym":"BRK","p":1,"s":1,"t":1536036818784}])"};
  const Streamed got = run({trades_of("BRK.B")});
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].first, "BRK.B");
}

TEST_F(StreamsTest, DecimalTextsBesideTheNumbersOfABarArePassedOver) {
  std::string with_more = bar(kStart);
  with_more.insert(with_more.size() - 1, R"(,"otc":true,"dv":"4989.0","dav":"9470157.5")");
  rows = {"[" + with_more + "]"};
  EXPECT_EQ(run({candles_of("AAPL")}).candles.at(0).row.volume, 411'000'000'000);
}

TEST_F(StreamsTest, CryptoVolumesAreFractional) {
  rows = {R"([{"ev":"XA","pair":"BTC-USD","v":725.09209352,"vw":9173.1,"z":0.65,"o":9173,"c":9174,"h":9175,"l":9172,"s":)" +
          std::to_string(kStart) + R"(,"e":)" + std::to_string(kStart + 60'000) + "}]"};
  const Streamed got = run({candles_of("BTC/USD")});
  EXPECT_EQ(got.candles.at(0).row.volume, 72'509'209'352);
  EXPECT_EQ(got.candles.at(0).row.trades, TDK_NULL_I64) << "z is a size, no count";
}

TEST_F(StreamsTest, AnythingButAnArrayIsBadData) {
  for (const char *bad : {R"({"ev":"T"})", "nonsense", "", "[1]", R"([{"ev":1}])"}) {
    rows = {bad};
    socket.idle_rounds = 20;
    EXPECT_EQ(run({trades_of("AAPL")}).status, TDK_BAD_DATA) << bad;
    socket.inbox.clear();
  }
}

// It is no reason to lose what else comes.
TEST_F(StreamsTest, ABarThatBeginsWithinASecondIsLeftOutAndSaid) {
  rows = {R"([{"ev":"AM","sym":"I:SPX","o":1,"c":1,"h":1,"l":1,"s":1678220675805,"e":1678220675805},{"ev":"V","val":3988.5,"T":"I:SPX","t":1678220098130}])"};
  const Streamed got = run({trades_of("SPX"), candles_of("SPX")});
  EXPECT_TRUE(got.candles.empty());
  EXPECT_EQ(got.quotes.size(), 1U);
}

TEST_F(StreamsTest, TheSameLettersMeanOtherThingsInOtherMarkets) {
  rows = {R"([{"ev":"V","val":3988.5,"T":"I:SPX","t":1678220098130},{"ev":"AM","sym":"I:SPX","op":1,"o":3985.67,"c":3985.67,"h":3985.67,"l":3985.67,"s":1678220640000,"e":1678220640000}])"};
  const Streamed got = run({trades_of("SPX"), candles_of("SPX")});
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].second.last, 398'850'000'000);
  EXPECT_EQ(got.quotes[0].second.last_size, TDK_NULL_I64);
  ASSERT_EQ(got.candles.size(), 1U) << "its end is not looked at";
  EXPECT_EQ(got.candles[0].row.volume, TDK_NULL_I64);
}

TEST_F(StreamsTest, ForexQuotesHaveNoSizesAndAnExchangeOfEitherType) {
  rows = {R"([{"ev":"C","p":"EUR/USD","x":"44","a":1.0925,"b":1.09249,"t":1536036818784},{"ev":"C","p":"EUR/USD","x":48,"a":1.1,"b":0,"t":1536036818785},)"
          R"({"ev":"CA","pair":"EUR/USD","o":0.8687,"c":0.86889,"h":0.86889,"l":0.8686,"v":20,"s":1539145740000}])"};
  const Streamed got = run({forex_quotes(), forex_candles()});
  ASSERT_EQ(got.quotes.size(), 2U);
  EXPECT_EQ(got.quotes[0].second.bid, 109'249'000);
  EXPECT_EQ(got.quotes[0].second.bid_size, TDK_NULL_I64);
  EXPECT_EQ(got.quotes[1].second.bid, TDK_NULL_I64) << "an empty side";
  ASSERT_EQ(got.candles.size(), 1U) << "without an end";
  EXPECT_EQ(got.candles[0].row.trades, 20);
}

TEST_F(StreamsTest, CryptoTradesTellTheAggressorAndIdsOfEitherType) {
  rows = {R"([{"ev":"XT","pair":"BTC-USD","p":33021.9,"t":1610462007425,"s":0.01616617,"c":[2],"i":14272084,"x":3,"r":1610462007576},)"
          R"({"ev":"XT","pair":"BTC-USD","p":33021.9,"t":1610462007425,"s":1,"c":[1],"i":"a","x":3},)"
          R"({"ev":"XT","pair":"BTC-USD","p":33021.9,"t":1610462007425,"s":1,"x":3}])"};
  const Streamed got = run({trades_of("BTC/USD")});
  ASSERT_EQ(got.quotes.size(), 3U);
  EXPECT_EQ(got.quotes[0].second.flags, TDK_QUOTE_TRADE | TDK_QUOTE_BUY);
  EXPECT_EQ(got.quotes[1].second.flags, TDK_QUOTE_TRADE | TDK_QUOTE_SELL);
  EXPECT_EQ(got.quotes[2].second.flags, TDK_QUOTE_TRADE);
}

TEST_F(StreamsTest, WhatPolygonDoesNotStreamIsRejected) {
  const Streamed got = run({candles_of("EUR/USD"), trades_of("EUR/USD"), quotes_of("SPX"), trades_of("AAPL")});
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_REJECTED, TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED));
  EXPECT_EQ(run({trades_of("EUR/USD")}).status, TDK_NOT_SUPPORTED);
  EXPECT_EQ(run({candles_of("AAPL", {TDK_UNIT_MINUTE, 3})}).status, TDK_INVALID_ARGUMENT);
}

TEST_F(StreamsTest, LongerCandlesListenToTheMinutesAndGetASignOfLife) {
  rows = {"[" + bar(kStart) + "]"};
  const Streamed got = run({candles_of("AAPL", {TDK_UNIT_HOUR, 1}), candles_of("AAPL", {TDK_UNIT_DAY, 1})});
  EXPECT_THAT(socket.sent.back(), HasSubstr(R"("params":"AM.AAPL")"));
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_HEARTBEAT));
  EXPECT_TRUE(got.candles.empty()) << "a minute is no hour";
}

TEST_F(StreamsTest, SeriesComeAndGoWhileItRuns) {
  script.commands = {{TDK_STREAM_ADD, trades_of("MSFT")}, {TDK_STREAM_REMOVE, trades_of("AAPL")}};
  script.ready = [this] { return socket.sent.size() > 1 && socket.inbox.empty(); };
  const Streamed got = run({trades_of("AAPL")});
  EXPECT_THAT(socket.sent, testing::Contains(R"({"action":"subscribe","params":"T.MSFT"})"));
  EXPECT_THAT(socket.sent, testing::Contains(R"({"action":"unsubscribe","params":"T.AAPL"})"));
  ASSERT_GE(got.events.size(), 2U);
  EXPECT_EQ(got.events.back().kind, TDK_STREAM_CONNECTED);
  EXPECT_EQ(got.events.back().symbol, "MSFT");
}

TEST_F(StreamsTest, WhatIsHeldIsNotSubscribedToAgainBecauseThereIsNoReply) {
  script.commands = {{TDK_STREAM_ADD, trades_of("AAPL")}};
  script.ready = [this] { return socket.sent.size() > 1 && socket.inbox.empty() && socket.idle_rounds < 60; };
  const Streamed got = run({trades_of("AAPL")});
  EXPECT_EQ(socket.sent.size(), 2U);
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_CONNECTED));
}

TEST_F(StreamsTest, SeveralMarketsHaveAConnectionEach) {
  run({trades_of("AAPL"), forex_quotes()});
  EXPECT_EQ(socket.opened, 2);
  std::vector<std::string> urls;
  for (const auto &request : host.requests)
    if (request.url.starts_with("wss")) urls.push_back(request.url);
  EXPECT_THAT(urls, ElementsAre("wss://socket.massive.com/stocks", "wss://socket.massive.com/forex"));
}

}  // namespace
}  // namespace polygon
