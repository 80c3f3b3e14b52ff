// The made-up market: the same for the same seed, and every candle the exact sum of its parts.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/binance/listing.hpp"
#include "sim/synthetic.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

const std::int64_t kNow = *parse_iso8601("2024-02-10T13:47:31Z");

std::vector<Candle> candles(const Series &series, const char *interval, std::int64_t from,
                            std::int64_t to, std::int64_t now = kNow, std::int64_t zone_ms = 0) {
  std::vector<Candle> out;
  series.candles({Grid(*find_interval(interval), zone_ms), from, to, 2'000'000, false, now}, out);
  return out;
}

Candle sum(const std::vector<Candle> &parts) {
  Candle total = parts.at(0);
  for (std::size_t i = 1; i < parts.size(); ++i) append(total, parts[i]);
  return total;
}

class Market : public testing::Test {
 protected:
  binance::Listing listing{7, {}};
  const binance::Instrument &btc = *listing.find("BTCUSDT");
};

TEST_F(Market, RepeatsItselfForASeedAndDiffersForAnother) {
  const binance::Listing again(7, {});
  const binance::Listing other(8, {});
  const auto mine = candles(*btc.series, "1m", kNow - kDayMs, kNow);
  ASSERT_EQ(mine.size(), 1440U);
  EXPECT_EQ(mine, candles(*again.find("BTCUSDT")->series, "1m", kNow - kDayMs, kNow));
  EXPECT_NE(mine, candles(*other.find("BTCUSDT")->series, "1m", kNow - kDayMs, kNow));
}

TEST_F(Market, EveryMinuteIsPlausibleAndOpensAtTheCloseBefore) {
  ASSERT_GE(listing.all().size(), 25U);
  for (const binance::Instrument &instrument : listing.all()) {
    const std::int64_t from = kSecondMs * 1'600'000'020;
    const auto minutes = candles(*instrument.series, "1m", from, from + 3 * kDayMs);
    ASSERT_EQ(minutes.size(), 3U * 1440U + 1) << instrument.symbol;
    for (std::size_t i = 0; i < minutes.size(); ++i) {
      const Candle &c = minutes[i];
      ASSERT_EQ(c.open_time, from + static_cast<std::int64_t>(i) * kMinuteMs);
      if (i > 0) {
        ASSERT_EQ(c.open, minutes[i - 1].close);
      }
      ASSERT_LE(c.low, std::min(c.open, c.close));
      ASSERT_GE(c.high, std::max(c.open, c.close));
      ASSERT_GT(c.low, 0);
      ASSERT_GT(c.trades, 0);
      ASSERT_GT(c.volume, 0);
      ASSERT_LT(c.taker_volume, c.volume);
      for (const std::int64_t price : {c.open, c.high, c.low, c.close})
        ASSERT_EQ(price % instrument.unit.tick, 0) << instrument.symbol;
      ASSERT_EQ(c.volume % instrument.unit.step, 0) << instrument.symbol;
      // The average price paid lies in the candle, but for the rounding of one step.
      ASSERT_GE(c.quote_volume + kUnit, c.volume * c.low / kUnit) << instrument.symbol;
      ASSERT_LE(c.quote_volume, c.volume * c.high / kUnit + kUnit) << instrument.symbol;
    }
  }
}

TEST_F(Market, LargerIntervalsAreExactSumsOfMinutes) {
  for (const Interval &interval : all_intervals()) {
    if (interval.name == "1s" || interval.name == "1m") continue;
    for (const std::int64_t zone : {std::int64_t{0}, 5 * kHourMs + 45 * kMinuteMs}) {
      const Grid grid(interval, zone);
      const std::int64_t open = grid.floor(kNow - 40 * kDayMs);
      const auto large = candles(*btc.series, interval.name.data(), open, open, kNow, zone);
      ASSERT_EQ(large.size(), 1U) << interval.name;
      const auto parts = candles(*btc.series, "1m", open, grid.shift(open, 1) - 1);
      EXPECT_EQ(static_cast<std::int64_t>(parts.size()), (grid.shift(open, 1) - open) / kMinuteMs);
      EXPECT_EQ(large[0], sum(parts)) << interval.name << " zone " << zone;
    }
  }
}

