// What live candles are made of.
#include "live/stream_offer.hpp"

#include <gtest/gtest.h>

namespace tapedeck {
namespace {

constexpr std::uint64_t kCandles = TDK_CAP_STREAM_CANDLES, kTrades = TDK_CAP_STREAM_TRADES, kQuotes = TDK_CAP_STREAM_QUOTES;
using From = StreamConfig::CandlesFrom;

PipelineConfig of(AssetClass asset_class, std::vector<std::uint32_t> prices = {}, From wish = From::Best) {
  PipelineConfig p;
  p.symbols = {{"X/Y", {}, asset_class}};
  p.intervals = {{*Interval::parse("1m"), {}}};
  p.prices = std::move(prices);
  p.stream.emplace().candles_from = wish;
  return p;
}

TEST(StreamOrigin, TheBestIsTheVendorThenWhatThePriceIsMadeOf) {
  const auto stock = of(AssetClass::Stock), forex = of(AssetClass::Forex);
  EXPECT_EQ(stream_origin(stock, kCandles | kTrades | kQuotes), CandleOrigin::Vendor);
  EXPECT_EQ(stream_origin(stock, kTrades | kQuotes), CandleOrigin::Trades);
  EXPECT_EQ(stream_origin(forex, kCandles | kTrades | kQuotes), CandleOrigin::Vendor);
  EXPECT_EQ(stream_origin(forex, kTrades | kQuotes), CandleOrigin::Quotes);
  EXPECT_EQ(stream_origin(forex, kTrades), CandleOrigin::Trades);
}

TEST(StreamOrigin, BidAndAskAreNeverMadeOfTrades) {
  const auto both = of(AssetClass::Forex, {TDK_PRICE_BID, TDK_PRICE_ASK});
  EXPECT_EQ(stream_origin(both, kCandles | kTrades | kQuotes), CandleOrigin::Quotes);
  EXPECT_EQ(stream_origin(both, kTrades), std::nullopt);
  EXPECT_EQ(stream_origin(of(AssetClass::Forex, {TDK_PRICE_BID}, From::Trades), kTrades | kQuotes), std::nullopt);
  EXPECT_EQ(stream_lack(both, kTrades),
            "streams nothing to make live candles of; change 'candles_from' or 'price', or name another source");
}

TEST(StreamOrigin, AWishIsTakenOrNothing) {
  EXPECT_EQ(stream_origin(of(AssetClass::Stock, {}, From::Quotes), kCandles | kQuotes), CandleOrigin::Quotes);
  EXPECT_EQ(stream_origin(of(AssetClass::Stock, {}, From::Vendor), kTrades), std::nullopt);
}

}  // namespace
}  // namespace tapedeck
