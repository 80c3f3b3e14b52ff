// Quotes, symbols, earliest, events, instruments and the latest candle.
#include <boost/json.hpp>

#include <algorithm>
#include <semaphore>
#include <thread>

#include "api/api_test_support.hpp"
#include "base/cancel.hpp"
#include "query/testing/fact_vendor.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
using namespace tapedeck::testing;
namespace {

class FactRoutes : public ApiTest {
 protected:
  FactRoutes() {
    facts = &world.service;
    alpha.quotes = beta.quotes = [this](const std::vector<std::string> &symbols, const tdk_cancel *) {
      return quote_rows(symbols, clock.now_ns() - kSecond);
    };
  }
  ~FactRoutes() override { server.reset(); }  // before the world that its calls are about
  boost::json::object json(std::string_view target) {
    const Answer a = get(target);
    EXPECT_EQ(a.status, 200) << a.body;
    return boost::json::parse(a.body).as_object();
  }

  FactWorld world{clock};
  FactVendor &alpha = world.vendor("alpha"), &beta = world.vendor("beta");
};

std::vector<EconomicEvent> one_event(TimeRange range, const std::string &country) {
  EconomicEvent e;
  e.time = range.from;
  e.title = "CPI";
  e.country = country;
  e.importance = 3;
  e.actual = ExactDecimal{310, -2};
  return {e};
}

}  // namespace

TEST_F(FactRoutes, AQuoteIsExactAndSaysWhoseItIs) {
  const Answer a = get("/api/v1/quotes/BTC%2FUSDT");
  EXPECT_EQ(a.body,
            "{\"symbol\":\"BTC/USDT\",\"price\":\"1.09505\",\"bid\":\"1.09500\",\"ask\":\"1.09510\",\"bid_size\":null,"
            "\"ask_size\":null,\"last\":\"1.09505\",\"last_size\":null,\"volume\":null,\"time\":\"2024-01-30T23:59:59Z\","
            "\"time_from\":\"vendor\",\"source\":\"alpha\",\"fetched_at\":\"2024-01-31T00:00:00Z\",\"cached\":false,\"age_s\":0}\n");
  EXPECT_EQ(a.headers.at("age"), "0");
  clock.advance(3 * kSecond);
  const Answer again = get("/api/v1/quotes/BTCUSDT");
  EXPECT_EQ(again.headers.at("age"), "3");
  EXPECT_EQ(boost::json::parse(again.body).at("cached"), true);
}

TEST_F(FactRoutes, WithoutATradeThePriceIsTheExactMiddle) {
  alpha.quotes = [](const std::vector<std::string> &symbols, const tdk_cancel *) {
    auto rows = quote_rows(symbols, 0);
    for (auto &row : rows) row.tick.last = TDK_NULL_I64, row.tick.ask = 109'511, row.tick.flags = TDK_QUOTE_HOST_TIME;
    return rows;
  };
  const auto quote = json("/api/v1/quotes/BTCUSDT");
  EXPECT_EQ(quote.at("price"), "1.095055");
  EXPECT_TRUE(quote.at("last").is_null());
  EXPECT_EQ(quote.at("time_from"), "host");
}

TEST_F(FactRoutes, SeveralQuotesComeWithTheirOwnErrors) {
  const auto quotes = json("/api/v1/quotes?symbols=BTC%2FUSDT,EURUSD,AAPL").at("quotes").as_array();
  ASSERT_EQ(quotes.size(), 3u);
  EXPECT_EQ(quotes[1].at("symbol"), "EUR/USD");
  EXPECT_EQ(quotes[1].at("source"), "beta");
  EXPECT_EQ(quotes[2].at("symbol"), "AAPL");
  EXPECT_EQ(quotes[2].at("error").at("code"), "unknown_symbol");
}

TEST_F(FactRoutes, QuotesRefuseWhatTheyCannotUse) {
  EXPECT_EQ(error_of("/api/v1/quotes", 400), "invalid_parameter: add symbols=BTCUSDT,ETHUSDT, for example");
  EXPECT_EQ(error_of("/api/v1/quotes?symbols=A,,B", 400), "invalid_parameter: write symbols=BTCUSDT,ETHUSDT");
  std::string many = "/api/v1/quotes?symbols=A";
  for (int i = 0; i < 100; ++i) many += ",A";
  EXPECT_EQ(error_of(many, 400), "invalid_parameter: ask in several requests");
  EXPECT_EQ(error_of("/api/v1/quotes/BTC/USDT", 404),
            "not_found: write the slash of a symbol as %2F, as in BTC%2FUSDT, or leave it out: BTCUSDT");
  EXPECT_EQ(error_of("/api/v1/quotes/BTCUSTD", 404).substr(0, 14), "unknown_symbol");
}

