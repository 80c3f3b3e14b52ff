// Tickers, quotes, exchangeInfo and the symbol search.
#include "fake_host.hpp"

#include <gmock/gmock.h>

namespace binance::test {
namespace {

using testing::HasSubstr;

constexpr const char *kFull =
    R"({"symbol":"BNBBTC","lastPrice":"4.00000200","lastQty":"200.00000000","bidPrice":"4.00000000",)"
    R"("bidQty":"100.00000000","askPrice":"0.00000000","askQty":"0.00000000",)"
    R"("volume":"12345678901234.50000000","openTime":1499783499040,"closeTime":1499869899040})";

std::string exchange_info() {
  return R"({"timezone":"UTC","serverTime":1,"rateLimits":[)"
         R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1200},)"
         R"({"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},)"
         R"({"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000}],)"
         R"("symbols":[)"
         R"({"symbol":"WBTCBTC","status":"TRADING","baseAsset":"WBTC","quoteAsset":"BTC","filters":[]},)"
         R"({"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[)"
         R"({"filterType":"LOT_SIZE","stepSize":"0.1"},{"filterType":"PRICE_FILTER","tickSize":"0.01000000"}]},)"
         R"({"symbol":"BCCBTC","status":"BREAK","baseAsset":"BCC","quoteAsset":"BTC"},)"
         R"({"symbol":"ETHUSDT","status":"SOMETHING_NEW","baseAsset":"ETH","quoteAsset":"USDT"}]})";
}

class QuotesTest : public testing::Test {
 protected:
  Provider make(const char *quotes_from = "24hr") {
    const tdk_kv kv{tapedeck::str("quotes_from"), tapedeck::str(quotes_from)};
    return Provider(tapedeck::Host(host.host()), tapedeck::Config(&kv, 1));
  }
  void answer_with(std::string body) {
    host.answer = [body](const std::string &) { return Answer{200, body, {}, TDK_OK}; };
  }
  FakeHost host;
};

