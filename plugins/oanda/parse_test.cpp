// Bodies and lines as rows.
#include "parse.hpp"

#include "kit/testing/mutator.hpp"
#include "refusal.hpp"
#include "test_support.hpp"

namespace oanda::test {
namespace {

using testing::HasSubstr;

std::string candle(const std::string &more) {
  return R"({"candles":[{"complete":true,"volume":1,"time":"2024-05-16T10:00:00.000000000Z",)" + more +
         "}]}";
}
const std::string kMid = R"("mid":{"o":"1.1","h":"1.2","l":"1.0","c":"1.15"})";

Price price_of(const std::string &line) {
  StreamLine out;
  parse_stream_line(line, out);
  EXPECT_EQ(out.kind, StreamLine::Kind::Price);
  return out.price;
}

bool is(const kit::Decimal &d, std::int64_t mantissa, int exp) {
  return d.mantissa == mantissa && d.exp == exp;
}

TEST(ParseCandles, ReadsTheAskedPriceOnly) {
  ParsedCandles out;
  parse_candles(candles_body({0}), PriceKind::Bid, out);
  ASSERT_EQ(out.rows.size(), 1U);
  EXPECT_TRUE(is(out.rows[0].open, 110001, -5));
  EXPECT_TRUE(is(*out.rows[0].volume, 7, 0));
}

// In 2016 CFDs came back as "DE30/EUR"; the request says what was asked for.
TEST(ParseCandles, Trap_TheEchoedNameIsNotRead) {
  ParsedCandles out;
  parse_candles(R"({"instrument":"AU200/AUD","granularity":"X","candles":[]})", PriceKind::Mid, out);
  EXPECT_TRUE(out.rows.empty());
  parse_candles(candle(kMid), PriceKind::Mid, out);  // no name at all
  EXPECT_EQ(out.rows.size(), 1U);
}

TEST(ParseCandles, Trap_UnixTimesAndShortDecimals) {
  ParsedCandles out;
  parse_candles(R"({"candles":[{"complete":true,"volume":1,"time":"1786668660.000000000",)" + kMid + "}]}",
                PriceKind::Mid, out);
  EXPECT_EQ(out.rows[0].open_time, 1'786'668'660 * kSecond);
  EXPECT_TRUE(is(out.rows[0].low, 1, 0));
}

TEST(ParseCandles, WhatIsMissingOrAbsurdIsBadData) {
  for (const std::string &body :
       {std::string("[]"), std::string("{}"), std::string(R"({"candles":{}})"),
        std::string(R"({"candles":[1]})"), candle(R"("bid":{})"), candle(R"("mid":{"o":"1"})"),
        candle(R"("mid":{"o":"x","h":"1","l":"1","c":"1"})"),
        candle(R"("mid":{"o":"0","h":"1","l":"1","c":"1"})"),
        candle(R"("mid":{"o":"-1","h":"1","l":"1","c":"1"})"),
        candle(R"("mid":{"o":"99999999999999999999","h":"1","l":"1","c":"1"})"),
        candle(kMid).replace(candle(kMid).find("2024-05"), 7, "2024-15"),
        candle(kMid).replace(candle(kMid).find("true"), 4, "1234"),
        candle(kMid).replace(candle(kMid).find("\"volume\":1"), 10, "\"volume\":-1"),
        std::string("<html>")}) {
    ParsedCandles out;
    try {
      parse_candles(body, PriceKind::Mid, out);
      ADD_FAILURE() << "accepted " << body;
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_BAD_DATA) << body;
      EXPECT_THAT(e.what(), HasSubstr("oanda candles"));
    }
  }
}

// A line of 2017 has the better price second.
TEST(ParsePrices, Trap_TheBestPriceMayComeLast) {
  const Price p = price_of(
      R"({"type":"PRICE","time":"2017-09-24T22:20:39.888097022Z","bids":[{"price":"1.19195","liquidity":10000000},)"
      R"({"price":"1.19197","liquidity":500000}],"asks":[{"price":"1.19218","liquidity":10000000},)"
      R"({"price":"1.19216","liquidity":500000}],"closeoutBid":"1.19180","closeoutAsk":"1.19233",)"
      R"("status":"tradeable","tradeable":true,"instrument":"EUR_USD"})");
  EXPECT_TRUE(is(p.bid->price, 119197, -5));
  EXPECT_TRUE(is(p.ask->price, 119216, -5));
  EXPECT_TRUE(is(p.bid->size, 5, 5));
}

TEST(ParsePrices, PricesOfDifferentLengthsAreComparedByValue) {
  const Price p = price_of(
      R"({"type":"PRICE","time":"1","bids":[{"price":"1.2"},{"price":"1.19999"},{"price":"0.9"}],)"
      R"("asks":[{"price":"1.3"},{"price":"1.20001"},{"price":"12"}],"instrument":"X"})");
  EXPECT_TRUE(is(p.bid->price, 12, -1));
  EXPECT_TRUE(is(p.ask->price, 120001, -5));
}

TEST(ParsePrices, Trap_LiquidityMayBeAFloat) {
  const Price p = price_of(
      R"({"type":"PRICE","time":"1","bids":[{"price":"1.2","liquidity":10000000.0}],"asks":)"
      R"([{"price":"1.3","liquidity":1e6}],"instrument":"X","tradeable":true})");
  EXPECT_TRUE(is(p.bid->size, 1, 7));
  EXPECT_TRUE(is(p.ask->size, 1, 6));
}

TEST(ParsePrices, Trap_CloseoutPricesAreNotQuotes) {
  const Price p = price_of(price_line("EUR_USD", "1.10001", "1.10011"));
  EXPECT_TRUE(is(p.bid->price, 110001, -5));
  EXPECT_TRUE(is(p.ask->price, 110011, -5));
}

TEST(ParsePrices, Trap_ABookMayBeEmpty) {
  const Price p = price_of(R"({"type":"PRICE","time":"1","bids":[],"asks":[],"tradeable":true,"instrument":"X"})");
  EXPECT_FALSE(p.bid);
  EXPECT_FALSE(p.ask);
  EXPECT_FALSE(price_of(R"({"type":"PRICE","time":"1","instrument":"X"})").bid);
}

TEST(ParsePrices, Trap_TradeableIsAbsentInOldBodiesAndStatusInNewOnes) {
  const auto tradeable = [](const std::string &more) {
    return price_of(price_line("X", "1", "2", more)).tradeable;
  };
  EXPECT_TRUE(tradeable(R"("status":"tradeable")"));
  EXPECT_FALSE(tradeable(R"("status":"non-tradeable")"));
  EXPECT_FALSE(tradeable(R"("status":"invalid")"));
  EXPECT_TRUE(tradeable(R"("tradeable":true)"));
  EXPECT_FALSE(tradeable(R"("tradeable":false)"));
  EXPECT_FALSE(tradeable(R"("status":"tradeable","tradeable":false)"));
  EXPECT_TRUE(tradeable(R"("other":1)"));
}

// There is no valid price then, whatever the ladders hold.
TEST(ParsePrices, Trap_APriceThatIsInvalidHasNoSides) {
  const Price p = price_of(price_line("EUR_USD", "1.10001", "1.10011", R"("status":"invalid","tradeable":false)"));
  EXPECT_FALSE(p.bid);
  EXPECT_FALSE(p.ask);
  EXPECT_TRUE(price_of(price_line("EUR_USD", "1.1", "1.2", R"("status":"non-tradeable")")).bid);
}

TEST(ParsePrices, Trap_TypeIsAbsentInOldBodies) {
  std::string price = price_line("EUR_USD", "1.10001", "1.10011");
  price.erase(price.find(R"("type":"PRICE",)"), std::string(R"("type":"PRICE",)").size());
  const auto prices = parse_pricing(R"({"prices":[)" + price + "]}");
  ASSERT_EQ(prices.size(), 1U);
  EXPECT_TRUE(is(prices[0].bid->price, 110001, -5));
}

TEST(ParseStream, Trap_NewFieldsArePassedOver) {
  StreamLine out;
  parse_stream_line(R"({"type":"HEARTBEAT","time":"1","lastTransactionID":"6","new":{"a":[1]}})", out);
  EXPECT_EQ(out.kind, StreamLine::Kind::Heartbeat);
  const Price p =
      price_of(price_line("EUR_USD", "1.1", "1.2", R"("unitsAvailable":{"default":{"long":"1"}},"new":[null])"));
  EXPECT_TRUE(is(p.bid->price, 11, -1));
}

TEST(ParseStream, KnowsPricesAndHeartbeatsAndLeavesOthersAlone) {
  StreamLine out;
  parse_stream_line(kHeartbeat, out);
  EXPECT_EQ(out.kind, StreamLine::Kind::Heartbeat);
  for (const char *line : {R"({"type":"NOTICE","text":"x"})", R"({"type":null})", "{}"}) {
    parse_stream_line(line, out);
    EXPECT_EQ(out.kind, StreamLine::Kind::Other) << line;
  }
}

TEST(ParseStream, WhatIsNotAnObjectIsBadData) {
  StreamLine out;
  for (const char *line : {"<html>", "[]", "1", "{", R"({"type":"PRICE"})", R"({"type":1})",
                           R"({"type":"PRICE","time":"1","instrument":"X","bids":[{"price":"-1"}]})",
                           R"({"type":"PRICE","time":"1","instrument":"X","bids":{}})"})
    EXPECT_THROW(parse_stream_line(line, out), tapedeck::Error) << line;
}

TEST(ParseInstruments, Trap_UnknownFieldsArePassedOver) {
  const auto all = parse_instruments(instruments_body());
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].name, "EUR_USD");
  EXPECT_EQ(all[3].display_name, "Germany 40");
  EXPECT_EQ(all[1].decimals, 3);
}

