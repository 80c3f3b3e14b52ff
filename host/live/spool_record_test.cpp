#include "live/spool_record.hpp"

#include <gtest/gtest.h>

#include "market/candle_row.hpp"

using namespace tapedeck;

namespace {

Tick a_trade() {
  Tick t;
  t.time = -5;
  t.sequence = INT64_MAX;
  t.last = 4'200'010;
  t.last_size = 3;
  t.price_exp = -18;
  t.size_exp = 18;
  t.flags = TDK_QUOTE_TRADE | TDK_QUOTE_BUY;
  return t;
}

Tick a_full_quote() {
  return {.time = 1, .sequence = -2, .bid = 3, .ask = 4, .last = 5, .bid_size = 6, .ask_size = 7,
          .last_size = 8, .volume = 9, .trades = 10, .price_exp = -2, .size_exp = -3, .volume_exp = -4,
          .flags = TDK_QUOTE_HOST_TIME};
}

DeliveryBatch a_batch() {
  DeliveryBatch batch;
  CandlePart &part = batch.candles.emplace_back();
  part.series = {"BTC/USDT", *Interval::parse("1M"), TDK_PRICE_BID, TDK_ADJ_ALL};
  part.source = "binance";
  part.version = "binance 0.1.0";
  part.rank = 7;
  part.fetched_at = 99;
  for (const Nanos time : {10, 20}) {
    const CandleRow row{.open_time = time, .open = 1, .high = 2, .low = -3, .close = 4, .volume = time == 10 ? TDK_NULL_I64 : 5,
                        .price_exp = -2, .volume_exp = -8, .turnover_exp = 3, .state = 2};
    part.candles.append(batch_of(row));
  }
  part.ledger.push_back({CoverageState::Failed, {10, 20}, "binance", TDK_TIMEOUT, 3, 77, 88, "no answer"});
  batch.candles.push_back({.series = {"ETH/USDT", {}}, .source = "x", .version = "y", .candles = {}, .ledger = {}});
  batch.ticks.push_back({"binance", "binance 0.1.0", {{"BTC/USDT", {a_trade(), a_full_quote()}}, {"", {}}}});
  return batch;
}

TEST(SpoolRecord, ComesBackAsItWas) {
  const auto found = decode_batch(encode_batch(a_batch()));
  ASSERT_TRUE(found);
  const CandlePart &part = found->candles.at(0);
  EXPECT_EQ(part.series, a_batch().candles[0].series);
  EXPECT_EQ(part.version, "binance 0.1.0");
  EXPECT_EQ(part.rank, 7u);
  EXPECT_EQ(part.fetched_at, 99);
  ASSERT_EQ(part.candles.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_EQ(row_of(part.candles.view(), i), row_of(a_batch().candles[0].candles.view(), i));
  const LedgerEntry &entry = part.ledger.at(0);
  EXPECT_EQ(entry.state, CoverageState::Failed);
  EXPECT_EQ(entry.range, (TimeRange{10, 20}));
  EXPECT_EQ(entry.source, "binance");
  EXPECT_EQ(entry.error, TDK_TIMEOUT);
  EXPECT_EQ(entry.tries, 3u);
  EXPECT_EQ(entry.next_try, 77);
  EXPECT_EQ(entry.updated, 88);
  EXPECT_EQ(entry.reason, "no answer");
  EXPECT_EQ(found->ticks.at(0).symbols.at(0).ticks, (std::vector<Tick>{a_trade(), a_full_quote()}));
  EXPECT_EQ(encode_batch(*found), encode_batch(a_batch()));
}

TEST(SpoolRecord, RefusesEveryShorterText) {
  const std::string whole = encode_batch(a_batch());
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(decode_batch(whole.substr(0, n))) << n;
  EXPECT_FALSE(decode_batch(whole + '\0'));
}

TEST(SpoolRecord, SurvivesEveryChangedByte) {
  const std::string whole = encode_batch(a_batch());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    const auto found = decode_batch(changed);
    EXPECT_TRUE(!found || encode_batch(*found) != whole) << at;
  }
}

}  // namespace
