// `tapedeck tap` as an operator runs it: what goes where, and how it ends.
#include <gmock/gmock.h>

#include <csignal>

#include "api/api_server.hpp"
#include "api/fake_market.hpp"
#include "live/live_hub.hpp"
#include "support/site.hpp"

using namespace tapedeck;
using namespace tapedeck::integration;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

class Tap : public testing::Test {
 protected:
  Tap() {
    series = hub.open_series("majors", Series{"BTC/USDT", *Interval::parse("1m"), TDK_PRICE_TRADE, TDK_ADJ_RAW});
    symbol = hub.open_symbol("majors", "BTC/USDT");
  }
  ~Tap() override { server.reset(); }

  // `written`: the address as a configuration has it.
  void start(const std::string &host = "127.0.0.1", const std::string &written = "127.0.0.1") {
    ApiConfig config;
    config.host = host;
    config.port = 0;
    ApiPorts ports{*market.query, {}, {}, {}, "1.2.3", system_clock(), {}, {}, &hub};
    server = std::make_unique<ApiServer>(config, ports);
    server->start();
    site.pipeline.listen = written + ":" + std::to_string(server->port());
  }
  void publish(std::int64_t close, LiveStage stage = LiveStage::Published) {
    CandleRow row;
    row.open_time = api::kStart;
    row.close = close;
    row.price_exp = -2;
    hub.publish(stage, *series, row, "binance");
  }
  bool listening(LiveStage stage) {
    return wait_until([&] { return hub.wanted(stage); });
  }

  api::FakeMarket market;
  LiveHub hub;
  std::shared_ptr<const LiveSeries> series;
  std::shared_ptr<const LiveSymbol> symbol;
  std::unique_ptr<ApiServer> server;
  Site site{"http://127.0.0.1:9/binance"};
};

}  // namespace

TEST_F(Tap, PrintsALineAMessageAndStatusesBeside) {
  start();
  Process tap(site.command({"tap", "FILE", "--pipeline", "majors", "--stage", "stored", "--count", "2"}));
  ASSERT_TRUE(listening(LiveStage::Stored));
  hub.publish({"majors", "binance", StreamState::Connected, "2 streams", {}, 0});
  // The stage is wanted just before the tap is in its place: what comes too early is not shown.
  for (int i = 0; i < 1000 && tap.running(); ++i) {
    publish(i, LiveStage::Published);
    publish(i, LiveStage::Stored);
    wait_until([&] { return !tap.running(); }, Millis(10));
  }
  EXPECT_EQ(tap.wait(60s), 0);
  const auto lines = lines_of(tap.out());
  ASSERT_EQ(lines.size(), 2u) << tap.out();
  for (const auto &line : lines)
    EXPECT_THAT(line, AllOf(StartsWith(R"({"type":"candle","symbol":"BTC/USDT","interval":"1m","price":"trade","candle":{"time":"2024-01-01T00:00:00Z")"),
                            HasSubstr(R"("stage":"stored","pipeline":"majors"})")));
  EXPECT_THAT(tap.err(), HasSubstr(R"("status":"connected","message":"2 streams")"));
}

TEST_F(Tap, EndsWithZeroOnCtrlC) {
  start();
  Process tap(site.command({"tap", "FILE", "--pipeline", "majors"}));
  ASSERT_TRUE(listening(LiveStage::Published));
  tap.signal(SIGINT);
  EXPECT_EQ(tap.wait(60s), 0);
  EXPECT_EQ(tap.out(), "");
}

TEST_F(Tap, EndsWithOneWhenTheHostStops) {
  start();
  Process tap(site.command({"tap", "FILE", "--pipeline", "majors"}));
  ASSERT_TRUE(listening(LiveStage::Published));
  server->stop();
  EXPECT_EQ(tap.wait(60s), 1);
  EXPECT_THAT(tap.err(), HasSubstr("ended the stream: going away"));
}

TEST_F(Tap, FindsTheHostAtEveryAddressThatItMayListenOn) {
  for (const auto &[host, written] : {std::pair("127.0.0.2", "127.0.0.2"), std::pair("::1", "[::1]")}) {
    start(host, written);
    Process tap(site.command({"tap", "FILE", "--pipeline", "majors"}));
    EXPECT_TRUE(listening(LiveStage::Published)) << written << ": " << tap.err();
    tap.signal(SIGINT);
    EXPECT_EQ(tap.wait(60s), 0) << written << ": " << tap.err();
  }
}

TEST_F(Tap, SaysThatNothingAnswers) {
  site.pipeline.listen = "127.0.0.1:9";
  const auto said = site.tapedeck({"tap", "FILE", "--pipeline", "majors"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.err, "tapedeck: nothing answers at 127.0.0.1:9; start `tapedeck run FILE` first\n");
}

TEST_F(Tap, NamesTheNearestPipelineAndStage) {
  const auto pipeline = site.tapedeck({"tap", "FILE", "--pipeline", "mayors"});
  EXPECT_EQ(pipeline.exit_code, 2);
  EXPECT_THAT(pipeline.err, HasSubstr("no pipeline 'mayors'; did you mean 'majors'?"));
  const auto stage = site.tapedeck({"tap", "FILE", "--pipeline", "majors", "--stage", "recieved"});
  EXPECT_EQ(stage.exit_code, 2);
  EXPECT_THAT(stage.err, HasSubstr("unknown stage 'recieved'; did you mean 'received'?"));
}

TEST_F(Tap, SaysWhenTheHostStreamsAnotherConfiguration) {
  hub.close_pipeline("majors");
  start();
  const auto said = site.tapedeck({"tap", "FILE", "--pipeline", "majors"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr("unknown_pipeline"));
}
