#include "query/facts_service.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "base/cancel.hpp"
#include "query/series_not_found.hpp"
#include "query/testing/fact_vendor.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

constexpr Nanos kNow = 1'704'067'200 * kSecond;
using Calls = std::vector<std::string>;

class Facts : public ::testing::Test {
 protected:
  Facts() { alpha.quotes = beta.quotes = answering(); }
  // Every symbol, as of now.
  std::function<std::vector<QuoteRow>(const std::vector<std::string> &, const tdk_cancel *)> answering() {
    return [this](const std::vector<std::string> &symbols, const tdk_cancel *) { return quote_rows(symbols, clock.now_ns()); };
  }
  static auto failing(tdk_status code) {
    return [code](const std::vector<std::string> &, const tdk_cancel *) -> std::vector<QuoteRow> { throw Error(code, "alpha: no"); };
  }
  QuoteAnswer quote(const std::string &symbol) { return world.service.quotes({symbol}, nullptr).front(); }
  tdk_status status_of_call(const std::function<void()> &call) {
    try {
      call();
    } catch (const Error &e) {
      message = e.what();
      return e.code();
    }
    return TDK_OK;
  }

  ManualClock clock{kNow};
  FactWorld world{clock};
  FactVendor &alpha = world.vendor("alpha"), &beta = world.vendor("beta");
  std::string message;
};

SymbolInfo symbol(const std::string &name) {
  SymbolInfo s;
  s.symbol = name;
  return s;
}

EconomicEvent event(Nanos time) {
  EconomicEvent e;
  e.time = time;
  e.title = "CPI";
  return e;
}

}  // namespace

TEST_F(Facts, AQuoteComesFromTheFirstSourceInAnyNotation) {
  const auto answer = quote("BTCUSDT");
  ASSERT_TRUE(answer.quote) << (answer.error ? answer.error->what() : "");
  EXPECT_EQ(answer.symbol, "BTC/USDT");
  EXPECT_EQ(answer.quote->source, "alpha");
  EXPECT_EQ(answer.quote->value.bid, 109'500);
  EXPECT_TRUE(beta.calls().empty());
}

TEST_F(Facts, AQuoteIsKeptForTenSeconds) {
  EXPECT_FALSE(quote("BTC/USDT").quote->cached);
  clock.advance(9 * kSecond);
  const auto kept = quote("BTC/USDT");
  EXPECT_TRUE(kept.quote->cached);
  EXPECT_EQ(kept.quote->fetched_at, kNow);
  clock.advance(kSecond);
  EXPECT_FALSE(quote("BTC/USDT").quote->cached);
  EXPECT_EQ(alpha.calls().size(), 2u);
}

TEST_F(Facts, SeveralSymbolsOfOneSourceAreOneCall) {
  const auto answers = world.service.quotes({"BTC/USDT", "EUR/USD", "ETH/USDT"}, nullptr);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[1].quote->source, "beta");
  EXPECT_EQ(answers[2].symbol, "ETH/USDT");
  EXPECT_EQ(alpha.calls(), Calls{"quotes BTC/USDT,ETH/USDT"});
  EXPECT_EQ(beta.calls(), Calls{"quotes EUR/USD"});
}

TEST_F(Facts, TheNextSourceAnswersWhenTheFirstFails) {
  for (const tdk_status code : {TDK_UNAVAILABLE, TDK_NOT_SUPPORTED, TDK_BAD_DATA, TDK_RATE_LIMITED, TDK_NOT_FOUND}) {
    world.cache.clear("");
    alpha.quotes = failing(code);
    const auto answer = quote("BTC/USDT");
    ASSERT_TRUE(answer.quote) << code;
    EXPECT_EQ(answer.quote->source, "beta");
  }
}

TEST_F(Facts, AHangingSourceIsLeftForTheNext) {
  alpha.quotes = [this](const auto &, const tdk_cancel *cancel) -> std::vector<QuoteRow> {
    while (status_of(cancel) == TDK_OK) clock.advance(kSecond);
    throw Error(status_of(cancel), "gave up");
  };
  EXPECT_EQ(quote("BTC/USDT").quote->source, "beta");
}

