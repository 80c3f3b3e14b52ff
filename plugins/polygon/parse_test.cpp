// Bodies of REST, by the traps that are known of them.
#include "parse.hpp"

#include <gmock/gmock.h>

namespace polygon {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kStart = 1'714'564'800'000;  // 2024-05-01T12:00:00Z

AggregatesAsked minutes(Market market = Market::Stocks) {
  return {"test", market, &find_interval({TDK_UNIT_MINUTE, 1}), kStart, kStart + kHourMs, false};
}
AggregatesAsked days(Market market = Market::Stocks) {
  return {"test", market, &find_interval({TDK_UNIT_DAY, 1}), 0, kEndOfTimeMs, false};
}
std::string row(std::int64_t t, const std::string &prices = R"("o":2,"h":4,"l":1,"c":3)", const std::string &more = {}) {
  return "{\"t\":" + std::to_string(t) + "," + prices + more + "}";
}
std::string body(const std::string &rows, const std::string &more = {}) {
  return R"({"status":"OK","results":[)" + rows + "]" + more + "}";
}
std::string refusal_of(const std::string &text, const AggregatesAsked &asked = minutes()) {
  try {
    parse_aggregates(text, asked);
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_BAD_DATA);
    return e.what();
  }
  return "accepted";
}
void expect(const kit::Decimal &d, std::int64_t mantissa, int exp) {
  EXPECT_EQ(d.mantissa, mantissa);
  EXPECT_EQ(d.exp, exp);
}

