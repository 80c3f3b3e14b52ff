// Quotes in batches, symbol search, catalogues, and the calendar that is not there.
#include "parse.hpp"
#include "symbols.hpp"
#include "test_vendor.hpp"
#include "times.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace twelvedata::test {
namespace {

using kit::test::fetch_quotes;
using kit::test::parameter;
using testing::ElementsAre;
using testing::HasSubstr;

std::string quote(const std::string &symbol, const std::string &close) {
  return "{\"symbol\":\"" + symbol +
         "\",\"datetime\":\"2024-11-22\",\"timestamp\":1732305600,"
         "\"last_quote_at\":1732308960,\"close\":\"" +
         close + "\",\"volume\":\"35462000\"}";
}
constexpr const char *kUnknown =
    R"({"code":400,"message":"**symbol** not found: NOPE. Please specify it correctly according to API Documentation.","status":"error"})";

TEST(Quotes, SeveralSymbolsAreOneRequestAndACreditEach) {
  Bench bench;
  bench.answers(200, "{\"AAPL\":" + quote("AAPL", "229.87000") +
                         ",\"EUR/USD\":" + quote("EUR/USD", "1.09123") + "}");
  const auto got = fetch_quotes(bench.provider(), {"EUR/USD", "AAPL"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(got.rows[0].first, "EUR/USD") << "in the order of asking";
  EXPECT_EQ(got.rows[0].second.last, 109'123);
  EXPECT_EQ(got.rows[0].second.price_exp, -5);
  EXPECT_EQ(got.rows[0].second.time, 1'732'308'960 * kSecondNs) << "of the last minute";
  EXPECT_EQ(got.rows[1].second.volume, 35'462'000);
  EXPECT_EQ(got.rows[1].second.bid, TDK_NULL_I64);
  ASSERT_EQ(bench.host.requests.size(), 1U);
  EXPECT_EQ(parameter(bench.host.requests[0].url, "symbol"), "AAPL,EUR%2FUSD");
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1m"), 2U);
}

TEST(Quotes, OneSymbolIsAnsweredFlatAlsoWhenItIsTheOnlyOneLeft) {
  Bench bench;
  bench.answers(200, quote("AAPL", "229.87"));
  EXPECT_EQ(fetch_quotes(bench.provider(), {"AAPL"}).rows.at(0).second.last, 22'987);
  EXPECT_EQ(fetch_quotes(bench.provider(), {"AAPL", "AAPL"}).rows.size(), 2U);
}

TEST(Quotes, AFlatAnswerToAListIsOfTheSymbolThatItNames) {
  Bench bench;
  bench.answers(200, quote("AAPL", "229.87"));
  const auto got = fetch_quotes(bench.provider(), {"MSFT", "AAPL"});
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].first, "AAPL");
  bench.answers(200, quote("AMZN", "229.87"));
  EXPECT_EQ(fetch_quotes(bench.provider(), {"MSFT", "AAPL"}).status, TDK_BAD_DATA);
}

TEST(Quotes, APartThatCannotBeReadFailsAlone) {
  Bench bench;
  bench.answers(200, "{\"AAPL\":" + quote("AAPL", "229.87") +
                         R"(,"MSFT":{"symbol":"MSFT","timestamp":1,"close":null}})");
  const auto got = fetch_quotes(bench.provider(), {"AAPL", "MSFT"});
  EXPECT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_THAT(bench.host.log, testing::Contains(HasSubstr("MSFT")));
}

TEST(Quotes, WithoutATimeHaveTheHosts) {
  Bench bench;
  bench.answers(200, R"({"symbol":"AAPL","timestamp":null,"close":"1.5"})");
  const auto got = fetch_quotes(bench.provider(), {"AAPL"});
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].second.flags, TDK_QUOTE_HOST_TIME);
  EXPECT_EQ(got.rows[0].second.time, bench.host.now_ns);
}

TEST(Quotes, ABadSymbolFailsInsideASuccess) {
  Bench bench;
  bench.answers(200, "{\"AAPL\":" + quote("AAPL", "229.87") + ",\"NOPE\":" + kUnknown + "}");
  const auto got = fetch_quotes(bench.provider(), {"AAPL", "NOPE"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.rows.size(), 1U);
  EXPECT_THAT(bench.host.log, testing::Contains(HasSubstr("NOPE")));
}

// The last of nine, or the one that is no coin: an error then is flat, and about it alone.
TEST(Quotes, ABadSymbolAloneInItsRequestFailsAlone) {
  Bench bench;
  bench.host.answer = [](const std::string &url) {
    const bool bad = parameter(url, "symbol") == "NOPE";
    return bad ? Answer{404, kUnknown, {}, TDK_OK}
               : Answer{200, quote("BTC/USD", "77074.93"), {}, TDK_OK};
  };
  const auto got = fetch_quotes(bench.provider(), {"NOPE", "BTC/USD"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 1U);
  EXPECT_EQ(got.rows[0].first, "BTC/USD");
  EXPECT_THAT(bench.host.log, testing::Contains(HasSubstr("NOPE")));
}

TEST(Quotes, WhenAllFailTheFirstReasonComesOut) {
  Bench bench;
  bench.answers(200, std::string("{\"NO\":") + kUnknown + ",\"NOPE\":" + kUnknown + "}");
  EXPECT_EQ(fetch_quotes(bench.provider(), {"NO", "NOPE"}).status, TDK_NOT_FOUND);
  bench.answers(200, kUnknown);
  EXPECT_EQ(fetch_quotes(bench.provider(), {"NOPE"}).status, TDK_NOT_FOUND);
}

TEST(Quotes, NeverMoreSymbolsAtOnceThanAMinutesCredits) {
  Bench bench;
  std::vector<std::string> symbols;
  for (char c = 'A'; c < 'A' + 20; ++c) symbols.push_back(std::string("S") + c);
  bench.host.answer = [&](const std::string &url) {
    std::string body = "{", list = parameter(url, "symbol") + ",";
    while (!list.empty()) {
      const std::string name = list.substr(0, list.find(','));
      list.erase(0, name.size() + 1);
      body += (body.size() > 1 ? ",\"" : "\"") + name + "\":" + quote(name, "1");
    }
    return Answer{200, body + "}", {}, TDK_OK};
  };
  EXPECT_EQ(fetch_quotes(bench.provider(), symbols).rows.size(), 20U);
  ASSERT_EQ(bench.host.requests.size(), 3U);
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1m"), 8U);
  EXPECT_EQ(bench.host.requests[2].costs.at("credits-1m"), 4U);
}

TEST(Quotes, NeverMoreThanAHundredSymbolsAtOnce) {
  Bench bench(Settings{{"plan", "pro"}});
  std::vector<std::string> symbols;
  for (int n = 0; n < 101; ++n) symbols.push_back("S" + std::to_string(n));
  bench.answers(200, quote("S0", "1"));
  fetch_quotes(bench.provider(), symbols);
  EXPECT_EQ(bench.host.requests.at(0).costs.at("credits-1m"), 100U);
}

TEST(Quotes, AnErrorOfTheWholeRequestIsFlat) {
  for (const int http : {429, 200}) {
    Bench bench;
    bench.answers(
        http,
        R"({"code":429,"message":"You have run out of API credits for the current minute.","status":"error"})");
    EXPECT_EQ(fetch_quotes(bench.provider(), {"AAPL", "MSFT"}).status, TDK_RATE_LIMITED) << http;
    EXPECT_EQ(bench.host.holds.size(), 1U) << http;
  }
}

TEST(Quotes, VolumeIsNotOfAllTypes) {
  Bench bench;
  bench.answers(200, R"({"symbol":"EUR/USD","timestamp":1732305600,"close":"1.09123"})");
  const auto got = fetch_quotes(bench.provider(), {"EUR/USD"});
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].second.volume, TDK_NULL_I64);
}

// But for dp a price of 0.00001234 comes as 0.00001.
TEST(Quotes, CoinsAreAskedForBeyondTheFiveDecimalsOfTheDefault) {
  for (const char *from : {"quote", "price"}) {
    Bench bench(Settings{{"quotes_from", from}});
    bench.host.answer = [](const std::string &url) {
      const std::string symbols = parameter(url, "symbol");
      if (symbols == "SHIB%2FUSD")
        return Answer{
            200, quote("SHIB/USD", "0.00001234").insert(1, R"("price":"0.00001234",)"), {}, TDK_OK};
      EXPECT_EQ(symbols, "AAPL,EUR%2FUSD");
      EXPECT_EQ(parameter(url, "dp"), "");
      const std::string other = quote("AAPL", "1").insert(1, R"("price":"1",)");
      return Answer{200, "{\"AAPL\":" + other + ",\"EUR/USD\":" + other + "}", {}, TDK_OK};
    };
    const auto got = fetch_quotes(bench.provider(), {"AAPL", "SHIB/USD", "EUR/USD"});
    EXPECT_EQ(got.rows.size(), 3U) << got.text();
    ASSERT_EQ(bench.host.requests.size(), 2U);
    EXPECT_EQ(parameter(bench.host.requests.back().url, "dp"), "8");
    EXPECT_EQ(bench.host.requests.back().costs.at("credits-1m"), 1U);
    const auto coin = std::find_if(got.rows.begin(), got.rows.end(),
                                   [](const auto &r) { return r.first == "SHIB/USD"; });
    ASSERT_NE(coin, got.rows.end()) << got.text();
    EXPECT_EQ(coin->second.last, 1'234);
    EXPECT_EQ(coin->second.price_exp, -8);
  }
}

TEST(Quotes, ThePriceAloneHasTheHostsTime) {
  Bench bench(Settings{{"quotes_from", "price"}});
  bench.answers(200, R"({"price":"200.99001"})");
  const auto got = fetch_quotes(bench.provider(), {"AAPL"});
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].second.flags, TDK_QUOTE_HOST_TIME);
  EXPECT_EQ(got.rows[0].second.time, bench.host.now_ns);
  EXPECT_EQ(got.rows[0].second.last, 20'099'001);
}

TEST(Search, NamesListingsElsewhereWithTheirExchange) {
  Bench bench;
  bench.answers(200, R"({"data":[
    {"symbol":"RY","instrument_name":"Royal Bank","exchange":"NYSE","instrument_type":"Common Stock","country":"United States","currency":"USD"},
    {"symbol":"RY","instrument_name":"Royal Bank","exchange":"TSX","instrument_type":"Common Stock","country":"Canada","currency":"CAD"},
    {"symbol":"XAU/USD","instrument_name":"Gold Spot","exchange":"","instrument_type":"Physical Currency","country":"","currency":""},
    {"symbol":"BTC/USD","exchange":"Huobi","instrument_type":"Digital Currency"},
    {"symbol":"BTC/USD","exchange":"Binance","instrument_type":"Digital Currency"},
    {"symbol":"DJI","instrument_name":"Dow Jones","exchange":"NYSE","instrument_type":"Index","country":"United States"}],"status":"ok"})");
  const auto got = kit::test::search(bench.provider(), "r", 10);
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  std::vector<std::string> names;
  std::vector<std::uint32_t> classes;
  for (const auto &s : got.rows) {
    names.push_back(s.symbol);
    classes.push_back(s.asset_class);
  }
  EXPECT_THAT(names, ElementsAre("RY", "RY:TSX", "XAU/USD", "BTC/USD", "US30"));
  EXPECT_THAT(classes, ElementsAre(TDK_ASSET_EQUITY, TDK_ASSET_EQUITY, TDK_ASSET_COMMODITY,
                                   TDK_ASSET_CRYPTO, TDK_ASSET_INDEX));
  EXPECT_EQ(got.rows[4].vendor_symbol, "DJI");
  EXPECT_EQ(parameter(bench.host.requests.at(0).url, "outputsize"), "10");
}