TEST(ParseInstruments, Trap_PrecisionsMayBeNegative) {
  const auto all = parse_instruments(
      R"({"instruments":[{"name":"JP225_USD","pipLocation":0,"displayPrecision":-1,"tradeUnitsPrecision":-2},)"
      R"({"name":"EUR_USD"}]})");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].decimals, -1);
  EXPECT_FALSE(all[1].decimals);
  for (const char *absurd : {"13", "-13", "\"x\"", "1.5"})
    EXPECT_THROW(parse_instruments(R"({"instruments":[{"name":"EUR_USD","displayPrecision":)" +
                                   std::string(absurd) + "}]}"),
                 tapedeck::Error)
        << absurd;
}

TEST(ParseAccounts, AnIdThatIsNoneIsBadData) {
  EXPECT_EQ(parse_first_account(kAccounts), "101-004-1435156-002");
  EXPECT_THROW(parse_first_account(R"({"accounts":[{"id":"../x"}]})"), tapedeck::Error);
  try {
    parse_first_account(R"({"accounts":[]})");
    ADD_FAILURE();
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_NOT_FOUND);
  }
}

TEST(Refusal, Trap_HtmlIsAnErrorWhateverTheStatus) {
  EXPECT_TRUE(is_html("<!DOCTYPE html><html>"));
  EXPECT_TRUE(is_html("\r\n  <html>"));
  EXPECT_FALSE(is_html("{\"a\":\"<\"}"));
  EXPECT_FALSE(is_html(""));
  EXPECT_EQ(refusal("x", 200, "<html>").code(), TDK_UNAVAILABLE);
  EXPECT_EQ(refusal("x", 502, "<html>").code(), TDK_UNAVAILABLE);
}