TEST_F(FactRoutes, WhatNoProviderHasIs501AndNoEmptyAnswer) {
  const std::string hint = "not_supported: configure a provider that has it; GET /api/v1/sources lists those that are";
  EXPECT_EQ(error_of("/api/v1/events/economic", 501), hint);
  EXPECT_EQ(error_of("/api/v1/symbols?query=BTC", 501), hint);
  EXPECT_EQ(error_of("/api/v1/symbols/BTCUSDT/earliest?interval=1m", 501), hint);
  alpha.quotes = beta.quotes = nullptr;
  EXPECT_EQ(error_of("/api/v1/quotes/BTCUSDT", 501), hint);
}

TEST_F(FactRoutes, AVendorThatFailsIsNoFaultOfTheServer) {
  alpha.quotes = beta.quotes = [](const auto &, const tdk_cancel *) -> std::vector<QuoteRow> {
    throw Error(TDK_BAD_DATA, "alpha: fetch_quotes: HTML instead of JSON");
  };
  EXPECT_EQ(error_of("/api/v1/quotes/BTCUSDT", 502), "vendor_failed: ");
}

TEST_F(FactRoutes, SymbolsOfAllProviders) {
  alpha.symbols = [](const std::string &query, std::uint64_t, const tdk_cancel *) {
    SymbolInfo s;
    s.symbol = query + "/USDT";
    s.vendor_symbol = query + "USDT";
    s.asset_class = TDK_ASSET_CRYPTO;
    s.status = TDK_SYMBOL_TRADING;
    return std::vector<SymbolInfo>{s};
  };
  EXPECT_EQ(get("/api/v1/symbols?query=BTC&limit=5").body,
            "{\"symbols\":[{\"symbol\":\"BTC/USDT\",\"name\":null,\"asset_class\":\"crypto\",\"exchange\":null,\"currency\":null,"
            "\"country\":null,\"isin\":null,\"vendor_symbol\":\"BTCUSDT\",\"status\":\"trading\",\"earliest\":null,\"source\":\"alpha\"}],"
            "\"providers\":[{\"found\":1,\"source\":\"alpha\",\"fetched_at\":\"2024-01-31T00:00:00Z\",\"cached\":false,\"age_s\":0},"
            "{\"source\":\"beta\",\"error\":{\"code\":\"not_supported\",\"message\":\"a search for symbols is not supported by this provider\","
            "\"hint\":\"configure a provider that has it; GET /api/v1/sources lists those that are\"}}]}\n");
  EXPECT_EQ(error_of("/api/v1/symbols", 400), "invalid_parameter: add query=EUR, for example");
  EXPECT_EQ(error_of("/api/v1/symbols?query=A&provider=gamma", 400), "invalid_parameter: ");
  EXPECT_EQ(error_of("/api/v1/symbols?query=A&limit=1001", 400), "invalid_parameter: give a whole number from 1 to 1000");
}