TEST(Search, AnEmptyQueryListsTheCatalogues) {
  Bench bench;
  bench.host.answer = [](const std::string &url) {
    const char *data =
        url.find("/forex") != url.npos    ? R"({"symbol":"EUR/USD","currency_group":"Major"})"
        : url.find("/stocks") != url.npos ? R"({"symbol":"AAPL","type":"Common Stock","isin":"x"})"
        : url.find("/crypto") != url.npos ? R"({"symbol":"BTC/EUR"})"
                                          : R"({"symbol":"C_1","name":"Corn Futures"})";
    return Answer{200, std::string("{\"data\":[") + data + "],\"status\":\"ok\"}", {}, TDK_OK};
  };
  const auto got = kit::test::search(bench.provider(), "", 0);
  ASSERT_EQ(got.rows.size(), 4U) << got.text();
  EXPECT_EQ(got.rows[0].asset_class, TDK_ASSET_FX);
  EXPECT_EQ(got.rows[1].asset_class, TDK_ASSET_CRYPTO);
  EXPECT_EQ(got.rows[2].asset_class, TDK_ASSET_COMMODITY);
  EXPECT_EQ(got.rows[3].asset_class, TDK_ASSET_EQUITY);
  EXPECT_EQ(bench.host.requests.size(), 4U);
  EXPECT_EQ(kit::test::search(bench.provider(), "", 2).rows.size(), 2U);
  EXPECT_EQ(bench.host.requests.size(), 6U) << "no more than it takes";
}