TEST(Refusal, StatusesWithoutABodyHaveTheirClassToo) {
  const std::pair<int, tdk_status> table[] = {
      {400, TDK_INVALID_ARGUMENT}, {401, TDK_UNAUTHENTICATED}, {403, TDK_PERMISSION_DENIED},
      {404, TDK_NOT_FOUND},        {429, TDK_RATE_LIMITED},    {500, TDK_UNAVAILABLE},
      {503, TDK_UNAVAILABLE},      {405, TDK_BAD_DATA},        {416, TDK_BAD_DATA}};
  for (const auto &[http, status] : table) {
    EXPECT_EQ(refusal("x", http, "").code(), status) << http;
    EXPECT_EQ(refusal("x", http, "").upstream(), http);
  }
  EXPECT_EQ(refusal("x", 429, "").retry_after_ms(), kRateWaitMs);
}

// One status for all of it, mostly without an errorCode: the words tell.
TEST(Refusal, Trap_A400HasItsClassInItsWords) {
  const std::pair<const char *, tdk_status> table[] = {
      {"Invalid value specified for 'instrument'", TDK_NOT_FOUND},
      {"Invalid value specified for 'instruments'", TDK_NOT_FOUND},
      {"Invalid value specified for 'granularity'", TDK_INVALID_ARGUMENT},
      {"Maximum value for 'count' exceeded", TDK_INVALID_ARGUMENT},
      {"'count' cannot be specified when 'to' and 'from' parameters are set", TDK_INVALID_ARGUMENT},
      {"The request was missing required data", TDK_INVALID_ARGUMENT},
      {"Invalid value specified for 'to'. Time is in the future", TDK_INVALID_ARGUMENT}};
  for (const auto &[said, status] : table) {
    const tapedeck::Error bare = refusal("x", 400, error_body(said));
    EXPECT_EQ(bare.code(), status) << said;
    EXPECT_THAT(bare.what(), HasSubstr(said));
    const std::string coded = R"({"errorCode":"x.y","errorMessage":")" + std::string(said) + "\"}";
    EXPECT_EQ(refusal("x", 400, coded).code(), status) << said;
  }
}

// The page of errors files it under 401, clients expect 403: the words tell.
TEST(Refusal, Trap_AnAccountOfSomebodyElseIs401Or403) {
  for (const int http : {401, 403})
    EXPECT_EQ(refusal("x", http, error_body("The provided request was forbidden.")).code(), TDK_PERMISSION_DENIED)
        << http;
}

TEST(Refusal, Trap_A429MayHaveTheBodyOfTheOldInterface) {
  const tapedeck::Error e = refusal(
      "x", 429, R"({"code":68,"message":"Rate limit violation of newly established connections."})");
  EXPECT_EQ(e.code(), TDK_RATE_LIMITED);
  EXPECT_EQ(e.retry_after_ms(), kRateWaitMs);
  EXPECT_THAT(e.what(), HasSubstr("Rate limit violation"));
}

// Damaged bodies are refused as bad data or read, and nothing else.
TEST(Mutations, OfEveryBody) {
  int refused = 0;
  refused += kit::test::refused_of(3000, candles_body({0, kMinute, 2 * kMinute}, true), [](const std::string &t) {
    ParsedCandles out;
    parse_candles(t, PriceKind::Ask, out);
  });
  refused += kit::test::refused_of(3000, price_line("EUR_USD", "1.10001", "1.10011"), [](const std::string &t) {
    StreamLine out;
    parse_stream_line(t, out);
  });
  refused += kit::test::refused_of(1000, instruments_body(), [](const std::string &t) { parse_instruments(t); });
  EXPECT_GT(refused, 3000);
}

}  // namespace
}  // namespace oanda::test
