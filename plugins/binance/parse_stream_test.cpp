// Every documented payload, in our own words after web-socket-streams.md, and what is refused.
#include "parse_stream.hpp"

#include <tapedeck/abi/market.h>
#include <tapedeck/layer/core.hpp>

#include <gmock/gmock.h>

namespace binance {
namespace {

using testing::HasSubstr;
using Kind = StreamMessage::Kind;

constexpr std::int64_t kMs = 1'000'000;

StreamMessage parsed(std::string_view bytes) {
  StreamMessage out{};
  parse_stream_message(bytes, out);
  return out;
}

std::string refused(std::string_view bytes) {
  StreamMessage out{};
  try {
    parse_stream_message(bytes, out);
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_BAD_DATA);
    return e.what();
  }
  return "accepted";
}

std::string wrapped(const std::string &stream, const std::string &data) {
  return "{\"stream\":\"" + stream + "\",\"data\":" + data + "}";
}

const std::string kTrade =
    R"({"e":"trade","E":1700000000123,"s":"BTCUSDT","t":42,"p":"61837.63000000","q":"0.02000000",)"
    R"("T":1700000000121,"m":true,"M":true})";
const std::string kAggTrade =
    R"({"e":"aggTrade","E":1700000000123,"s":"BTCUSDT","a":7,"p":"0.001","q":"100","f":100,)"
    R"("l":105,"T":1700000000121,"m":false,"M":true})";
const std::string kBook =
    R"({"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000",)"
    R"("A":"40.66000000"})";

struct Candle {
  std::string t = "1700000040000", T = "1700000099999", i = "\"1m\"", o = "\"2.0\"", h = "\"4.0\"",
              l = "\"1.0\"", c = "\"3.0\"", v = "\"5.5\"", n = "7", x = "false", q = "\"6.25\"",
              s = "\"BTCUSDT\"", f = "100", L = "106";
};
std::string kline(const Candle &k) {
  return R"({"e":"kline","E":1700000041000,"s":"BTCUSDT","k":{"t":)" + k.t + ",\"T\":" + k.T +
         ",\"s\":" + k.s + ",\"i\":" + k.i + ",\"f\":" + k.f + ",\"L\":" + k.L + ",\"o\":" + k.o +
         ",\"c\":" + k.c + ",\"h\":" + k.h + ",\"l\":" + k.l + ",\"v\":" + k.v + ",\"n\":" + k.n +
         ",\"x\":" + k.x + ",\"q\":" + k.q + R"(,"V":"1.0","Q":"2.0","B":"0"}})";
}

void expect_trade(const StreamMessage &m) {
  ASSERT_EQ(m.kind, Kind::Trade);
  EXPECT_EQ(m.symbol, "BTCUSDT");
  EXPECT_EQ(m.trade.id, 42);
  EXPECT_EQ(m.trade.trades, 1);
  EXPECT_EQ(m.trade.time_ns, 1'700'000'000'121 * kMs);
  EXPECT_EQ(m.trade.price, 6'183'763'000'000);
  EXPECT_EQ(m.trade.size, 2'000'000);
  EXPECT_EQ(m.trade.price_exp, -8);
  EXPECT_TRUE(m.trade.aggressor_sold);
}

TEST(ParseStream, ReadsATradeCombinedAndRaw) {
  expect_trade(parsed(kTrade));
  expect_trade(parsed(wrapped("btcusdt@trade", kTrade)));
}

TEST(ParseStream, ReadsAnAggregateWithTheNumberOfItsTrades) {
  for (const std::string &text : {kAggTrade, wrapped("btcusdt@aggTrade", kAggTrade)}) {
    const StreamMessage m = parsed(text);
    ASSERT_EQ(m.kind, Kind::AggTrade);
    EXPECT_EQ(m.trade.id, 7);
    EXPECT_EQ(m.trade.trades, 6);
    EXPECT_EQ(m.trade.price, 100'000);
    EXPECT_EQ(m.trade.size, 10'000'000'000);
    EXPECT_FALSE(m.trade.aggressor_sold);
  }
}

TEST(ParseStream, KnowsABookTickerByItsShapeAndByItsStream) {
  for (const std::string &text : {kBook, wrapped("bnbusdt@bookTicker", kBook)}) {
    const StreamMessage m = parsed(text);
    ASSERT_EQ(m.kind, Kind::BookTicker);
    EXPECT_EQ(m.symbol, "BNBUSDT");
    EXPECT_EQ(m.book.update_id, 400'900'217);
    EXPECT_EQ(m.book.bid, 2'535'190'000);
    EXPECT_EQ(m.book.bid_size, 3'121'000'000);
    EXPECT_EQ(m.book.ask, 2'536'520'000);
    EXPECT_EQ(m.book.ask_size, 4'066'000'000);
  }
}

TEST(ParseStream, AnEmptySideOfTheBookIsUnknown) {
  const StreamMessage m =
      parsed(R"({"u":1,"s":"X","b":"0.00000000","B":"0.00000000","a":"1.5","A":"2"})");
  EXPECT_EQ(m.book.bid, TDK_NULL_I64);
  EXPECT_EQ(m.book.bid_size, TDK_NULL_I64);
  EXPECT_EQ(m.book.ask, 150'000'000);
}

TEST(ParseStream, ReadsAFormingCandle) {
  const StreamMessage m = parsed(wrapped("btcusdt@kline_1m", kline({})));
  ASSERT_EQ(m.kind, Kind::Kline);
  EXPECT_EQ(m.kline.interval->name, "1m");
  EXPECT_EQ(m.kline.open_time_ns, 1'700'000'040'000 * kMs);
  EXPECT_EQ(m.kline.open, 200'000'000);
  EXPECT_EQ(m.kline.high, 400'000'000);
  EXPECT_EQ(m.kline.low, 100'000'000);
  EXPECT_EQ(m.kline.close, 300'000'000);
  EXPECT_EQ(m.kline.volume, 550'000'000);
  EXPECT_EQ(m.kline.turnover, 625'000'000);
  EXPECT_EQ(m.kline.trades, 7);
  EXPECT_FALSE(m.kline.closed);
}

TEST(ParseStream, ReadsAClosedCandleWithoutTrades) {
  Candle k;
  k.o = k.h = k.l = k.c = "\"1.5\"";
  k.v = k.q = "\"0.00000000\"";
  k.n = "0";
  k.f = k.L = "-1";
  k.x = "true";
  const StreamMessage m = parsed(kline(k));
  EXPECT_TRUE(m.kline.closed);
  EXPECT_EQ(m.kline.volume, 0);
  EXPECT_EQ(m.kline.trades, 0);
}

TEST(ParseStream, TakesTheFinestExponentThatHolds) {
  Candle k;
  k.v = "\"123456789012345.5\"";
  const StreamMessage m = parsed(kline(k));
  EXPECT_EQ(m.kline.volume_exp, -4);
  EXPECT_EQ(m.kline.volume, 1'234'567'890'123'455'000);
  EXPECT_EQ(m.kline.price_exp, -8);
}

TEST(ParseStream, TimesMayBeMicroseconds) {
  EXPECT_EQ(parsed(R"({"e":"trade","E":1700000000123456,"s":"X","t":1,"p":"1","q":"1",)"
                   R"("T":1700000000121001,"m":true})")
                .trade.time_ns,
            1'700'000'000'121'001'000);
  Candle k;
  k.t = "1700000040000000";
  k.T = "1700000099999999";
  EXPECT_EQ(parsed(kline(k)).kline.open_time_ns, 1'700'000'040'000 * kMs);
}

TEST(ParseStream, OtherEventsAreIgnored) {
  const std::string table[] = {
      R"({"e":"depthUpdate","E":1,"s":"X","U":1,"u":2,"b":[["1.0","2.0"]],"a":[]})",
      R"({"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]})",
      R"({"e":"24hrMiniTicker","E":1,"s":"X","c":"1","o":"1","h":"1","l":"1","v":"1","q":"1"})",
      R"([{"e":"24hrMiniTicker","E":1,"s":"X","c":"1"}])",
      R"({"e":"avgPrice","E":1,"s":"X","i":"5m","w":"25776.86","T":1})",
      R"({"e":"somethingNew","x":[{"y":[1.5e3,-2,null,true,false,"\u00e4\"]"]}]})",
      wrapped("btcusdt@depth@100ms", R"({"e":"depthUpdate","b":[],"a":[]})"),
      wrapped("!miniTicker@arr", R"([{"e":"24hrMiniTicker"}])"),
      wrapped("btcusdt@kline_3m", R"({"e":"kline","E":1,"s":"X","k":{"s":"X","i":"3m"}})"),
  };
  for (const std::string &text : table) EXPECT_EQ(parsed(text).kind, Kind::Ignored) << text;
}