TEST(Search, NoHitIsAnEmptyListAndAtMost120AreAskedFor) {
  Bench bench;
  bench.answers(200, R"({"data":[],"status":"ok"})");
  const auto got = kit::test::search(bench.provider(), "nope", 500);
  EXPECT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_TRUE(got.rows.empty());
  EXPECT_EQ(parameter(bench.host.requests.at(0).url, "outputsize"), "120");
}

TEST(Search, AnIsinWithoutTheAddOnIsNone) {
  const kit::ExactJson tree(
      R"({"data":[{"symbol":"A","isin":"request_access_via_add_ons"},{"symbol":"B","isin":"US0378331005"},)"
      R"({"symbol":"C","name":null,"exchange":null,"country":null,"type":null,"isin":null}]})",
      "test");
  const auto got = parse_listings(tree.root(), TDK_ASSET_EQUITY);
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].isin, "");
  EXPECT_EQ(got[1].isin, "US0378331005");
  EXPECT_EQ(got[2].isin, "");
  EXPECT_EQ(got[2].asset_class, TDK_ASSET_EQUITY);
}

TEST(Calendar, IsNotSupportedByThisProviderAndNeverAnEmptyList) {
  Bench bench;
  const auto got = kit::test::fetch_calendar(bench.provider(), "US");
  EXPECT_EQ(got.status, TDK_NOT_SUPPORTED);
  EXPECT_THAT(got.text(), HasSubstr("not supported by this provider"));
  EXPECT_TRUE(bench.host.requests.empty()) << "it costs nothing";
  tdk_provider_info info{};
  const tdk_provider_info_sink sink{sizeof sink, 0, &info,
                                    [](void *ctx, const tdk_provider_info *i) -> tdk_status {
                                      *static_cast<tdk_provider_info *>(ctx) = *i;
                                      return TDK_OK;
                                    }};
  const kit::test::Callee callee(bench.provider());
  tdk_error err = tapedeck::detail::fresh();
  ASSERT_EQ(callee.table->info(callee.self, &sink, &err), TDK_OK);
  EXPECT_EQ(info.capabilities & TDK_CAP_CALENDAR, 0U);
  EXPECT_NE(info.capabilities & TDK_CAP_HISTORY, 0U);
  EXPECT_EQ(info.interval_count, 12U);
  EXPECT_EQ(info.max_candles_per_call, 5'000U);
}

TEST(Symbols, BothWays) {
  const std::pair<const char *, const char *> table[] = {
      {"EUR/USD", "EUR/USD"}, {"aapl", "AAPL"}, {"BRK.B", "BRK.B"},  {"US30", "DJI"},
      {"NAS100", "NDX"},      {"SPX", "SPX"},   {"RY:TSX", "RY:TSX"}};
  for (const auto &[canonical, vendor] : table) EXPECT_EQ(vendor_symbol(canonical), vendor);
  EXPECT_EQ(canonical_symbol("DJI"), "US30");
  EXPECT_EQ(canonical_symbol("AAPL"), "AAPL");
  for (const char *bad : {"", "A,B", "EUR/", "/USD", "A B", "A\"", "A\n"})
    EXPECT_THROW(vendor_symbol(bad), tapedeck::Error) << bad;
  EXPECT_THROW(vendor_symbol(std::string(49, 'A')), tapedeck::Error);
}

TEST(Symbols, HaveAssetClasses) {
  const std::pair<const char *, std::uint32_t> table[] = {
      {"EUR/USD", TDK_ASSET_FX},     {"XAU/USD", TDK_ASSET_COMMODITY},
      {"BTC/USD", TDK_ASSET_CRYPTO}, {"BTC/USDT", TDK_ASSET_CRYPTO},
      {"AAPL", TDK_ASSET_EQUITY},    {"US30", TDK_ASSET_INDEX},
      {"SPX", TDK_ASSET_INDEX}};
  for (const auto &[symbol, asset_class] : table)
    EXPECT_EQ(asset_class_of(symbol), asset_class) << symbol;
}

TEST(Times, ReadWhatTheVendorWritesAndNothingElse) {
  EXPECT_EQ(parse_date_time("1970-01-02 00:00:01"), 86'401);
  EXPECT_EQ(parse_date_time("2024-02-29"), 1'709'164'800);
  for (const char *bad :
       {"", "2023-02-29", "2024-13-01", "2024-01-01 24:00:00", "2024-01-01 00:00", "24-01-01",
        "2024-01-01Z00:00:00", "1799-01-01", "2200-01-01", "20240101"})
    EXPECT_EQ(parse_date_time(bad), std::nullopt) << bad;
  EXPECT_EQ(parse_http_date("Fri, 04 Sep 2026 03:10:00 GMT"), kNow);
  EXPECT_EQ(parse_http_date("Fri, 04 Foo 2026 03:10:00 GMT"), std::nullopt);
  EXPECT_EQ(date_time_text(kNow), "2026-09-04T03:10:00");
  EXPECT_EQ(next_month(1'709'164'800), 1'709'251'200);
}

}  // namespace
}  // namespace twelvedata::test
