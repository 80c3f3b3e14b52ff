// Symbols, intervals, options, times and refusals.
#include "intervals.hpp"
#include "parse.hpp"
#include "refusal.hpp"
#include "settings.hpp"
#include "symbols.hpp"

#include <gmock/gmock.h>

namespace polygon {
namespace {

using testing::HasSubstr;

tdk_status refused(std::string_view symbol) {
  try {
    ticker_of(symbol);
  } catch (const tapedeck::Error &e) {
    return e.code();
  }
  return TDK_OK;
}

TEST(Symbols, HaveOneSpellingForRestAndOneForStreams) {
  struct Case {
    const char *canonical;
    Market market;
    const char *rest, *stream;
  };
  const Case cases[] = {{"AAPL", Market::Stocks, "AAPL", "AAPL"},
                        {"BRK.B", Market::Stocks, "BRK.B", "BRK.B"},
                        {"BACpL", Market::Stocks, "BACpL", "BACpL"},
                        {"EUR/USD", Market::Forex, "C:EURUSD", "EUR/USD"},
                        {"XAU/USD", Market::Forex, "C:XAUUSD", "XAU/USD"},
                        {"USD/CNH", Market::Forex, "C:USDCNH", "USD/CNH"},
                        {"BTC/USD", Market::Crypto, "X:BTCUSD", "BTC-USD"},
                        {"BTC/USDT", Market::Crypto, "X:BTCUSDT", "BTC-USDT"},
                        {"SPX", Market::Indices, "I:SPX", "I:SPX"},
                        {"US30", Market::Indices, "I:DJI", "I:DJI"},
                        {"NAS100", Market::Indices, "I:NDX", "I:NDX"}};
  for (const Case &c : cases) {
    const Ticker ticker = ticker_of(c.canonical);
    EXPECT_EQ(ticker.market, c.market) << c.canonical;
    EXPECT_EQ(ticker.rest, c.rest);
    EXPECT_EQ(ticker.stream, c.stream);
    EXPECT_EQ(canonical_of(c.rest), c.canonical) << "and back";
    EXPECT_EQ(ticker_of(c.rest).stream, c.stream) << "the vendor's own";
  }
}

TEST(Symbols, TickersAreCaseSensitiveAndPairsAreCapitals) {
  EXPECT_EQ(ticker_of("aapl").rest, "aapl") << "another stock, or none";
  EXPECT_EQ(refused("eur/usd"), TDK_INVALID_ARGUMENT);
}

TEST(Symbols, WhatCannotBeASymbolIsRefused) {
  for (const char *bad : {"", "/", "EUR/", "/USD", "A B", "C:", "C:EUR", "X:ABC", "O:AAPL240119C00100000", "I:",
                          "AAPL?x=1", "../AAPL", "A.B.C", ".B", "EUR/USD/X", "AM.*", "*", "*/USD", "I:*"})
    EXPECT_EQ(refused(bad), TDK_INVALID_ARGUMENT) << bad;
}

TEST(Symbols, IndicesThatPolygonLacksAreNotFoundInsteadOfEmpty) {
  for (const char *missing : {"UK100", "DE40", "JP225", "HK50"}) EXPECT_EQ(refused(missing), TDK_NOT_FOUND) << missing;
}

TEST(Symbols, TheVendorsOwnSidesOfAPairComeFirst) {
  EXPECT_EQ(canonical_of("X:EUROCUSD", "EUROC", "USD"), "EUROC/USD");
  EXPECT_EQ(canonical_of("X:WEIRD"), "X:WEIRD") << "cannot be taken apart";
}

TEST(Symbols, ForexIsOfQuotesAndTheRestOfTrades) {
  EXPECT_NO_THROW(require_price_type(ticker_of("EUR/USD"), TDK_PRICE_MID));
  EXPECT_NO_THROW(require_price_type(ticker_of("AAPL"), TDK_PRICE_TRADE));
  for (const auto &[symbol, type] : {std::pair("EUR/USD", TDK_PRICE_TRADE), {"EUR/USD", TDK_PRICE_BID}, {"SPX", TDK_PRICE_MID}})
    EXPECT_THROW(require_price_type(ticker_of(symbol), type), tapedeck::Error) << symbol;
}

TEST(Intervals, LieOnTheUtcGrid) {
  const auto of = [](std::uint32_t unit, std::uint32_t count) -> const Interval & { return find_interval({unit, count}); };
  constexpr std::int64_t wednesday = 1'714'564'830'500;  // 2024-05-01T12:00:30.500Z
  EXPECT_EQ(floor_open(of(TDK_UNIT_HOUR, 4), wednesday), 1'714'564'800'000);
  EXPECT_EQ(floor_open(of(TDK_UNIT_WEEK, 1), wednesday), 1'714'348'800'000) << "Monday";
  EXPECT_EQ(floor_open(of(TDK_UNIT_MONTH, 1), wednesday), 1'714'521'600'000);
  EXPECT_EQ(next_open(of(TDK_UNIT_MONTH, 1), 1'714'521'600'000), 1'717'200'000'000);
  EXPECT_EQ(ceil_open(of(TDK_UNIT_DAY, 1), 1'714'521'600'000), 1'714'521'600'000);
  EXPECT_THROW(of(TDK_UNIT_MINUTE, 3), tapedeck::Error);
  char buffer[16];
  EXPECT_EQ(date_text(wednesday, buffer), "2024-05-01");
}

Settings settings_of(std::vector<std::pair<std::string, std::string>> values) {
  std::vector<tdk_kv> kv;
  for (const auto &[k, v] : values) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
  return read_settings(tapedeck::Config(kv.data(), kv.size()));
}

TEST(Settings, StreamsBelongToTheRestHost) {
  EXPECT_EQ(settings_of({{"api_key", "k"}}).ws_url, "wss://socket.massive.com");
  EXPECT_EQ(settings_of({{"api_key", "k"}, {"delayed", "true"}}).ws_url, "wss://delayed.massive.com");
  EXPECT_EQ(settings_of({{"api_key", "k"}, {"base_url", "https://api.polygon.io/"}}).ws_url, "wss://socket.polygon.io");
  EXPECT_EQ(settings_of({{"api_key", "k"}, {"base_url", "http://127.0.0.1:81/polygon"}}).ws_url, "ws://127.0.0.1:81/polygon");
  EXPECT_EQ(settings_of({{"api_key", "k"}, {"ws_url", "ws://other/"}}).ws_url, "ws://other");
}

TEST(Settings, ForexAndCryptoHaveNoDelayedHost) {
  const Settings delayed = settings_of({{"api_key", "k"}, {"delayed", "true"}});
  for (const Market market : {Market::Stocks, Market::Indices}) EXPECT_EQ(delayed.stream_url(market), "wss://delayed.massive.com");
  for (const Market market : {Market::Forex, Market::Crypto}) EXPECT_EQ(delayed.stream_url(market), "wss://socket.massive.com");
  const Settings named = settings_of({{"api_key", "k"}, {"delayed", "true"}, {"ws_url", "ws://other/"}});
  EXPECT_EQ(named.stream_url(Market::Forex), "ws://other") << "who names a host means it";
}

TEST(Settings, RefuseABadKeyAndBadUrls) {
  for (const auto &bad : {std::vector<std::pair<std::string, std::string>>{{"api_key", ""}},
                          {{"api_key", "a\"b"}},
                          {{"api_key", "a\nb"}},
                          {{"api_key", "k"}, {"base_url", "ftp://x"}},
                          {{"api_key", "k"}, {"ws_url", "https://x"}}})
    EXPECT_THROW(settings_of(bad), tapedeck::Error);
}

TEST(NextUrl, OfTheVendorBehindAProxyIsThePathAtTheProxy) {
  EXPECT_EQ(page_after("http://127.0.0.1:81/polygon", "https://api.massive.com/v2/x?cursor=a"), "http://127.0.0.1:81/polygon/v2/x?cursor=a");
  EXPECT_EQ(page_after("https://proxy.example", "https://api.polygon.io/v2/x"), "https://proxy.example/v2/x");
  EXPECT_EQ(page_after("https://proxy.example", "https://api.polygon.io"), "");
  EXPECT_EQ(page_after("https://proxy.example", "https://api.polygon.io@evil.example/v2/x"), "");
  EXPECT_EQ(page_after("https://proxy.example", "https://evil.example/v2/x"), "");
}

TEST(NextUrl, StaysAtTheOriginOrAtTheVendorsOtherName) {
  const std::string ours = "https://api.massive.com";
  for (const char *good : {"https://api.massive.com/v2/x", "https://api.polygon.io/v2/x", "https://API.MASSIVE.com:443/x"})
    EXPECT_EQ(page_after(ours, good), good);
  for (const char *bad : {"https://api.massive.com.evil.example/x", "https://api.massive.com@evil.example/x",
                          "http://api.massive.com/x", "https://evil.example/https://api.massive.com", "//api.massive.com/x",
                          "/v2/x", "", "https://api.massive.com:8443/x", "https://api.massive.com\\@evil.example/"})
    EXPECT_EQ(page_after(ours, bad), "") << bad;
  EXPECT_EQ(page_after("http://127.0.0.1:81/polygon", "http://127.0.0.1:81/polygon/v2/x"), "http://127.0.0.1:81/polygon/v2/x");
}

// Whether api.polygon.io still names itself in its pages is not known.
TEST(NextUrl, OfTheOldNameMayLeadToTheNewOne) {
  const char *next = "https://api.massive.com/v2/x?cursor=a";
  EXPECT_EQ(page_after("https://api.polygon.io", next), next);
  EXPECT_EQ(page_after("https://api.polygon.io", "https://api.polygon.io.evil.example/v2/x"), "");
}

TEST(Times, AreReadByTheirMagnitude) {
  EXPECT_EQ(time_ns_of(1'601'316'752), 1'601'316'752'000'000'000);
  EXPECT_EQ(time_ns_of(1'601'316'752'683), 1'601'316'752'683'000'000);
  EXPECT_EQ(time_ns_of(1'601'316'752'683'746), 1'601'316'752'683'746'000);
  EXPECT_EQ(time_ns_of(1'601'318'039'223'013'600), 1'601'318'039'223'013'600);
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-5}, INT64_MAX, std::int64_t{99'999'999'999}}) EXPECT_EQ(time_ns_of(bad), 0) << bad;
}

struct Refusal {
  int http;
  const char *body;
  tdk_status status;
  const char *says;
};

TEST(Refusals, AreReadByStatusAndSayWhatTheVendorSaid) {
  const Refusal cases[] = {
      {401, R"({"status":"ERROR","error":"Unknown API Key"})", TDK_UNAUTHENTICATED, "Unknown API Key"},
      {403, R"({"status":"NOT_AUTHORIZED","message":"You are not entitled to this data."})", TDK_PERMISSION_DENIED, "not entitled"},
      {429, R"({"status":"ERROR","error":"You've exceeded the maximum requests per minute"})", TDK_RATE_LIMITED, "exceeded"},
      {429, "", TDK_RATE_LIMITED, "HTTP 429"},
      {404, "404 page not found", TDK_NOT_FOUND, "page not found"},
      {400, R"({"status":"ERROR","error":"Could not parse the time parameter: 'from'."})", TDK_INVALID_ARGUMENT, "'from'"},
      {500, "<html>oops</html>", TDK_UNAVAILABLE, "oops"},
      {502, "", TDK_UNAVAILABLE, "HTTP 502"},
      {302, "", TDK_BAD_DATA, "HTTP 302"}};
  for (const Refusal &c : cases) {
    const tapedeck::Error e = refusal("fetching x", {c.http, c.body, ""});
    EXPECT_EQ(e.code(), c.status) << c.http;
    EXPECT_EQ(e.upstream(), c.http);
    EXPECT_THAT(e.what(), HasSubstr(c.says));
  }
}

TEST(Refusals, WhatTheVendorsOwnClientTriesAgainIsUnavailable) {
  for (const int http : {413, 499, 500, 502, 503, 504}) EXPECT_EQ(refusal("x", {http, "", ""}).code(), TDK_UNAVAILABLE) << http;
}

TEST(Refusals, RateLimitWithoutAHeaderWaitsAWholeMinute) {
  EXPECT_EQ(refusal("x", {429, "", ""}).retry_after_ms(), 60'000);
  EXPECT_EQ(refusal("x", {429, "", "7"}).retry_after_ms(), 7'000);
  EXPECT_EQ(refusal("x", {429, "", "Wed, 21 Oct"}).retry_after_ms(), 60'000);
}

}  // namespace
}  // namespace polygon