TEST(Aggregates, PricesAreExactToTheLastDigitOfTheNumber) {
  const auto page = parse_aggregates(
      body(row(kStart, R"("o":11995.88235998666,"h":12340.44936267155,"l":1e-05,"c":174.6701)", R"(,"v":303067.6562332156)")), minutes());
  const kit::ExactCandle &c = page.bars.at(0).candle;
  expect(c.open, 1'199'588'235'998'666, -11);
  expect(c.high, 1'234'044'936'267'155, -11);
  expect(c.low, 1, -5);
  expect(c.close, 1'746'701, -4);
  expect(*c.volume, 3'030'676'562'332'156, -10);
}

TEST(Aggregates, VolumesMayBeWrittenAsFloats) {
  const auto page = parse_aggregates(body(row(kStart, R"("o":2,"h":4,"l":1,"c":3)", R"(,"v":642646396.0,"n":82132)")), minutes());
  expect(*page.bars.at(0).candle.volume, 642'646'396, 0);
  EXPECT_EQ(page.bars.at(0).candle.trades, 82'132);
}

TEST(Aggregates, DelayedIsSuccess) {
  const auto page = parse_aggregates(R"({"status":"DELAYED","results":[)" + row(kStart) + "]}", minutes());
  EXPECT_TRUE(page.delayed);
  EXPECT_EQ(page.bars.size(), 1U);
  EXPECT_THAT(refusal_of(R"({"status":"ERROR","error":"x"})"), HasSubstr("neither OK nor DELAYED"));
}

TEST(Aggregates, EmptyIsAbsentNullOrAnEmptyList) {
  for (const char *empty : {R"({"status":"OK","queryCount":0,"resultsCount":0})", R"({"status":"OK","results":null})",
                            R"({"status":"OK","results":[]})"})
    EXPECT_TRUE(parse_aggregates(empty, minutes()).bars.empty()) << empty;
  EXPECT_THAT(refusal_of(R"({"status":"OK","resultsCount":3})"), HasSubstr("missing")) << "rows were promised";
}

TEST(Aggregates, FewerRowsThanPromisedAreRefused) {
  EXPECT_EQ(refusal_of(body(row(kStart), R"(,"resultsCount":1)")), "accepted");
  EXPECT_THAT(refusal_of(body(row(kStart), R"(,"resultsCount":2)")), HasSubstr("has 1 rows where resultsCount is 2"));
  EXPECT_THAT(refusal_of(body({}, R"(,"resultsCount":2)")), HasSubstr("has 0 rows"));
  EXPECT_EQ(refusal_of(body(row(kStart), R"(,"count":16)")), "accepted") << "that one is not documented";
  EXPECT_EQ(refusal_of(body(row(kStart), R"(,"queryCount":120,"resultsCount":1)")), "accepted") << "minutes that were read";
}

TEST(Aggregates, TimesAndCountsMayBeWrittenAsDoubles) {
  const auto page = parse_aggregates(body(R"({"t":1.7145648E+12,"o":2,"h":4,"l":1,"c":3,"n":7.0})"), minutes());
  EXPECT_EQ(page.bars.at(0).open_ms, kStart);
  EXPECT_EQ(page.bars.at(0).candle.trades, 7);
  EXPECT_THAT(refusal_of(body(R"({"t":1714564800000.5,"o":2,"h":4,"l":1,"c":3})")), HasSubstr("whole number"));
}

TEST(Aggregates, ARefusalWithHttp200HasTheClassOfItsStatus) {
  const auto code = [](const char *text) {
    try {
      parse_aggregates(text, minutes());
    } catch (const tapedeck::Error &e) {
      EXPECT_THAT(e.what(), HasSubstr("the words"));
      return e.code();
    }
    return TDK_OK;
  };
  EXPECT_EQ(code(R"({"status":"NOT_AUTHORIZED","message":"the words"})"), TDK_PERMISSION_DENIED);
  EXPECT_EQ(code(R"({"status":"NOT_FOUND","message":"the words"})"), TDK_NOT_FOUND);
  EXPECT_EQ(code(R"({"status":"ERROR","error":"the words"})"), TDK_BAD_DATA);
}

TEST(Aggregates, IndicesHaveNoVolumeAndNoCount) {
  const auto page = parse_aggregates(body(row(kStart)), minutes(Market::Indices));
  EXPECT_FALSE(page.bars.at(0).candle.volume);
  EXPECT_EQ(page.bars.at(0).candle.trades, TDK_NULL_I64);
}

TEST(Aggregates, ForexCountsQuotesAndHasNoVolume) {
  const auto page = parse_aggregates(body(row(kStart, R"("o":2,"h":4,"l":1,"c":3)", R"(,"v":125,"n":125)")), minutes(Market::Forex));
  EXPECT_FALSE(page.bars.at(0).candle.volume);
  EXPECT_EQ(page.bars.at(0).candle.trades, 125);
}

TEST(Aggregates, ADayIsItsDateWhereverItsMidnightLies) {
  const std::pair<const char *, std::int64_t> midnights[] = {{"New York, summer", 4}, {"New York, winter", 5}, {"Chicago", 6}, {"UTC", 0}};
  const std::int64_t date = kStart - kStart % kDayMs;
  for (const auto &[where, hour] : midnights) {
    const auto page = parse_aggregates(body(row(date + hour * kHourMs)), days());
    EXPECT_EQ(page.bars.at(0).open_ms, date) << where;
    EXPECT_EQ(page.bars.at(0).window_end_ms, date + hour * kHourMs + kDayMs) << where << ": when the vendor is done with it";
  }
  EXPECT_THAT(refusal_of(body(row(date + 20 * kHourMs)), days()), HasSubstr("no start of a bar"))
      << "the end of a day, as /prev has it";
}

TEST(Aggregates, RowsOutOfOrderOutsideOrTwiceAreRefused) {
  EXPECT_THAT(refusal_of(body(row(kStart + kMinuteMs) + "," + row(kStart))), HasSubstr("out of order"));
  EXPECT_THAT(refusal_of(body(row(kStart) + "," + row(kStart))), HasSubstr("results[1].t comes out of order"));
  EXPECT_THAT(refusal_of(body(row(kStart - kMinuteMs))), HasSubstr("outside"));
  EXPECT_THAT(refusal_of(body(row(kStart + kHourMs))), HasSubstr("outside"));
  EXPECT_THAT(refusal_of(body(row(kStart + 1))), HasSubstr("no start of a bar"));
  AggregatesAsked backwards = minutes();
  backwards.newest_first = true;
  EXPECT_EQ(parse_aggregates(body(row(kStart + kMinuteMs) + "," + row(kStart)), backwards).bars.size(), 2U);
}

TEST(Aggregates, PricesOfOtherTypesOrOutsideOfLowAndHighAreRefused) {
  for (const char *prices : {R"("o":"2","h":4,"l":1,"c":3)", R"("o":null,"h":4,"l":1,"c":3)", R"("h":4,"l":1,"c":3)",
                             R"("o":5,"h":4,"l":1,"c":3)", R"("o":2,"h":4,"l":1,"c":0.5)", R"("o":2,"h":4,"l":-1,"c":3)",
                             R"("o":1e99,"h":1e99,"l":1,"c":3)", R"("o":2,"h":1,"l":4,"c":3)"})
    EXPECT_NE(refusal_of(body(row(kStart, prices))), "accepted") << prices;
  EXPECT_NE(refusal_of(body(row(kStart, R"("o":2,"h":4,"l":1,"c":3)", R"(,"v":-1)"))), "accepted");
}

TEST(Aggregates, UnknownFieldsAndKeyOrderDoNotMatter) {
  const auto page = parse_aggregates(
      R"({"results":[{"otc":true,"c":3,"dv":"5.0","l":1,"t":)" + std::to_string(kStart) + R"(,"h":4,"o":2,"x":{"y":[1]}}],"new":1,"status":"OK"})", minutes());
  EXPECT_EQ(page.bars.size(), 1U);
}

TEST(Aggregates, WhatIsNoJsonIsRefused) {
  for (const char *bad : {"", "[]", "null", "<html></html>", "v,vw,o,c,h,l,t,n\n1,2,2,3,4,1,1714564800000,1", "{", R"({"status":"OK","results":{}})", R"({"status":"OK","results":[1]})", R"({"results":[]})"})
    EXPECT_NE(refusal_of(bad), "accepted") << bad;
}

TEST(Snapshots, LettersThatDifferByCaseOnlyAreBidAndAsk) {
  const auto all = parse_snapshots(
      R"({"status":"OK","ticker":{"ticker":"AAPL","lastQuote":{"P":120.47,"S":4,"p":120.46,"s":8,"t":1605195918507251700},)"
      R"("lastTrade":{"c":null,"p":120.465,"s":236,"t":1605195918306274000},"day":{"v":28727868}}})");
  ASSERT_EQ(all.size(), 1U);
  expect(*all[0].bid, 12'046, -2);
  expect(*all[0].ask, 12'047, -2);
  expect(*all[0].bid_size, 8, 0);
  expect(*all[0].ask_size, 4, 0);
  expect(*all[0].last, 120'465, -3);
  EXPECT_EQ(all[0].time_ns, 1'605'195'918'507'251'700) << "the newest, in ns";
}

TEST(Snapshots, ObjectsMayBeZeroOrMissing) {
  const auto all = parse_snapshots(
      R"({"status":"OK","tickers":[{"ticker":"X","day":{"v":0},"lastQuote":{"P":0,"S":0,"p":0,"s":0,"t":0},"updated":0}]})");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].bid || all[0].ask || all[0].last || all[0].volume || all[0].bid_size);
  EXPECT_EQ(all[0].time_ns, 0);
}

TEST(Snapshots, ErrorsComeInsideOfTheResults) {
  const auto all = parse_snapshots(
      R"({"results":[{"ticker":"I:SPX","value":3822.39,"last_updated":1679597116344223500},{"ticker":"APx","error":"NOT_FOUND","message":"m"}]})");
  ASSERT_EQ(all.size(), 2U);
  expect(*all[0].last, 382'239, -2);
  EXPECT_EQ(all[1].error, "NOT_FOUND");
  EXPECT_THROW(parse_snapshots(R"({"status":"OK"})"), tapedeck::Error);
}

TEST(Tickers, OfMarketsThatAreNotOfferedAreLeftOut) {
  const auto page = parse_tickers(
      R"({"status":"OK","results":[{"ticker":"O:X","market":"options","name":"o"},{"ticker":"C:EURUSD","market":"fx","name":"n",)"
      R"("currency_symbol":"USD","base_currency_symbol":"EUR","active":false}],"next_url":"https://x/y"})");
  ASSERT_EQ(page.rows.size(), 1U);
  EXPECT_EQ(page.rows[0].base, "EUR");
  EXPECT_FALSE(page.rows[0].active);
  EXPECT_EQ(page.next_url, "https://x/y");
}

}  // namespace
}  // namespace polygon