// What such a stream carries is not what this parser would take it for: days of +08:00 are no UTC
// days.
TEST(ParseStream, StreamsThatNobodyAsksForNeverBecomeRows) {
  for (const std::string name : {"btcusdt@depth", "btcusdt@kline_1m@+08:00", "btcusdt@kline_3m",
                                 "!ticker@arr", "btcusdt@blockTrade", "", "@", "trade"})
    for (const std::string &data : {kTrade, kAggTrade, kBook, kline({})})
      EXPECT_EQ(parsed(wrapped(name, data)).kind, Kind::Ignored) << name << " " << data;
}

TEST(ParseStream, SymbolsMayHaveLettersBeyondAscii) {
  const std::string text = wrapped("币安人生usdt@bookTicker",
                                   R"({"u":1,"s":"币安人生USDT","b":"1","B":"1","a":"2","A":"1"})");
  const StreamMessage m = parsed(text);
  ASSERT_EQ(m.kind, Kind::BookTicker);
  EXPECT_EQ(m.symbol, "币安人生USDT");
}

TEST(ParseStream, ServerShutdownNeedsNoSubscription) {
  const std::string raw = R"({"e":"serverShutdown","E":1770123456789})";
  EXPECT_EQ(parsed(raw).kind, Kind::ServerShutdown);
  EXPECT_EQ(parsed(wrapped("!serverShutdown", raw)).kind, Kind::ServerShutdown);
}