TEST_F(Market, SecondsAreExactPartsOfTheirMinute) {
  for (const char *symbol : {"BTCUSDT", "BNBETH", "DOGEUSDT", "XRPBTC"}) {
    const Series &series = *listing.find(symbol)->series;
    const std::int64_t from = kNow / kDayMs * kDayMs - kDayMs;
    for (const Candle &minute : candles(series, "1m", from, from + kHourMs - 1)) {
      const auto seconds =
          candles(series, "1s", minute.open_time, minute.open_time + kMinuteMs - 1);
      ASSERT_EQ(seconds.size(), 60U);
      ASSERT_EQ(sum(seconds), minute) << symbol << " " << iso8601(minute.open_time);
      for (const Candle &second : seconds) {
        ASSERT_GE(second.trades, 0);
        ASSERT_EQ(second.trades == 0, second.volume == 0);
        if (second.trades == 0) {
          ASSERT_EQ(second.high, second.low);
        }
      }
    }
  }
}

TEST_F(Market, TheFormingCandleHoldsTheSecondsSoFar) {
  const std::int64_t minute = kNow / kMinuteMs * kMinuteMs;
  for (const char *interval : {"1m", "1h", "1M"}) {
    const std::int64_t open = Grid(*find_interval(interval)).floor(kNow);
    const auto forming = candles(*btc.series, interval, open, kNow);
    ASSERT_EQ(forming.size(), 1U);
    auto parts = candles(*btc.series, "1m", open, minute - 1);
    const auto seconds = candles(*btc.series, "1s", minute, kNow);
    ASSERT_EQ(seconds.size(), 32U);
    parts.insert(parts.end(), seconds.begin(), seconds.end());
    EXPECT_EQ(forming[0], sum(parts)) << interval;
    EXPECT_LT(forming[0].trades,
              candles(*btc.series, interval, open, open, kNow + 31 * kDayMs)[0].trades);
  }
}

TEST_F(Market, StartsAndEndsWhereItShould) {
  const auto first = candles(*btc.series, "1m", 0, kSyntheticFirst + kMinuteMs);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(iso8601(first[0].open_time), "2017-08-17T04:00:00.000Z");
  const auto month = candles(*btc.series, "1M", 0, kSyntheticFirst);
  ASSERT_EQ(month.size(), 1U);
  EXPECT_EQ(iso8601(month[0].open_time), "2017-08-01T00:00:00.000Z");
  EXPECT_TRUE(candles(*btc.series, "1m", kNow + 1, kNow + kDayMs).empty());
  const Series &delisted = *listing.find("BCCBTC")->series;
  const auto last = candles(delisted, "1m", delisted.end() - 5 * kMinuteMs, kNow);
  ASSERT_EQ(last.size(), 5U);
  EXPECT_EQ(listing.find("BCCBTC")->status, "BREAK");
}

TEST_F(Market, KeepsTheEndThatWasAskedFor) {
  std::vector<Candle> oldest, newest;
  const Grid grid(*find_interval("5m"));
  btc.series->candles({grid, kNow - kDayMs, kNow, 10, false, kNow}, oldest);
  btc.series->candles({grid, kNow - kDayMs, kNow, 10, true, kNow}, newest);
  ASSERT_EQ(oldest.size(), 10U);
  ASSERT_EQ(newest.size(), 10U);
  EXPECT_EQ(oldest.front().open_time, grid.ceil(kNow - kDayMs));
  EXPECT_EQ(newest.back().open_time, grid.floor(kNow));
}

TEST_F(Market, TradesAddUpToTheirMinuteAndIdsNeverSkip) {
  std::vector<Trade> trades;
  std::int64_t next_id = -1;
  const std::int64_t from = kNow / kDayMs * kDayMs;
  for (const Candle &minute : candles(*btc.series, "1m", from, from + 20 * kMinuteMs)) {
    btc.series->trades(minute.open_time + 17'000, trades);
    ASSERT_EQ(static_cast<std::int64_t>(trades.size()), minute.trades);
    Wide volume = 0;
    for (const Trade &trade : trades) {
      if (next_id >= 0) {
        ASSERT_EQ(trade.id, next_id);
      }
      next_id = trade.id + 1;
      volume += trade.quantity;
      ASSERT_GT(trade.quantity, 0);
      ASSERT_GE(trade.price, minute.low);
      ASSERT_LE(trade.price, minute.high);
      ASSERT_EQ(btc.series->span_of_trade(trade.id), minute.open_time);
    }
    EXPECT_EQ(volume, minute.volume);
    EXPECT_EQ(trades.back().price, minute.close);
  }
}

}  // namespace
}  // namespace tapedeck::sim
