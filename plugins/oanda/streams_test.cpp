// run_stream() against a scripted response that does not end.
#include "test_support.hpp"

#include <algorithm>

namespace oanda::test {
namespace {

using kit::test::quotes_of;
using kit::test::Streamed;
using kit::test::Wanted;
using testing::ElementsAre;
using testing::HasSubstr;

class StreamsTest : public testing::Test {
 protected:
  Streamed run(const std::vector<Wanted> &wanted) {
    return kit::test::run_stream(rig.provider(), wanted, rig.script);
  }
  void say(const std::string &line) { rig.host.lines.say(line); }
  Rig rig;
};

TEST_F(StreamsTest, AsksForAllInstrumentsAndASnapshotInOneRequest) {
  say(price_line("EUR_USD", "1.10001", "1.10011"));
  const Streamed got = run({quotes_of("EUR/USD"), quotes_of("DE40")});
  const std::string &url = rig.host.requests.back().url;
  EXPECT_THAT(url, testing::StartsWith("https://stream-fxpractice.oanda.com/v3/accounts/101-004-1435156-002/pricing/stream?"));
  EXPECT_EQ(parameter(url, "instruments"), "DE30_EUR%2CEUR_USD");
  EXPECT_EQ(parameter(url, "snapshot"), "true");
  EXPECT_EQ(kit::test::header(rig.host.requests.back(), "Authorization"), "Bearer practice-token");
  EXPECT_EQ(rig.host.requests.back().costs.at("connects-1s"), 1U);
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED));
  ASSERT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.quotes[0].first, "EUR/USD");
  EXPECT_EQ(got.quotes[0].second.bid, 110001);
  EXPECT_EQ(got.quotes[0].second.ask, 110011);
  EXPECT_EQ(got.quotes[0].second.flags, 0U);
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);  // the script's end
  EXPECT_EQ(rig.host.lines.closed, 1);
}

// Nothing is resumed: each connection begins with what was last said, of whatever time that was.
TEST_F(StreamsTest, Trap_ASnapshotIsOfTheTimesItWasMadeAt) {
  for (int i = 0; i < 2; ++i) {
    say(price_line("USD_JPY", "118.123", "118.130"));
    say(R"({"type":"PRICE","time":"2023-11-14T20:00:00.5Z","bids":[{"price":"1.1"}],"asks":[{"price":"1.2"}],)"
        R"("tradeable":true,"instrument":"EUR_USD"})");
    const Streamed got = run({quotes_of("EUR/USD"), quotes_of("USD/JPY")});
    EXPECT_EQ(parameter(rig.host.requests.back().url, "snapshot"), "true");
    ASSERT_EQ(got.quotes.size(), 2U);
    EXPECT_EQ(got.quotes[0].second.time, at("2023-11-14T22:13:20.123456789Z"));
    EXPECT_EQ(got.quotes[1].second.time, at("2023-11-14T20:00:00.5Z")) << "older than the one before";
  }
}

// An open one cannot be told of others.
TEST_F(StreamsTest, Trap_OtherSeriesNeedAnotherConnection) {
  rig.script.commands.push_back({TDK_STREAM_ADD, quotes_of("USD/JPY")});
  say(price_line("EUR_USD", "1.1", "1.2"));
  say(price_line("USD_JPY", "118.1", "118.2"));
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_EQ(rig.script.commands.size(), 1U) << "the host is asked for no changes";
  EXPECT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(rig.host.lines.opened, 1);
}

// How many it may carry is not documented.
TEST_F(StreamsTest, Trap_AStreamCarriesAHundredInstrumentsAndRejectsTheRest) {
  std::string listed;
  std::vector<Wanted> wanted;
  for (char c = 'A'; c <= 'Y'; ++c)
    for (char d = 'A'; d < 'A' + 5; ++d) {
      const std::string base = std::string("Z") + c + d;
      wanted.push_back(quotes_of(base + "/USD"));
      listed += (listed.empty() ? "" : ",") + (R"({"name":")" + base + R"(_USD"})");
    }
  rig.host.answer = [&](const std::string &url) {
    if (url.ends_with("/v3/accounts")) return Answer{200, kAccounts, {}, TDK_OK};
    return Answer{200, R"({"instruments":[)" + listed + "]}", {}, TDK_OK};
  };
  say(kHeartbeat);
  const std::vector<std::uint32_t> kinds = run(wanted).kinds();
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), std::uint32_t{TDK_STREAM_REJECTED}), 25);
  EXPECT_EQ(rig.host.lines.opened, 1);
  EXPECT_LT(rig.host.requests.back().url.size(), 1'200U);
}

TEST_F(StreamsTest, EveryHeartbeatIsTold) {
  say(kHeartbeat);
  say(price_line("EUR_USD", "1.1", "1.2"));
  say(kHeartbeat);
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED, TDK_STREAM_HEARTBEAT, TDK_STREAM_HEARTBEAT));
  EXPECT_EQ(got.quotes.size(), 1U);
}

TEST_F(StreamsTest, Trap_BlankLinesAndCarriageReturnsAreNothing) {
  for (const char *blank : {"", "\r", " ", "  \r"}) say(blank);
  say(price_line("EUR_USD", "1.1", "1.2") + "\r");
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_EQ(got.quotes.size(), 1U);
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED));
}