TEST_F(FactRoutes, Earliest) {
  beta.earliest = [](const Series &) { return std::optional<Nanos>(kStart); };
  const auto first = json("/api/v1/symbols/EUR%2FUSD/earliest?interval=1m");
  EXPECT_EQ(first.at("symbol"), "EUR/USD");
  EXPECT_EQ(first.at("price"), "mid");
  EXPECT_EQ(first.at("earliest"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(first.at("source"), "beta");
  EXPECT_EQ(error_of("/api/v1/symbols/EURUSD/earliest", 400), "invalid_parameter: add interval=1d, for example");
}

TEST_F(FactRoutes, EventsOfTheWeekOrOfARange) {
  beta.events = one_event;
  const auto week = json("/api/v1/events/economic?country=US");
  EXPECT_EQ(week.at("from"), "2024-01-31T00:00:00Z");
  EXPECT_EQ(week.at("to"), "2024-02-07T00:00:00Z");
  EXPECT_EQ(boost::json::serialize(week.at("events")),
            "[{\"time\":\"2024-01-31T00:00:00Z\",\"country\":\"US\",\"currency\":null,\"title\":\"CPI\",\"importance\":\"high\","
            "\"actual\":\"3.10\",\"forecast\":null,\"previous\":null,\"unit\":null,\"id\":null}]");
  EXPECT_EQ(json("/api/v1/events/economic?from=2024-01-01&to=2024-01-02").at("to"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(error_of("/api/v1/events/economic?from=2023-01-01&to=2024-01-03", 400), "invalid_parameter: ask in several requests");
}

TEST_F(FactRoutes, StaleEventsSaySo) {
  beta.events = one_event;
  json("/api/v1/events/economic");
  clock.advance(2 * kHour);
  beta.events = [](TimeRange, const std::string &) -> std::vector<EconomicEvent> { throw Error(TDK_UNAVAILABLE, "beta: HTTP 503"); };
  const auto stale = json("/api/v1/events/economic");
  EXPECT_EQ(stale.at("stale"), true);
  EXPECT_EQ(stale.at("error").at("code"), "unavailable");
  EXPECT_EQ(stale.at("age_s"), 7200);
}

TEST_F(FactRoutes, InstrumentsByAssetClass) {
  EXPECT_EQ(json("/api/v1/instruments").at("instruments").as_array().size(), 3u);
  EXPECT_EQ(error_of("/api/v1/instruments?asset_class=forx", 400), "invalid_parameter: did you mean 'forex'?");
  const auto forex = json("/api/v1/instruments?asset_class=forex").at("instruments").as_array();
  ASSERT_EQ(forex.size(), 1u);
  EXPECT_EQ(forex[0].at("symbol"), "EUR/USD");
  EXPECT_EQ(forex[0].at("sources"), boost::json::array({"beta"}));
}

TEST_F(FactRoutes, TheLatestCandle) {
  const auto latest = json("/api/v1/latest/BTCUSDT");
  EXPECT_EQ(latest.at("interval"), "1m");
  EXPECT_EQ(latest.at("candle").at("time"), "2024-01-03T01:59:00Z");
  EXPECT_EQ(latest.at("candle").at("source"), "binance");
  EXPECT_TRUE(json("/api/v1/latest/ETHUSDT").at("candle").is_null()) << "configured, and nothing stored";
  EXPECT_EQ(error_of("/api/v1/latest/BTCUSDT?interval=1h", 404), "unknown_interval: ask for one of 1m");
}

TEST_F(FactRoutes, RequestsThatWaitForVendorsLeaveThreadsForOthers) {
  std::counting_semaphore<64> inside{0}, go_on{0};
  alpha.quotes = beta.quotes = [&](const std::vector<std::string> &symbols, const tdk_cancel *) {
    inside.release();
    go_on.acquire();
    return quote_rows(symbols, 0);
  };
  ApiLimits limits;
  limits.vendor_calls = 2;
  start(limits);
  std::jthread first([&] { EXPECT_EQ(get("/api/v1/quotes/BTCUSDT").status, 200); });
  std::jthread second([&] { EXPECT_EQ(get("/api/v1/quotes/EURUSD").status, 200); });
  inside.acquire();
  inside.acquire();
  EXPECT_EQ(error_of("/api/v1/quotes/ETHUSDT", 503), "busy: try again in a second");
  EXPECT_EQ(get("/health").status, 200);
  go_on.release(2);
}

TEST_F(FactRoutes, AClientThatLeavesEndsTheCallToTheVendor) {
  std::binary_semaphore inside{0}, ended{0};
  alpha.quotes = [&](const auto &, const tdk_cancel *cancel) -> std::vector<QuoteRow> {
    inside.release();
    eventually([&] { return status_of(cancel) != TDK_OK; });
    const tdk_status why = status_of(cancel);
    ended.release();
    throw Error(why == TDK_OK ? TDK_INTERNAL : why, "gave up");
  };
  ApiLimits limits;
  start(limits);
  {
    RawClient client(server->port());
    client.send(get_text("/api/v1/quotes/BTCUSDT"));
    inside.acquire();
  }
  // The clock of this server stands still, and with it how often it looks whether the client is there.
  std::jthread ticking([&](const std::stop_token &stop) {
    while (!stop.stop_requested()) clock.advance(10'000'000), std::this_thread::yield();
  });
  EXPECT_TRUE(ended.try_acquire_for(std::chrono::seconds(60)));
  ticking.request_stop();
  EXPECT_EQ(beta.calls().size(), 0u) << "nobody is asked any more";
}

TEST_F(FactRoutes, WithoutAnybodyToAskTheySaySo) {
  facts = nullptr;
  for (const char *path : {"/api/v1/quotes/BTCUSDT", "/api/v1/quotes?symbols=A", "/api/v1/symbols?query=A", "/api/v1/instruments",
                           "/api/v1/events/economic", "/api/v1/symbols/A/earliest?interval=1m"})
    EXPECT_EQ(error_of(path, 503).substr(0, 12), "unavailable:") << path;
}