TEST_F(Facts, TheOnlySourceHasTwentySeconds) {
  beta.quotes = [this](const auto &, const tdk_cancel *cancel) -> std::vector<QuoteRow> {
    while (status_of(cancel) == TDK_OK) clock.advance(kSecond);
    throw Error(status_of(cancel), "gave up");
  };
  const auto answer = quote("EUR/USD");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), TDK_UNAVAILABLE);
  EXPECT_STREQ(answer.error->what(), "beta: no answer in 20.0 s");
}

TEST_F(Facts, NotSupportedIsSaidAndIsNoEmptyAnswer) {
  alpha.quotes = beta.quotes = nullptr;
  const auto answer = quote("BTC/USDT");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), TDK_NOT_SUPPORTED);
  EXPECT_NE(std::string(answer.error->what()).find("not supported by this provider"), std::string::npos) << answer.error->what();
}

TEST_F(Facts, WhatMayBeBetterNextTimeIsToldBeforeNotSupported) {
  alpha.quotes = failing(TDK_UNAVAILABLE);
  beta.quotes = nullptr;
  EXPECT_EQ(quote("BTC/USDT").error->code(), TDK_UNAVAILABLE);
  alpha.quotes = answering();
  EXPECT_TRUE(quote("BTC/USDT").quote) << "a failure is not kept";
}

TEST_F(Facts, OneUnknownSymbolDoesNotSpoilTheOthers) {
  alpha.quotes = [this](const std::vector<std::string> &symbols, const tdk_cancel *) {
    if (std::find(symbols.begin(), symbols.end(), "ETH/USDT") != symbols.end()) throw Error(TDK_NOT_FOUND, "alpha: no ETH/USDT");
    return quote_rows(symbols, clock.now_ns());
  };
  beta.quotes = failing(TDK_NOT_FOUND);
  const auto answers = world.service.quotes({"BTC/USDT", "ETH/USDT", "what ever"}, nullptr);
  EXPECT_TRUE(answers[0].quote);
  EXPECT_EQ(answers[1].error->code(), TDK_NOT_FOUND);
  EXPECT_EQ(answers[2].error->code(), TDK_NOT_FOUND);
  EXPECT_EQ(answers[2].symbol, "what ever");
}

TEST_F(Facts, AnUnaskedSymbolIsNotTakenForTheAskedOne) {
  alpha.quotes = [this](const auto &, const tdk_cancel *) { return quote_rows({"ETH/USDT"}, clock.now_ns()); };
  beta.quotes = nullptr;
  EXPECT_EQ(quote("BTC/USDT").error->code(), TDK_NOT_FOUND);
}

TEST_F(Facts, AnUnconfiguredSymbolIsAskedOfTheSourcesOfItsClass) {
  EXPECT_EQ(quote("GBP/USD").quote->source, "beta");
  EXPECT_EQ(quote("DOGE/USDT").quote->source, "alpha");
  EXPECT_EQ(quote("AAPL").error->code(), TDK_NOT_FOUND) << "no pipeline has a stock";
}

TEST_F(Facts, AStockIsNotAnsweredWithTheIndexOfItsName) {
  auto stocks = world.config.pipelines[1], indices = stocks;
  stocks.symbols = {{"AAPL", {}, AssetClass::Stock}};
  stocks.sources = {{"alpha", {}}};
  indices.symbols = {{"SPX", {}, AssetClass::Index}};
  world.config.pipelines.push_back(stocks);
  world.config.pipelines.push_back(indices);
  EXPECT_EQ(quote("index:ABC").quote->source, "beta");
  EXPECT_EQ(quote("stock:ABC").quote->source, "alpha");
}

TEST_F(Facts, WhatMayMeanSeveralThingsIsRefusedWithThem) {
  EXPECT_EQ(quote("BTC").symbol, "BTC/USDT") << "the only one here";
  world.config.pipelines[0].symbols.push_back({"BTC/USD", {}, AssetClass::Crypto});
  const auto both = quote("BTC");
  ASSERT_TRUE(both.error);
  EXPECT_EQ(both.error->code(), TDK_INVALID_ARGUMENT);
  EXPECT_NE(std::string(both.error->what()).find("BTC/USDT or BTC/USD"), std::string::npos) << both.error->what();
}