TEST_F(StreamsTest, Trap_UnknownTypesAndInstrumentsArePassedOver) {
  say(R"({"type":"NOTICE","text":"x"})");
  say(price_line("GBP_CHF", "1.1", "1.2"));
  say(price_line("EUR_USD", "1.1", "1.2"));
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
}

TEST_F(StreamsTest, Trap_HtmlWithStatus200IsNoStream) {
  say("<!DOCTYPE html>");
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
  EXPECT_THAT(got.text(), HasSubstr("HTML"));
  EXPECT_TRUE(got.events.empty());
}

TEST_F(StreamsTest, Trap_WhatCannotBeTradedIsNoQuoteButASignOfLife) {
  say(price_line("EUR_USD", "1.1", "1.2", R"("status":"non-tradeable","tradeable":false)"));
  say(R"({"type":"PRICE","time":"1","bids":[],"asks":[{"price":"1.2","liquidity":1}],"tradeable":true,"instrument":"EUR_USD"})");
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_TRUE(got.quotes.empty());
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_CONNECTED));
}

TEST_F(StreamsTest, ALineThatIsDamagedEndsTheConnectionAndWhatCameBeforeStays) {
  say(price_line("EUR_USD", "1.1", "1.2"));
  say(price_line("EUR_USD", "1.1", "1.2").substr(0, 90));
  const Streamed got = run({quotes_of("EUR/USD")});
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  EXPECT_EQ(got.quotes.size(), 1U);
}

// One unknown name refuses the whole stream.
TEST_F(StreamsTest, Trap_UnknownInstrumentsAreRejectedAndTheOthersGoOn) {
  say(price_line("EUR_USD", "1.1", "1.2"));
  const Streamed got = run({quotes_of("FOO/BAR"), quotes_of("EUR/USD"), kit::test::trades_of("EUR/USD"),
                            kit::test::candles_of("EUR/USD")});
  EXPECT_THAT(got.kinds(), ElementsAre(TDK_STREAM_REJECTED, TDK_STREAM_REJECTED, TDK_STREAM_REJECTED, TDK_STREAM_CONNECTED));
  EXPECT_EQ(parameter(rig.host.requests.back().url, "instruments"), "EUR_USD");
  EXPECT_EQ(got.quotes.size(), 1U);
  EXPECT_EQ(run({quotes_of("FOO/BAR")}).status, TDK_NOT_FOUND);
}

TEST_F(StreamsTest, TwoNamesOfOneInstrumentBothGetIt) {
  say(price_line("DE30_EUR", "13600.1", "13601.3"));
  const Streamed got = run({quotes_of("DE40"), quotes_of("DE30")});
  ASSERT_EQ(got.quotes.size(), 2U);
  EXPECT_EQ(got.quotes[0].first, "DE40");
  EXPECT_EQ(got.quotes[1].first, "DE30");
  EXPECT_EQ(got.quotes[0].second.bid, 1'360'010'000);
  EXPECT_EQ(got.quotes[0].second.price_exp, -5);
}

TEST_F(StreamsTest, Trap_ARefusalWithoutABodyHasItsClass) {
  const std::pair<int, tdk_status> table[] = {{401, TDK_UNAUTHENTICATED}, {403, TDK_PERMISSION_DENIED},
                                              {429, TDK_RATE_LIMITED},    {503, TDK_UNAVAILABLE}};
  for (const auto &[http, status] : table) {
    rig.host.lines.on_open = [http = http](const std::string &) { return http; };
    EXPECT_EQ(run({quotes_of("EUR/USD")}).status, status) << http;
  }
}

// Once it may be a mistake, twice it is none.
TEST_F(StreamsTest, Trap_A401IsAskedAboutOnceMore) {
  int left = 1;
  rig.host.lines.on_open = [&left](const std::string &) { return left-- > 0 ? 401 : 200; };
  say(price_line("EUR_USD", "1.1", "1.2"));
  EXPECT_EQ(run({quotes_of("EUR/USD")}).quotes.size(), 1U);
  int opened = 0;
  rig.host.lines.on_open = [&opened](const std::string &) { return ++opened, 401; };
  EXPECT_EQ(run({quotes_of("EUR/USD")}).status, TDK_UNAUTHENTICATED);
  EXPECT_EQ(opened, 2);
}

TEST_F(StreamsTest, ARefusalThatComesAsALineEndsTheConnectionWithItsClass) {
  const std::pair<const char *, tdk_status> table[] = {
      {"Insufficient authorization to perform request.", TDK_UNAUTHENTICATED},
      {"The provided request was forbidden.", TDK_PERMISSION_DENIED},
      {"Invalid value specified for 'instruments'", TDK_NOT_FOUND},
      {"Internal error", TDK_UNAVAILABLE}};
  for (const auto &[said, status] : table) {
    say(price_line("EUR_USD", "1.1", "1.2"));
    say(error_body(said));
    const Streamed got = run({quotes_of("EUR/USD")});
    EXPECT_EQ(got.status, status) << said;
    EXPECT_THAT(got.text(), HasSubstr(said));
    EXPECT_EQ(got.quotes.size(), 1U) << "what came before stays";
  }
}

TEST_F(StreamsTest, ASinkThatWantsNoMoreEndsIt) {
  rig.script.sink_says = TDK_STOP;
  say(price_line("EUR_USD", "1.1", "1.2"));
  EXPECT_EQ(run({quotes_of("EUR/USD")}).status, TDK_STOP);
}

}  // namespace
}  // namespace oanda::test