TEST(ParseStream, RepliesOfEveryForm) {
  struct Row {
    const char *text;
    bool has_id, is_error;
    std::int64_t id, code;
    const char *message;
  };
  const Row table[] = {
      {R"({"result":null,"id":312})", true, false, 312, 0, ""},
      {R"({"id":3,"result":["btcusdt@aggTrade"]})", true, false, 3, 0, ""},
      {R"({"result":null,"id":"x1"})", false, false, 0, 0, ""},
      {R"({"result":null,"id":null})", false, false, 0, 0, ""},
      {R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2})", true, true, 2, 2,
       "Invalid request: invalid stream"},
      {R"({"code":4,"msg":"Too many subscriptions","id":9})", true, true, 9, 4,
       "Too many subscriptions"},
      {R"({"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"})", false, true, 0, 3,
       "Invalid JSON: expected value at line 1 column 1"},
      {R"({"error":"?"})", false, true, 0, -1, R"({"error":"?"})"},
  };
  for (const Row &r : table) {
    const StreamMessage m = parsed(r.text);
    ASSERT_EQ(m.kind, Kind::Reply) << r.text;
    EXPECT_EQ(m.reply.has_id, r.has_id) << r.text;
    EXPECT_EQ(m.reply.is_error, r.is_error) << r.text;
    EXPECT_EQ(m.reply.code, r.code) << r.text;
    EXPECT_EQ(m.reply.message, r.message) << r.text;
    if (r.has_id) {
      EXPECT_EQ(m.reply.id, r.id) << r.text;
    }
  }
}

TEST(ParseStream, KeysComeInAnyOrderWithStrangersAndWhiteSpace) {
  expect_trade(parsed(
      R"( { "data" : { "m" : true, "q":"0.02000000" ,"T":1700000000121, "st" : 1, "X" : {"a":[1]},)"
      "\r\n\t"
      R"("p":"61837.63000000","s":"BTCUSDT","b":1,"a":2,"t":42,"E":1700000000123,"e":"trade" } ,)"
      R"( "stream" : "btcusdt@trade" , "later" : [ ] } )"));
  expect_trade(parsed(wrapped("btcusdt@trade", kTrade).insert(1, R"("a":1,)")));
  EXPECT_EQ(parsed(R"({"A":"1","a":"2","B":"3","b":"4","s":"X","u":5})").book.ask, 200'000'000);
}

