// What passes, to whom, and who is heard.
#include "live/live_hub.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace tapedeck {
namespace {

const Series kBtc{"BTC/USDT", *Interval::parse("1m")};
constexpr std::uint32_t kPublished = static_cast<std::uint32_t>(LiveStage::Published);

class Listener final : public LiveListener {
 public:
  void on_candle(LiveStage, const LiveSeries &series, const CandleRow &, std::string_view) noexcept override {
    from = series.pipeline;
    ++candles;
  }
  void on_ticks(LiveStage, const LiveSymbol &, std::span<const Tick> t, std::string_view) noexcept override { ticks += t.size(); }
  void on_status(const StreamStatus &) noexcept override { ++statuses; }
  std::string from;
  std::atomic<std::size_t> candles{0}, ticks{0}, statuses{0};
};

TEST(LiveHub, OfSeveralPricesTheUsualOneIsFoundUnlessOneIsNamed) {
  LiveHub hub;
  const Interval minute = *Interval::parse("1m");
  const auto ask = hub.open_series("p", {"EUR/USD", minute, TDK_PRICE_ASK});
  const auto bid = hub.open_series("p", {"EUR/USD", minute, TDK_PRICE_BID});
  EXPECT_EQ(hub.find_series("EUR_USD", minute), bid);
  EXPECT_EQ(hub.find_series("C:EURUSD", minute, TDK_PRICE_ASK), ask);
  EXPECT_EQ(hub.find_series("EURUSD", minute, TDK_PRICE_MID), nullptr);
  const auto mid = hub.open_series("p", {"EUR/USD", minute, TDK_PRICE_MID});
  EXPECT_EQ(hub.find_series("EUR/USD", minute), mid);
}

TEST(LiveHubTest, TheSecondPipelineOfASeriesIsHeardOnceTheFirstHasGone) {
  LiveHub hub;
  Listener listener;
  hub.add(listener, kPublished);
  const auto a = hub.open_series("a", kBtc), b = hub.open_series("b", kBtc);
  const auto ticks_a = hub.open_symbol("a", kBtc.symbol), ticks_b = hub.open_symbol("b", kBtc.symbol);
  hub.publish(LiveStage::Published, *b, {}, "two");
  EXPECT_EQ(listener.candles, 0u);
  hub.publish(LiveStage::Published, *a, {}, "one");
  EXPECT_EQ(listener.from, "a");
  hub.close_pipeline("a");
  EXPECT_EQ(hub.find_series("BTCUSDT", kBtc.interval), b);
  EXPECT_EQ(hub.find_symbol("BTC/USDT"), ticks_b);
  hub.publish(LiveStage::Published, *b, {}, "two");
  EXPECT_EQ(listener.from, "b");
  const auto again = hub.open_series("a", kBtc);
  hub.publish(LiveStage::Published, *again, {}, "one");
  EXPECT_EQ(listener.candles, 2u);
  hub.remove(listener);
}

TEST(LiveHubTest, RemembersTheLastOfEach) {
  LiveHub hub;
  const auto series = hub.open_series("a", kBtc);
  const auto symbol = hub.open_symbol("a", kBtc.symbol);
  EXPECT_FALSE(hub.last(*series));
  CandleRow row;
  row.open_time = kMinute;
  hub.publish(LiveStage::Published, *series, row, "one");
  row.open_time = 2 * kMinute;
  hub.publish(LiveStage::Received, *series, row, "one");
  EXPECT_EQ(hub.last(*series)->row.open_time, kMinute) << "received is not published";
  std::vector<Tick> ticks(3);
  ticks[1].bid = 7;
  ticks[2].flags = TDK_QUOTE_TRADE;
  hub.publish(LiveStage::Published, *symbol, ticks, "one");
  EXPECT_EQ(hub.last_quote(*symbol)->tick.bid, 7);
}

TEST(LiveHubTest, KeepsOneStatusOfEachSourceUntilThePipelineGoes) {
  LiveHub hub;
  for (int i = 0; i < 5; ++i)
    for (const char *source : {"one", "two"}) hub.publish({"a", source, StreamState::Reconnecting, std::to_string(i), {}, i});
  ASSERT_EQ(hub.statuses().size(), 2u);
  EXPECT_EQ(hub.statuses()[0].message, "4");
  hub.close_pipeline("a");
  EXPECT_TRUE(hub.statuses().empty());
}

// A pipeline of many symbols has several connections to one source.
TEST(LiveHubTest, AStatusReplacesThoseAboutNoOtherSymbols) {
  LiveHub hub;
  const auto publish = [&](const char *message, std::vector<std::string> symbols) {
    hub.publish({"a", "one", StreamState::Connected, message, std::move(symbols), 0});
  };
  const auto messages = [&] {
    std::string out;
    for (const auto &s : hub.statuses()) out += s.message + ' ';
    return out;
  };
  publish("first", {"A", "B"});
  publish("second", {"C"});
  publish("B refused", {"B"});
  EXPECT_EQ(messages(), "first second B refused ");
  publish("first again", {"A", "B"});
  EXPECT_EQ(messages(), "second first again ");
  publish("all", {});
  EXPECT_EQ(messages(), "all ");
}

TEST(LiveHubTest, NobodyIsCalledAfterItWasRemoved) {
  LiveHub hub;
  const auto series = hub.open_series("a", kBtc);
  std::atomic<bool> over{false};
  std::thread publishing([&] {
    while (!over) hub.publish(LiveStage::Published, *series, {}, "one");
  });
  for (int i = 0; i < 50; ++i) {
    Listener listener;
    hub.add(listener, kPublished);
    while (listener.candles == 0) std::this_thread::yield();
    hub.remove(listener);
    const std::size_t heard = listener.candles;
    std::this_thread::yield();
    EXPECT_EQ(listener.candles, heard);
  }
  over = true;
  publishing.join();
}

}  // namespace
}  // namespace tapedeck
