// run_stream() of a plugin that does what its first symbol says.
#include <gmock/gmock.h>

#include <stdexcept>
#include <thread>

#include "base/cancel.hpp"
#include "plugins/provider_test_fixture.hpp"
#include "plugins/worker.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

class Heard : public PluginStreamSink {
 public:
  void on_candles(const tdk_series &series, const tdk_candle_batch &batch) override {
    symbol = std::string(sv(series.symbol));
    candles += batch.count;
    if (throws) throw std::runtime_error("the receiver's own");
  }
  void on_quotes(std::span<const tdk_quote> quotes) override { ticks += quotes.size(); }
  void on_event(const tdk_stream_event &) override { ++events; }
  bool throws = false;
  std::string symbol;
  std::size_t candles = 0, ticks = 0;
  std::atomic<int> events{0};
};

class StreamCallTest : public test::ProviderTest {
 protected:
  static PluginStreamAsk ask(const std::string &symbol) { return {{{symbol, {}}}, {}, {}}; }
  Error end_of(const std::string &symbol) {
    ProviderPlugin provider(make());
    return test::error_of([&] { provider.run_stream(ask(symbol), heard, nullptr); });
  }
  Heard heard;
};

TEST_F(StreamCallTest, HandsOverWhatComesAndSaysHowItEnded) {
  const Error end = end_of("BTC/USDT");
  EXPECT_EQ(end.code(), TDK_UNAVAILABLE);
  EXPECT_THAT(end.what(), HasSubstr("run_stream: the vendor hung up"));
  EXPECT_EQ(heard.symbol, "BTC/USDT");
  EXPECT_EQ(heard.candles, 2u);
  EXPECT_EQ(heard.ticks, 1u);
  EXPECT_EQ(heard.events, 1);
}

TEST_F(StreamCallTest, WhatCannotBeReadEndsTheStreamAndReachesNobody) {
  for (const char *what : {"NO COLUMN", "HUGE", "LONG SYMBOL", "NULL SYMBOL", "NO SERIES", "NO CANDLE TIME"}) {
    EXPECT_EQ(end_of(what).code(), TDK_BAD_DATA) << what;
    EXPECT_EQ(heard.candles + heard.ticks, 0u) << what;
  }
  heard.events = 0;
  for (const char *what : {"SMALL EVENT", "LONG DETAIL"}) EXPECT_EQ(end_of(what).code(), TDK_BAD_DATA) << what;
  EXPECT_EQ(heard.events, 0);
  for (const char *what : {"EXPONENT", "SIZE EXPONENT", "VOLUME EXPONENT", "NO TIME"}) {
    EXPECT_EQ(end_of(what).code(), TDK_BAD_DATA) << what;
    EXPECT_EQ(heard.ticks, 0u) << what;
  }
}

TEST_F(StreamCallTest, WhatTheReceiverThrowsComesOut) {
  ProviderPlugin provider(make());
  heard.throws = true;
  EXPECT_THROW(provider.run_stream(ask("BTC/USDT"), heard, nullptr), std::runtime_error);
  EXPECT_EQ(heard.ticks, 0u) << "nothing after it";
}

TEST_F(StreamCallTest, EndsWhenCancelled) {
  ProviderPlugin provider(make());
  CancelSource source;
  const CancelToken token(source);
  std::jthread canceller([&] {
    while (!host_->was_slept_on()) std::this_thread::yield();
    source.cancel();
  });
  EXPECT_EQ(provider.run_stream(ask("WAIT"), heard, token.raw()), TDK_CANCELLED);
}

// Both while it says nothing and while it goes on talking.
TEST_F(StreamCallTest, APluginThatDoesNotHearItsCancellationIsLeft) {
  for (const char *what : {"HANG", "DEAF"}) {
    auto host = test::BareHost::make();
    ManualClock clock{12 * kHour};
    Watchdog watchdog({5 * kSecond, 1'000'000, &clock});
    InstanceSettings wedging = settings();
    wedging.host = test::BareHost::view(host);
    wedging.watchdog = &watchdog;
    {
      ProviderPlugin provider(PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "scripted", wedging));
      CancelSource source;
      const CancelToken token(source);
      auto sink = std::make_unique<Heard>();
      std::jthread time([&](const std::stop_token &stop) {
        while (!host->was_slept_on()) std::this_thread::yield();
        source.cancel();
        while (!stop.stop_requested()) {
          clock.advance(kSecond);
          system_clock().sleep_ns(2'000'000, nullptr);
        }
      });
      const Error end = test::error_of([&] { provider.run_stream(ask(what), *sink, token.raw()); });
      sink.reset();  // what the plugin still says finds nobody
      EXPECT_EQ(end.code(), TDK_UNAVAILABLE) << what;
      EXPECT_THAT(end.what(), HasSubstr("wedged in run_stream"));
      EXPECT_EQ(threads_left_behind(), 1u);
      const Error again = test::error_of([&] { provider.run_stream(ask("BTC/USDT"), heard, nullptr); });
      EXPECT_EQ(again.code(), TDK_UNAVAILABLE) << "such an instance refuses every call";
    }
    system_clock().sleep_ns(10'000'000, nullptr);
    host->release();
    while (threads_left_behind() > 0) system_clock().sleep_ns(1'000'000, nullptr);
  }
}

}  // namespace
