#include "publish/envelope.hpp"

#include <gtest/gtest.h>

#include "market/candle_row.hpp"

using namespace tapedeck;

namespace {

constexpr Nanos kNewYear = 1'704'067'200 * kSecond;  // 2024-01-01T00:00:00Z
const EventOrigin kOrigin{"binance", "9f-1"};

std::string candle(const Series &series, const CandleRow &row) {
  std::string out;
  CandleEnvelope(series, kOrigin).append(out, batch_of(row), 0);
  return out;
}

CandleRow row() {
  return {.open_time = kNewYear, .open = 4'228'358, .high = 4'229'000, .low = 4'220'000, .close = 4'225'010, .volume = 12'500,
          .price_exp = -2, .volume_exp = -3, .turnover_exp = -4};
}

std::string tick(const Tick &t) {
  std::string out;
  TickEnvelope("BTC/USDT", kOrigin).append(out, t);
  return out;
}

}  // namespace

TEST(Envelope, ACandleHasTheDigitsOfTheStore) {
  EXPECT_EQ(candle({"BTC/USDT", *Interval::parse("1m")}, row()),
            R"({"schema_version":1,"event_type":"candle","symbol":"BTC/USDT","timestamp":"2024-01-01T00:00:00Z","data":{)"
            R"("interval":"1m","price":"trade","open_time":"2024-01-01T00:00:00Z","close_time":"2024-01-01T00:01:00Z",)"
            R"("open":"42283.58","high":"42290.00","low":"42200.00","close":"42250.10","volume":"12.500"},)"
            R"("correlation_id":"9f-1","source":"binance"})");
}

TEST(Envelope, ACandleSaysWhatElseIsKnownOfIt) {
  CandleRow r = row();
  r.volume = TDK_NULL_I64;
  r.turnover = 5'285'447'500;
  r.trades = 77;
  EXPECT_EQ(candle({"EUR/USD", *Interval::parse("1M"), TDK_PRICE_MID, TDK_ADJ_SPLIT}, r),
            R"({"schema_version":1,"event_type":"candle","symbol":"EUR/USD","timestamp":"2024-01-01T00:00:00Z","data":{)"
            R"("interval":"1M","price":"mid","adjustment":"split","open_time":"2024-01-01T00:00:00Z",)"
            R"("close_time":"2024-02-01T00:00:00Z","open":"42283.58","high":"42290.00","low":"42200.00","close":"42250.10",)"
            R"("volume":null,"turnover":"528544.7500","trades":77},"correlation_id":"9f-1","source":"binance"})");
}

TEST(Envelope, TheLargestFiguresFit) {
  CandleRow r = row();
  r.open = r.high = r.low = r.close = r.volume = r.turnover = r.trades = INT64_MAX;
  r.price_exp = r.volume_exp = r.turnover_exp = 18;
  r.open_time = kNewYear + 123'456'789;
  const std::string text = candle({"A", *Interval::parse("1s")}, r);
  EXPECT_NE(text.find(R"("trades":9223372036854775807},"correlation_id")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("turnover":"9223372036854775807000000000000000000")"), std::string::npos) << text;
}

TEST(Envelope, ManyCandlesStandOneAfterTheOther) {
  std::string out;
  CandleEnvelope envelope({"BTC/USDT", *Interval::parse("1h")}, kOrigin);
  CandleRow r = row();
  for (int i = 0; i < 3; ++i, r.open_time += 12 * kHour) {
    const std::size_t before = out.size();
    envelope.append(out, batch_of(r), 0);
    EXPECT_EQ(out[before], '{');
    EXPECT_EQ(out.back(), '}');
  }
  EXPECT_NE(out.find(R"("open_time":"2024-01-02T00:00:00Z","close_time":"2024-01-02T01:00:00Z")"), std::string::npos) << out;
}

TEST(Envelope, ATradeHasPriceSizeAndSide) {
  Tick t;
  t.time = kNewYear + 5'000'000;
  t.last = 4'228'358;
  t.price_exp = -2;
  t.last_size = 125;
  t.size_exp = -5;
  t.sequence = 99;
  t.flags = TDK_QUOTE_TRADE | TDK_QUOTE_SELL;
  EXPECT_EQ(tick(t),
            R"({"schema_version":1,"event_type":"tick","symbol":"BTC/USDT","timestamp":"2024-01-01T00:00:00.005Z","data":{)"
            R"("kind":"trade","price":"42283.58","size":"0.00125","side":"sell","sequence":99},)"
            R"("correlation_id":"9f-1","source":"binance"})");
}

TEST(Envelope, AQuoteSaysNullOfWhatIsNotKnown) {
  Tick t;
  t.time = kNewYear;
  t.bid = 1;
  t.ask = 2;
  EXPECT_EQ(tick(t),
            R"({"schema_version":1,"event_type":"tick","symbol":"BTC/USDT","timestamp":"2024-01-01T00:00:00Z","data":{)"
            R"("kind":"quote","bid":"1","ask":"2","bid_size":null,"ask_size":null,"last":null,"last_size":null,"volume":null,)"
            R"("sequence":null},"correlation_id":"9f-1","source":"binance"})");
}

TEST(Envelope, ASourceIsOfNoSymbolAndItsReasonIsEscaped) {
  EXPECT_EQ(source_envelope({"crypto", "binance", "lost", "closed: \"bye\"\n", {"BTC/USDT", "ETH/USDT"}, kNewYear}, "9f-2"),
            R"({"schema_version":1,"event_type":"source","symbol":null,"timestamp":"2024-01-01T00:00:00Z","data":{)"
            R"("state":"lost","reason":"closed: \"bye\"\u000a","pipeline":"crypto","symbols":["BTC/USDT","ETH/USDT"]},)"
            R"("correlation_id":"9f-2","source":"binance"})");
}
