// Damaged answers never crash a parser, and never become rows that break the promises of parse.hpp.
#include "kit/testing/mutator.hpp"
#include "parse.hpp"
#include "testdata.hpp"

#include <tapedeck/layer/core.hpp>

#include <gtest/gtest.h>

namespace binance {
namespace {

constexpr std::int64_t kMinute = 60'000, kMs = 1'000'000;
constexpr std::int64_t kFirst = 1'600'000'020'000;

using kit::test::refused_of;

void expect_promises(const Klines &page, const KlinesAsked &asked) {
  ASSERT_LE(page.count, asked.limit);
  const auto &c = page.column;
  for (std::size_t i = 0; i < page.count; ++i) {
    const std::int64_t open_ms = c[Klines::kOpenTime][i] / kMs;
    ASSERT_TRUE(open_ms >= asked.from_ms && open_ms < asked.to_ms && open_ms % kMinute == 0);
    ASSERT_TRUE(i == 0 || c[Klines::kOpenTime][i - 1] < c[Klines::kOpenTime][i]);
    for (auto price : {Klines::kOpen, Klines::kClose})
      ASSERT_TRUE(c[Klines::kLow][i] <= c[price][i] && c[price][i] <= c[Klines::kHigh][i]);
    for (auto amount : {Klines::kLow, Klines::kVolume, Klines::kTurnover, Klines::kTrades})
      ASSERT_GE(c[amount][i], 0);
  }
}

TEST(Mutation, KlinesKeepTheirPromises) {
  const KlinesAsked asked{"BTCUSDT", &find_interval({TDK_UNIT_MINUTE, 1}), kFirst,
                          kFirst + 30 * kMinute, 30};
  Klines page;
  const int refused =
      refused_of(20'000, testdata::klines_body(kFirst, kMinute, 20), [&](std::string_view text) {
        parse_klines(text, asked, page);
        expect_promises(page, asked);
      });
  EXPECT_GT(refused, 10'000);
}

TEST(Mutation, TickersNeverCrash) {
  const std::string valid =
      R"([{"symbol":"BTCUSDT","lastPrice":"4.00000200","lastQty":"2.0","bidPrice":"4.0","bidQty":"1.0",)"
      R"("askPrice":"5.0","askQty":"3.0","volume":"99.0","closeTime":1499869899040}])";
  EXPECT_GT(refused_of(10'000, valid, [](std::string_view text) { parse_tickers(text); }), 3'000);
}

TEST(Mutation, ExchangeInfoNeverCrashes) {
  const std::string valid =
      R"({"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,)"
      R"("limit":6000}],"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC",)"
      R"("quoteAsset":"USDT","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.01000000"}]}]})";
  EXPECT_GT(refused_of(10'000, valid, [](std::string_view text) { parse_exchange_info(text); }),
            3'000);
}

TEST(Mutation, DeepNestingIsRefused) {
  const std::string deep(100'000, '[');
  Klines page;
  const KlinesAsked asked{"X", &find_interval({TDK_UNIT_MINUTE, 1}), 0, 1, 1};
  EXPECT_THROW(parse_klines(deep, asked, page), tapedeck::Error);
  EXPECT_THROW(parse_tickers(deep), tapedeck::Error);
  EXPECT_THROW(parse_exchange_info(deep), tapedeck::Error);
}

}  // namespace
}  // namespace binance
