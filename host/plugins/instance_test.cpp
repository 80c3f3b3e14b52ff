#include "plugins/instance.hpp"

#include <gmock/gmock.h>

#include <semaphore>
#include <thread>

#include "base/cancel.hpp"
#include "plugins/provider_test_fixture.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

using test::minutes;
using test::ProviderTest;

TEST_F(ProviderTest, DeliversCandles) {
  ProviderPlugin provider(make());
  std::uint64_t rows = 0;
  EXPECT_EQ(provider.fetch_candles(minutes("BTC/USDT", 5000), counting(rows), nullptr), TDK_OK);
  EXPECT_EQ(rows, 5000u);
}

TEST_F(ProviderTest, DeliversTheRest) {
  ProviderPlugin provider(make());
  const auto info = provider.info();
  EXPECT_EQ(info.intervals.size(), 2u);
  EXPECT_EQ(info.max_candles_per_call, 1000u);
  EXPECT_EQ(info.capabilities,
            TDK_CAP_HISTORY | TDK_CAP_QUOTES | TDK_CAP_SYMBOLS | TDK_CAP_CALENDAR | TDK_CAP_EARLIEST |
                TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES);
  const auto quotes = provider.fetch_quotes({"A", "B"}, nullptr);
  ASSERT_EQ(quotes.size(), 2u);
  EXPECT_EQ(quotes[1].symbol, "B");
  EXPECT_EQ(quotes[1].values.last, 42);
  const auto symbols = provider.search_symbols("EUR", 5, nullptr);
  ASSERT_EQ(symbols.size(), 1u);
  EXPECT_EQ(symbols[0].symbol, "EUR");
  EXPECT_EQ(symbols[0].name, "broken ? name");
  EXPECT_EQ(provider.earliest(Series{}, nullptr), 17 * kMinute);
}

TEST_F(ProviderTest, DeliversEconomicEvents) {
  ProviderPlugin provider(make());
  const auto events = provider.fetch_calendar({5, 10}, "US", nullptr);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].values.time, 5);
  EXPECT_EQ(events[0].title, "CPI ?");
  EXPECT_EQ(events[0].country, "US");
  EXPECT_EQ(events[0].values.actual.mantissa, 310);
  EXPECT_EQ(test::error_of([&] { provider.fetch_calendar({5, 10}, "NONE", nullptr); }).code(), TDK_NOT_SUPPORTED);
}

TEST_F(ProviderTest, RefusesFactsThatCannotBeUsed) {
  ProviderPlugin provider(make());
  for (const char *symbol : {"WILD", "LATE", "NAMELESS"})
    EXPECT_EQ(test::error_of([&] { provider.fetch_quotes({"A", symbol}, nullptr); }).code(), TDK_BAD_DATA) << symbol;
  for (const char *query : {"BROKEN", "CONTROL", "WILD", "LONG", ""})
    EXPECT_EQ(test::error_of([&] { provider.search_symbols(query, 5, nullptr); }).code(), TDK_BAD_DATA) << query;
  for (const char *country : {"OUTSIDE", "UNTITLED", "WILD", "EMPTY"})
    EXPECT_EQ(test::error_of([&] { provider.fetch_calendar({5, 10}, country, nullptr); }).code(), TDK_BAD_DATA) << country;
  EXPECT_EQ(provider.fetch_quotes({"A"}, nullptr).size(), 1u) << "and goes on";
}

TEST_F(ProviderTest, ThrowsWhatThePluginSays) {
  ProviderPlugin provider(make());
  const auto error = test::error_of([&] {
    provider.fetch_candles(
        minutes("LIMIT"), [](auto &) { return TDK_OK; }, nullptr);
  });
  EXPECT_EQ(error.code(), TDK_RATE_LIMITED);
  EXPECT_EQ(error.retry_after_ms(), 1500);
  EXPECT_EQ(error.upstream(), 429);
  EXPECT_STREQ(error.what(), "feed: fetch_candles: slow down");
}

TEST_F(ProviderTest, TurnsAnUnknownStatusIntoABug) {
  ProviderPlugin provider(make());
  for (const char *symbol : {"UNKNOWN", "STOP"})
    EXPECT_EQ(test::error_of([&] {
                provider.fetch_candles(
                    minutes(symbol), [](auto &) { return TDK_OK; }, nullptr);
              }).code(),
              TDK_INTERNAL);
}