TEST(ParseStream, NamesWhatItCannotUse) {
  Candle off_grid, late, outside, other;
  off_grid.t = "1700000040001";
  late.T = "1700000100000";
  outside.c = "\"4.5\"";
  other.s = "\"ETHUSDT\"";
  const auto with = [](std::string text, const std::string &from, const std::string &to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::pair<std::string, const char *> table[] = {
      {with(kTrade, "\"t\":42", "\"t\":-42"), "trade: trade id (t) is no whole number"},
      {with(kTrade, "\"t\":42", "\"t\":4.2"), "trade id (t)"},
      {with(kTrade, "\"t\":42", "\"t\":9223372036854775808"), "trade id (t)"},
      {with(kTrade, "\"t\":42", "\"t\":\"42\""), "trade id (t)"},
      {with(kTrade, "\"t\":42,", ""), "trade id (t) is missing"},
      {with(kTrade, "61837.63000000", "-1"), "price (p) is no decimal: '-1'"},
      {with(kTrade, "61837.63000000", ""), "price (p) is no text"},
      {with(kTrade, "61837.63000000", "0.000000001"), "price (p) is no decimal that int64 holds"},
      {with(kTrade, "\"61837.63000000\"", "61837.63"), "price (p) is no text"},
      {with(kTrade, "61837.63000000", "99999999999999999999"), "that int64 holds"},
      {with(kTrade, "\"m\":true", "\"m\":1"), "buyer is maker (m) is neither true nor false"},
      {with(kTrade, "1700000000121", "99999999999999999"), "trade time (T) is no time"},
      {with(kTrade, "BTCUSDT", ""), "symbol (s) is no text"},
      {with(kTrade, "BTCUSDT", "BTC\\u0055SDT"), "symbol (s) is no text"},
      {with(kTrade, "\"M\":true", "\"m\":true"), "the key 'm' twice"},
      {with(kAggTrade, "\"l\":105", "\"l\":99"), "last trade id (l) is before the first"},
      {kline(off_grid), "open time (t) is not the start of an interval"},
      {kline(late), "close time (T) is not right before"},
      {kline(outside), "close (c) is outside low to high"},
      {kline(other), "symbol (s) is not that of the message"},
      {R"({"e":"kline","E":1,"s":"X","k":[]})", "the candle (k) is no object"},
      {wrapped("btcusdt@bookTicker", R"({"u":1,"s":"BTCUSDT"})"), "bookTicker: bid (b) is missing"},
      {wrapped("btcusdt@trade", with(kTrade, "\"trade\"", "\"tride\"")),
       "something else than its name"},
      {wrapped("btcusdt@trade", kAggTrade), "something else than its name"},
      {wrapped("btcusdt@trade", "[]"), "data is no object"},
      {wrapped("ethusdt@trade", kTrade), "symbol (s) is not that of the stream: 'BTCUSDT'"},
      {wrapped("btcusdt1@trade", kTrade), "symbol (s) is not that of the stream"},
      {wrapped("ethusdt@aggTrade", kAggTrade), "symbol (s) is not that of the stream"},
      {wrapped("btcusdt@bookTicker", kBook), "symbol (s) is not that of the stream: 'BNBUSDT'"},
      {wrapped("ethusdt@kline_1m", kline({})), "symbol (s) is not that of the stream"},
      {wrapped("btcusdt@kline_5m", kline({})), "interval (i) is not that of the stream: '1m'"},
      {wrapped("btcusdt@trade\\", kTrade), "binance stream: not JSON"},
      {wrapped("btcusdt@trade\n", kTrade), "a control character"},
      {with(kTrade, "61837.63000000", "0.00000000"), "price (p) is zero"},
      {R"({"stream":1,"data":{}})", "stream is no text"},
      {R"({"stream":"a","stream":"b","data":{}})", "the key 'stream' twice"},
      {"", "no '{' where one should be"},
      {"garbage", "no '{' where one should be at byte 0 of 'garbage'"},
      {kTrade + "x", "more after the end"},
      {wrapped("btcusdt@trade", kTrade) + "{}", "more after the end"},
      {kTrade.substr(0, 40), "binance stream: not JSON"},
      {R"({"a":tru})", "an unknown word"},
      {R"({"a":})", "no value"},
      {with(kTrade, "\"t\":42", "\"t\":042"), "a number that begins with 0"},
      {R"({"a":1,})", "no string"},
      {R"({"a":[1,{]}})", "brackets that do not match"},
      {R"({"a":")", "a string without an end"},
      {"{\"a\":\"\n\"}", "a control character"},
      {R"({"a":"\)", "binance stream: not JSON"},
      {"{\"a\":" + std::string(100'000, '['), "nested deeper than 64"},
  };
  for (const auto &[text, why] : table)
    EXPECT_THAT(refused(text), HasSubstr(why)) << text.substr(0, 200);
}

}  // namespace
}  // namespace binance