TEST_F(Facts, QuotesAreStoredWithTheirSource) {
  quote("BTC/USDT");
  quote("BTC/USDT");
  ASSERT_EQ(world.store.batches.size(), 1u) << "what the cache answers is there already";
  const CommitBatch &batch = world.store.batches[0];
  EXPECT_EQ(batch.source, "alpha");
  EXPECT_EQ(batch.source_version, "alpha 1.0.0");
  EXPECT_EQ(batch.ticks[0].symbol, "BTC/USDT");
  EXPECT_EQ(batch.ticks[0].ticks[0].sequence, kNow) << "the vendor gave no number: its time";
}

TEST_F(Facts, AStoreThatFailsIsToldAndTheAnswerComesAllTheSame) {
  world.store.failure = Error(TDK_IO, "the disk is full");
  EXPECT_TRUE(quote("BTC/USDT").quote);
  ASSERT_EQ(world.warnings.size(), 1u);
  EXPECT_EQ(world.warnings[0], "quotes could not be stored: the disk is full");
}

TEST_F(Facts, AStoreThatKeepsNoneIsNoNews) {
  world.store.failure = Error(TDK_NOT_SUPPORTED, "keeps none");
  EXPECT_TRUE(quote("BTC/USDT").quote);
  EXPECT_TRUE(world.warnings.empty());
}

TEST_F(Facts, SymbolsOfAllProvidersComeWithThoseThatCouldNotAnswer) {
  alpha.symbols = [](const std::string &, std::uint64_t, const tdk_cancel *) { return std::vector<SymbolInfo>{symbol("BTC/USDT"), symbol("BTC/USD")}; };
  const auto answer = world.service.symbols("BTC", 1, "", nullptr);
  ASSERT_EQ(answer.found.size(), 1u);
  EXPECT_EQ(answer.found[0].value.size(), 1u) << "the limit holds";
  ASSERT_EQ(answer.errors.size(), 1u);
  EXPECT_EQ(answer.errors[0].first, "beta");
  EXPECT_EQ(answer.errors[0].second.code(), TDK_NOT_SUPPORTED);
  EXPECT_EQ(world.store.symbols.at("alpha").size(), 1u);
  clock.advance(3599 * kSecond);
  EXPECT_TRUE(world.service.symbols("BTC", 1, "", nullptr).found[0].cached);
  clock.advance(kSecond);
  EXPECT_FALSE(world.service.symbols("BTC", 1, "", nullptr).found[0].cached);
}