TEST_F(ProviderTest, RefusesBadDataThoughThePluginSaysFine) {
  ProviderPlugin provider(make());
  std::uint64_t rows = 0;
  const auto error =
      test::error_of([&] { provider.fetch_candles(minutes("BAD"), counting(rows), nullptr); });
  EXPECT_EQ(error.code(), TDK_BAD_DATA);
  EXPECT_STREQ(error.what(), "feed: fetch_candles: row 0: low is above high");
  EXPECT_EQ(rows, 0u);
}

TEST_F(ProviderTest, SinkStopsTheCall) {
  ProviderPlugin provider(make());
  int batches = 0;
  auto query = minutes("X", 5000);
  query.batch_hint = 100;
  EXPECT_EQ(provider.fetch_candles(
                query, [&](auto &) { return ++batches == 2 ? TDK_STOP : TDK_OK; }, nullptr),
            TDK_STOP);
  EXPECT_EQ(batches, 2);
}

TEST_F(ProviderTest, WhatTheSinkThrowsComesOut) {
  ProviderPlugin provider(make());
  EXPECT_THROW(
      provider.fetch_candles(
          minutes("X"), [](auto &) -> tdk_status { throw std::out_of_range("x"); }, nullptr),
      std::out_of_range);
  std::uint64_t rows = 0;
  EXPECT_EQ(provider.fetch_candles(minutes("X"), counting(rows), nullptr), TDK_OK);
}

TEST_F(ProviderTest, CancellationIsAnAnswerAndADeadlineIsNot) {
  ProviderPlugin provider(make());
  const auto ignore = [](auto &) { return TDK_OK; };
  CancelSource source, idle;
  const CancelToken token(source), hurry(idle, 1'000'000);
  std::thread canceller([&] { source.cancel(); });
  EXPECT_EQ(provider.fetch_candles(minutes("WAIT"), ignore, token.raw()), TDK_CANCELLED);
  canceller.join();
  const auto late =
      test::error_of([&] { provider.fetch_candles(minutes("WAIT"), ignore, hurry.raw()); });
  EXPECT_EQ(late.code(), TDK_TIMEOUT);
}

TEST_F(ProviderTest, LetsOneCallInAtATime) {
  ProviderPlugin provider(make());
  std::vector<std::jthread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n)
        good += provider.fetch_candles(
                    minutes("SLOW"), [](auto &) { return TDK_OK; }, nullptr) == TDK_OK;
    });
  threads.clear();
  EXPECT_EQ(good, 40);
}

TEST_F(ProviderTest, LetsManyIntoAConcurrentPlugin) {
  auto with = settings();
  with.options.clear();
  ProviderPlugin provider(
      PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "crowd", std::move(with)));
  std::vector<std::jthread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      good += provider.fetch_candles(
                  minutes("MEET"), [](auto &) { return TDK_OK; }, nullptr) == TDK_OK;
    });
  threads.clear();
  EXPECT_EQ(good, 2);
}

TEST_F(ProviderTest, GivesUpWaitingForItsTurnWhenCancelled) {
  ProviderPlugin provider(make());
  CancelSource first, second;
  const CancelToken long_call(first), impatient(second);
  std::binary_semaphore inside{0};
  std::jthread other([&] {
    provider.fetch_candles(
        minutes("X"),
        [&](auto &) {
          inside.release();
          return system_clock().sleep_ns(60 * kSecond, long_call.raw()) == TDK_OK ? TDK_OK
                                                                                  : TDK_STOP;
        },
        long_call.raw());
  });
  inside.acquire();
  second.cancel();
  EXPECT_EQ(provider.fetch_candles(
                minutes("X"), [](auto &) { return TDK_OK; }, impatient.raw()),
            TDK_CANCELLED);
  first.cancel();
}

TEST_F(ProviderTest, TellsTheObserverOfEveryCall) {
  std::vector<std::string> seen;
  auto with = settings();
  with.observer = [&](const CallReport &e) {
    seen.push_back(std::string(e.plugin) + " " + std::string(e.function) + " " +
                   std::to_string(e.status));
  };
  ProviderPlugin provider(
      PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "scripted", std::move(with)));
  test::error_of([&] {
    provider.fetch_candles(
        minutes("LIMIT"), [](auto &) { return TDK_OK; }, nullptr);
  });
  EXPECT_THAT(
      seen, testing::ElementsAre("feed create 0", "feed get_interface 0", "feed fetch_candles 9"));
}

}  // namespace
