// Damaged bodies and frames never crash a parser, and never become values that break its promises.
#include "compare.hpp"
#include "parse.hpp"
#include "parse_stream.hpp"

#include "kit/testing/mutator.hpp"

#include <memory>

namespace polygon {
namespace {

using kit::test::refused_of;

constexpr std::int64_t kStart = 1'714'564'800'000;

// In memory of its own size, so that a byte too far is seen.
template <class F>
void alone(std::string_view text, F &&parse) {
  const auto exact = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), exact.get());
  parse(std::string_view(exact.get(), text.size()));
}

void expect_sound(const kit::ExactCandle &c) {
  ASSERT_FALSE(less(c.open, c.low) || less(c.close, c.low) || less(c.high, c.open) || less(c.high, c.close));
  ASSERT_GE(c.low.mantissa, 0);
  ASSERT_TRUE(!c.volume || c.volume->mantissa >= 0);
}

TEST(Mutation, AggregatesKeepTheirPromises) {
  const AggregatesAsked asked{"test", Market::Stocks, &find_interval({TDK_UNIT_MINUTE, 1}), kStart, kStart + kHourMs, false};
  std::string valid = R"({"ticker":"AAPL","status":"OK","results":[)";
  for (int i = 0; i < 8; ++i)
    valid += std::string(i ? "," : "") + R"({"v":4391082.0,"vw":174.4536,"o":174.68,"c":174.55,"h":174.825,"l":1.7e2,"t":)" +
             std::to_string(kStart + i * kMinuteMs) + R"(,"n":53487})";
  valid += R"(],"resultsCount":8,"next_url":"https://api.massive.com/v2/x?cursor=1"})";
  const int refused = refused_of(8'000, valid, [&](std::string_view text) {
    alone(text, [&](std::string_view bytes) {
      std::int64_t last = 0;
      for (const Bar &bar : parse_aggregates(bytes, asked).bars) {
        ASSERT_TRUE(bar.open_ms > last && bar.open_ms >= kStart && bar.open_ms < kStart + kHourMs);
        last = bar.open_ms;
        expect_sound(bar.candle);
      }
    });
  });
  EXPECT_GT(refused, 3'000);
}

TEST(Mutation, ListsNeverCrash) {
  const std::string snapshot =
      R"({"status":"OK","tickers":[{"ticker":"AAPL","lastQuote":{"P":120.47,"S":4,"p":120.46,"s":8,"t":1605195918507251700},)"
      R"("lastTrade":{"p":120.47,"s":236,"t":1605195918306274000},"day":{"v":28727868},"updated":1}],"results":[{"ticker":"I:X","value":1.5,"last_updated":1}]})";
  EXPECT_GT(refused_of(5'000, snapshot, [](std::string_view text) { alone(text, [](auto bytes) { parse_snapshots(bytes); }); }), 1'500);
  const std::string tickers =
      R"({"status":"OK","results":[{"ticker":"A","name":"Agilent","market":"stocks","type":"CS","active":true,"currency_name":"usd"}],"next_url":"https://x"})";
  EXPECT_GT(refused_of(5'000, tickers, [](std::string_view text) { alone(text, [](auto bytes) { parse_tickers(bytes); }); }), 1'500);
}

TEST(Mutation, FramesKeepTheirPromises) {
  const std::pair<Market, const char *> valid[] = {
      {Market::Stocks, R"([{"ev":"AM","sym":"GTE","v":4110,"o":0.4488,"c":0.4486,"h":0.4489,"l":0.4486,"s":1610144640000,"e":1610144700000},{"ev":"T","sym":"MSFT","p":114.125,"s":100,"c":[0,12],"t":1536036818784}])"},
      {Market::Forex, R"([{"ev":"C","p":"USD/CNH","x":"44","a":6.83366,"b":6.83363,"t":1536036818784},{"ev":"CA","pair":"USD/EUR","o":0.8687,"c":0.86889,"h":0.86889,"l":0.8686,"v":20,"s":1539145740000}])"},
      {Market::Crypto, R"([{"ev":"XQ","pair":"BTC-USD","bp":33052.79,"bs":0.48,"ap":33073.19,"as":0.601,"t":1610462411115},{"ev":"XT","pair":"BTC-USD","p":33021.9,"t":1610462007425,"s":0.01616617,"c":[2]}])"},
      {Market::Indices, R"([{"ev":"V","val":3988.5,"T":"I:SPX","t":1678220098130},{"ev":"status","status":"success","message":"subscribed to: V.I:SPX"}])"}};
  for (const auto &[market, text] : valid) {
    const Market in = market;
    EXPECT_GT(refused_of(5'000, text, [&](std::string_view damaged) {
      alone(damaged, [&](std::string_view bytes) {
        parse_stream_frame(bytes, in, [](const StreamEvent &event) {
          if (event.kind == StreamEvent::Kind::Candle) {
            expect_sound(event.candle);
            ASSERT_EQ(event.candle.open_time % (event.length_ms * 1'000'000), 0);
          }
          if (event.kind == StreamEvent::Kind::Trade) {
            ASSERT_TRUE(event.price && event.time_ns > 0);
          }
        });
      });
    }), 1'500) << text;
  }
}

TEST(Mutation, DeepNestingIsRefused) {
  const std::string deep(100'000, '[');
  EXPECT_THROW(parse_stream_frame(deep, Market::Stocks, [](const StreamEvent &) {}), tapedeck::Error);
  EXPECT_THROW(parse_snapshots(deep), tapedeck::Error);
  EXPECT_THROW(parse_tickers(deep), tapedeck::Error);
}

}  // namespace
}  // namespace polygon