TEST_F(QuotesTest, ReadsAFullTicker) {
  const Ticker t = parse_tickers(kFull).at(0);
  EXPECT_EQ(t.time_ms, 1'499'869'899'040);
  EXPECT_EQ(t.bid, 400'000'000);
  EXPECT_EQ(t.bid_size, 10'000'000'000);
  EXPECT_EQ(t.last, 400'000'200);
  EXPECT_EQ(t.last_size, 20'000'000'000);
  EXPECT_EQ(t.volume_exp, -5);
  EXPECT_EQ(t.volume, 1'234'567'890'123'450'000);
}

TEST_F(QuotesTest, AnEmptySideOfTheBookIsUnknown) {
  const Ticker t = parse_tickers(kFull).at(0);
  EXPECT_EQ(t.ask, TDK_NULL_I64);
  EXPECT_EQ(t.ask_size, TDK_NULL_I64);
}

TEST_F(QuotesTest, FieldsThatAreNotThereAreUnknown) {
  const Ticker t = parse_tickers(R"([{"symbol":"X","lastPrice":"1.5","bidPrice":null}])").at(0);
  EXPECT_EQ(t.bid, TDK_NULL_I64);
  EXPECT_EQ(t.volume, TDK_NULL_I64);
  EXPECT_EQ(t.last, 150'000'000);
  EXPECT_EQ(t.time_ms, 0);
}

TEST_F(QuotesTest, ATimeOutOfThisWorldIsUnknown) {
  for (const char *time : {"9223372036854775807", "-1", "1.5", "\"1\""}) {
    std::string body = R"({"symbol":"X","closeTime":)";
    EXPECT_EQ(parse_tickers(body.append(time).append("}")).at(0).time_ms, 0) << time;
  }
}

TEST_F(QuotesTest, RefusesTickersItCannotUse) {
  const std::pair<const char *, const char *> table[] = {
      {"<html>", "not JSON"},
      {"[1]", "entry 0: not an object"},
      {"[{}]", "no symbol"},
      {R"({"symbol":1})", "symbol is not a string"},
      {R"({"symbol":"X","bidPrice":1})", "bidPrice is not a string"},
      {R"({"symbol":"X","askQty":"-1"})", "askQty is no decimal"},
      {R"({"symbol":"X","volume":"1.000000001"})", "volume is no decimal"},
  };
  for (const auto &[body, why] : table) {
    try {
      parse_tickers(body);
      ADD_FAILURE() << body;
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_BAD_DATA);
      EXPECT_THAT(e.what(), HasSubstr(why));
    }
  }
}

TEST_F(QuotesTest, OneSymbolIsAskedForByName) {
  answer_with(kFull);
  Provider p = make();
  const Quotes got = fetch_quotes(p, {"BNB/BTC"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 1U);
  EXPECT_EQ(got.rows[0].first, "BNB/BTC");
  EXPECT_EQ(got.rows[0].second.time, 1'499'869'899'040'000'000);
  EXPECT_THAT(host.requests[0].url, testing::EndsWith("/api/v3/ticker/24hr?symbol=BNBBTC"));
  EXPECT_EQ(host.requests[0].costs.at("weight-1m"), 2U);
}

TEST_F(QuotesTest, ManySymbolsGoInCheapTwenties) {
  answer_with("[]");
  Provider p = make();
  std::vector<std::string> names;
  for (int i = 0; i < 45; ++i)
    names.push_back(std::string("A").append(std::to_string(100 + i)).append("/USDT"));
  names.push_back("A100USDT");  // the same again, in the vendor's notation
  EXPECT_EQ(fetch_quotes(p, names).status, TDK_OK);
  ASSERT_EQ(host.requests.size(), 3U);
  EXPECT_THAT(host.requests[0].url, HasSubstr("symbols=%5B%22A100USDT%22%2C%22A101USDT%22%2C"));
  for (const Request &r : host.requests) EXPECT_EQ(r.costs.at("weight-1m"), 2U);
}

TEST_F(QuotesTest, AnswersEveryNotationInTheOrderOfAsking) {
  answer_with(R"([{"symbol":"BTCUSDT","lastPrice":"1"},{"symbol":"ETHBTC","lastPrice":"2"}])");
  Provider p = make();
  const Quotes got = fetch_quotes(p, {"ETH/BTC", "BTC/USDT", "BTCUSDT", "XRP/BTC"});
  ASSERT_EQ(got.rows.size(), 3U);
  EXPECT_EQ(got.rows[0].first, "ETH/BTC");
  EXPECT_EQ(got.rows[1].first, "BTC/USDT");
  EXPECT_EQ(got.rows[2].first, "BTCUSDT");
}

TEST_F(QuotesTest, TheBookHasTheHostsTimeAndItsOwnWeight) {
  answer_with(R"([{"symbol":"A","bidPrice":"1","bidQty":"2","askPrice":"3","askQty":"4"}])");
  Provider p = make("book");
  const Quotes got = fetch_quotes(p, {"A", "B"});
  ASSERT_EQ(got.rows.size(), 1U);
  EXPECT_EQ(got.rows[0].second.time, host.now_ns);
  EXPECT_EQ(got.rows[0].second.last, TDK_NULL_I64);
  EXPECT_THAT(host.requests[0].url, HasSubstr("/api/v3/ticker/bookTicker?symbols="));
  EXPECT_EQ(host.requests[0].costs.at("weight-1m"), 4U);
}

TEST_F(QuotesTest, SearchPutsWholeNamesThenBaseAssetsFirst) {
  answer_with(exchange_info());
  Provider p = make();
  const Symbols got = search(p, "btc");
  ASSERT_EQ(got.rows.size(), 3U) << got.text();
  EXPECT_EQ(got.rows[0].symbol, "BTC/USDT");
  EXPECT_EQ(got.rows[0].vendor_symbol, "BTCUSDT");
  EXPECT_EQ(got.rows[0].currency, "USDT");
  EXPECT_EQ(got.rows[0].price_exp, -2);
  EXPECT_EQ(got.rows[0].asset_class, TDK_ASSET_CRYPTO);
  EXPECT_EQ(got.rows[1].symbol, "WBTC/BTC");
  EXPECT_EQ(got.rows[2].status, TDK_SYMBOL_HALTED);
  EXPECT_EQ(search(p, "bccbtc").rows.at(0).symbol, "BCC/BTC");
  EXPECT_EQ(search(p, "", 2).rows.size(), 2U);
  EXPECT_EQ(search(p, "eth/usdt").rows.at(0).status, TDK_SYMBOL_UNKNOWN);
  EXPECT_TRUE(search(p, "nothing").rows.empty());
}

TEST_F(QuotesTest, TheListIsRememberedForFiveMinutes) {
  answer_with(exchange_info());
  Provider p = make();
  search(p, "btc");
  search(p, "eth");
  EXPECT_EQ(host.requests.size(), 1U);
  EXPECT_EQ(host.requests[0].costs.at("weight-1m"), 20U);
  host.now_ns += 301'000'000'000;
  search(p, "eth");
  EXPECT_EQ(host.requests.size(), 2U);
}

TEST_F(QuotesTest, TheVendorsLimitsLowerTheBudgets) {
  answer_with(exchange_info());
  Provider p = make();
  search(p, "btc");
  EXPECT_EQ(host.budgets[0].capacity, 1200U);
  EXPECT_EQ(host.budgets[1].capacity, 61'000U);
}

TEST_F(QuotesTest, RefusesAnExchangeInfoWithoutSymbols) {
  answer_with(R"({"timezone":"UTC"})");
  Provider p = make();
  const Symbols got = search(p, "btc");
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  EXPECT_THAT(got.text(), HasSubstr("no list of symbols"));
}

}  // namespace
}  // namespace binance::test