// Answers once both have been asked: one after the other they would wait for each other.
class Rendezvous {
 public:
  bool meet() {
    std::unique_lock lock(mutex_);
    ++here_;
    met_.notify_all();
    return met_.wait_for(lock, std::chrono::seconds(60), [this] { return here_ >= 2; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable met_;
  int here_ = 0;
};

TEST_F(Facts, ASearchAsksAllProvidersAtOnce) {
  Rendezvous both;
  alpha.symbols = beta.symbols = [&](const std::string &, std::uint64_t, const tdk_cancel *) {
    EXPECT_TRUE(both.meet());
    return std::vector<SymbolInfo>{symbol("BTC/USDT")};
  };
  const auto answer = world.service.symbols("BTC", 5, "", nullptr);
  ASSERT_EQ(answer.found.size(), 2u);
  EXPECT_EQ(answer.found[0].source, "alpha");
  EXPECT_EQ(answer.found[1].source, "beta");
}

TEST_F(Facts, AProviderThatHangsCostsASearchThreeSecondsAndIsNamed) {
  alpha.symbols = [this](const std::string &, std::uint64_t, const tdk_cancel *cancel) -> std::vector<SymbolInfo> {
    while (status_of(cancel) == TDK_OK) clock.advance(kSecond);
    throw Error(status_of(cancel), "gave up");
  };
  beta.symbols = [](const std::string &, std::uint64_t, const tdk_cancel *) { return std::vector<SymbolInfo>{symbol("EUR/USD")}; };
  const auto answer = world.service.symbols("EUR", 5, "", nullptr);
  EXPECT_EQ(clock.now_ns() - kNow, 3 * kSecond);
  ASSERT_EQ(answer.found.size(), 1u);
  EXPECT_EQ(answer.found[0].source, "beta");
  ASSERT_EQ(answer.errors.size(), 1u);
  EXPECT_EQ(answer.errors[0].second.code(), TDK_UNAVAILABLE);
  EXPECT_STREQ(answer.errors[0].second.what(), "alpha: no answer in 3.0 s");
}

TEST_F(Facts, ASearchWhoseClientLeftIsNoFailureOfTheVendors) {
  CancelSource gone;
  const CancelToken token(gone);
  alpha.symbols = beta.symbols = [&](const std::string &, std::uint64_t, const tdk_cancel *cancel) -> std::vector<SymbolInfo> {
    gone.cancel();
    throw Error(status_of(cancel), "gave up");
  };
  EXPECT_EQ(status_of_call([&] { world.service.symbols("EUR", 5, "", token.raw()); }), TDK_CANCELLED);
}

TEST_F(Facts, QuotesOfDifferentSourcesAreAskedForAtOnce) {
  Rendezvous both;
  alpha.quotes = beta.quotes = [&](const std::vector<std::string> &symbols, const tdk_cancel *) {
    EXPECT_TRUE(both.meet());
    return quote_rows(symbols, clock.now_ns());
  };
  const auto answers = world.service.quotes({"BTC/USDT", "EUR/USD"}, nullptr);
  EXPECT_EQ(answers[0].quote->source, "alpha");
  EXPECT_EQ(answers[1].quote->source, "beta");
}

TEST_F(Facts, WhereASeriesBeginsIsKeptForFiveMinutes) {
  beta.earliest = [](const Series &) { return std::optional<Nanos>(5); };
  world.connect();
  const auto ask = [&] { return world.service.earliest("EUR/USD", Interval(), nullptr).first.cached; };
  EXPECT_FALSE(ask());
  clock.advance(299 * kSecond);
  EXPECT_TRUE(ask());
  clock.advance(kSecond);
  EXPECT_FALSE(ask());
}

TEST_F(Facts, EventsAreKeptForAnHour) {
  beta.events = [](TimeRange, const std::string &) { return std::vector<EconomicEvent>{event(kNow + 1)}; };
  const auto ask = [&] { return world.service.events({kNow, kNow + kDay}, "", "", nullptr).events.cached; };
  EXPECT_FALSE(ask());
  clock.advance(3599 * kSecond);
  EXPECT_TRUE(ask());
  clock.advance(kSecond);
  EXPECT_FALSE(ask());
}

TEST_F(Facts, SymbolsOfOneProvider) {
  beta.symbols = [](const std::string &, std::uint64_t, const tdk_cancel *) { return std::vector<SymbolInfo>{}; };
  EXPECT_TRUE(world.service.symbols("BTC", 5, "beta", nullptr).found[0].value.empty()) << "it answered: there are none";
  EXPECT_EQ(status_of_call([&] { world.service.symbols("BTC", 5, "alpha", nullptr); }), TDK_NOT_SUPPORTED);
  EXPECT_EQ(status_of_call([&] { world.service.symbols("BTC", 5, "gamma", nullptr); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(message, "no provider 'gamma' is configured; there are: alpha, beta");
}

TEST_F(Facts, EarliestSaysWhoCannot) {
  EXPECT_EQ(status_of_call([&] { world.service.earliest("EUR/USD", Interval(), nullptr); }), TDK_NOT_SUPPORTED);
  beta.earliest = [](const Series &s) { return s.price_type == TDK_PRICE_MID ? std::optional<Nanos>(5) : std::nullopt; };
  world.connect();
  const auto answer = world.service.earliest("EURUSD", Interval(), nullptr);
  EXPECT_EQ(answer.first.value, 5);
  EXPECT_EQ(answer.first.source, "beta");
  EXPECT_EQ(answer.series.symbol, "EUR/USD");
  EXPECT_EQ(status_of_call([&] { world.service.earliest("EUR/USD", *Interval::parse("1d"), nullptr); }), TDK_NOT_SUPPORTED);
  EXPECT_EQ(status_of_call([&] { world.service.earliest("BTC/USDT", Interval(), nullptr); }), TDK_NOT_FOUND);
}

TEST_F(Facts, EventsComeFromTheFirstProviderThatHasThemInOrderOfTime) {
  beta.events = [](TimeRange, const std::string &) { return std::vector<EconomicEvent>{event(kNow + 2), event(kNow + 1)}; };
  const auto answer = world.service.events({kNow, kNow + kDay}, "", "", nullptr);
  EXPECT_EQ(answer.events.source, "beta");
  ASSERT_EQ(answer.events.value.size(), 2u);
  EXPECT_EQ(answer.events.value[0].time, kNow + 1);
  EXPECT_FALSE(answer.stale);
  EXPECT_EQ(world.store.events.at("beta").size(), 2u);
  EXPECT_TRUE(world.service.events({kNow, kNow + kDay}, "", "", nullptr).events.cached);
}

TEST_F(Facts, EventsThatNobodyHasAreNotSupportedAndNoEmptyList) {
  EXPECT_EQ(status_of_call([&] { world.service.events({kNow, kNow + kDay}, "", "", nullptr); }), TDK_NOT_SUPPORTED);
  EXPECT_EQ(message, "an economic calendar is not supported by this provider; an economic calendar is not supported by this provider");
}

TEST_F(Facts, StoredEventsStandInForAVendorThatIsAway) {
  beta.events = [](TimeRange, const std::string &) { return std::vector<EconomicEvent>{event(kNow + 1)}; };
  world.service.events({kNow, kNow + kDay}, "", "", nullptr);
  clock.advance(2 * kHour);
  beta.events = [](TimeRange, const std::string &) -> std::vector<EconomicEvent> { throw Error(TDK_UNAVAILABLE, "beta: HTTP 503"); };
  const auto answer = world.service.events({kNow, kNow + kDay}, "", "", nullptr);
  ASSERT_TRUE(answer.stale);
  EXPECT_EQ(answer.stale->code(), TDK_UNAVAILABLE);
  EXPECT_EQ(answer.events.value.size(), 1u);
  EXPECT_EQ(answer.events.fetched_at, kNow);
  EXPECT_EQ(answer.events.source, "beta");
  EXPECT_EQ(status_of_call([&] { world.service.events({kNow + kDay, kNow + 2 * kDay}, "", "", nullptr); }), TDK_UNAVAILABLE);
}

TEST_F(Facts, ANewConfigurationForgetsTheAnswersOfTheOldOne) {
  quote("BTC/USDT");
  world.connect();
  EXPECT_FALSE(quote("BTC/USDT").quote->cached);
}

TEST_F(Facts, InstrumentsAreWhatIsConfiguredAndStored) {
  SymbolInfo bitcoin = symbol("BTC/USDT");
  bitcoin.name = "Bitcoin";
  world.store.symbols["alpha"] = {bitcoin};
  world.store.series = {{Series{"AAPL", Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW}, 0, 1, 2, 0},
                        {Series{"EUR/USD", *Interval::parse("1h"), TDK_PRICE_MID, TDK_ADJ_RAW}, 0, 1, 2, 0}};
  const auto all = world.service.instruments(nullptr);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].symbol, "AAPL");
  EXPECT_EQ(all[0].asset_class, "stock");
  EXPECT_TRUE(all[0].pipelines.empty());
  EXPECT_TRUE(all[0].stored);
  EXPECT_EQ(all[1].details->name, "Bitcoin");
  EXPECT_EQ(all[1].sources, (std::vector<std::string>{"alpha", "beta"}));
  EXPECT_FALSE(all[1].stored);
  EXPECT_EQ(all[3].symbol, "EUR/USD");
  EXPECT_EQ(all[3].intervals, (std::vector<std::string>{"1m", "1h"}));
  EXPECT_EQ(all[3].prices, std::vector<std::string>{"mid"});
}
