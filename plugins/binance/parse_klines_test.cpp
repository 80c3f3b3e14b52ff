#include "parse.hpp"
#include "testdata.hpp"

#include <tapedeck/layer/core.hpp>

#include <gmock/gmock.h>

namespace binance {
namespace {

using testdata::klines_body;
using testing::HasSubstr;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kFirst = 1'499'040'000'000;  // a Monday, 00:00 UTC

KlinesAsked asked(tdk_interval id = {TDK_UNIT_MINUTE, 1}) {
  return {"BTCUSDT", &find_interval(id), kFirst, kFirst + 100 * kMinute, 100};
}

std::string refused(std::string_view body, const KlinesAsked &a = asked()) {
  Klines out;
  try {
    parse_klines(body, a, out);
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_BAD_DATA);
    return e.what();
  }
  return "accepted";
}

struct Fields {
  std::string open_time = "1499040000000", open = "\"2.00000000\"", high = "\"4.00000000\"";
  std::string low = "\"1.00000000\"", close = "\"3.00000000\"", volume = "\"5.00000000\"";
  std::string close_time = "1499040059999", turnover = "\"6.00000000\"", trades = "7";
};
std::string row(const Fields &f) {
  return "[" + f.open_time + "," + f.open + "," + f.high + "," + f.low + "," + f.close + "," +
         f.volume + "," + f.close_time + "," + f.turnover + "," + f.trades + ",\"8\",\"9\",\"0\"]";
}
std::string body(const Fields &f) { return "[" + row(f) + "]"; }

TEST(ParseKlines, ReadsEveryColumnExactly) {
  Klines out;
  parse_klines(
      R"([[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",)"
      R"(1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]])",
      {"BNBBTC", &find_interval({TDK_UNIT_WEEK, 1}), kFirst, kFirst + 1, 1}, out);
  ASSERT_EQ(out.count, 1U);
  EXPECT_EQ(out.column[Klines::kOpenTime][0], 1'499'040'000'000'000'000);
  EXPECT_EQ(out.column[Klines::kOpen][0], 1'634'790);
  EXPECT_EQ(out.column[Klines::kHigh][0], 80'000'000);
  EXPECT_EQ(out.column[Klines::kLow][0], 1'575'800);
  EXPECT_EQ(out.column[Klines::kClose][0], 1'577'100);
  EXPECT_EQ(out.column[Klines::kVolume][0], 14'897'611'427'815);
  EXPECT_EQ(out.column[Klines::kTurnover][0], 243'419'055'334);
  EXPECT_EQ(out.column[Klines::kTrades][0], 308);
  EXPECT_EQ(out.close_time[0], 1'499'644'799'999'000'000);
  EXPECT_EQ(out.price_exp, -8);
}

TEST(ParseKlines, AnEmptyListIsNoRows) {
  Klines out;
  parse_klines(" [] ", asked(), out);
  EXPECT_EQ(out.count, 0U);
}

TEST(ParseKlines, ReusesColumnsFromPageToPage) {
  Klines out;
  parse_klines(klines_body(kFirst, kMinute, 50), asked(), out);
  parse_klines(klines_body(kFirst, kMinute, 2), asked(), out);
  EXPECT_EQ(out.count, 2U);
}

TEST(ParseKlines, TakesACoarserExponentForVolumesBeyondInt64) {
  Fields f;
  f.volume = "\"12345678901234.50000000\"";
  f.turnover = "\"92233720368.54775808\"";
  f.open = "\"2.5\"";
  std::string text = body(f);
  Klines out;
  EXPECT_THAT(refused(text), HasSubstr("quote volume is more precise than 10^-7"));
  f.turnover = "\"92233720368.54775807\"";
  parse_klines(body(f), asked(), out);
  EXPECT_EQ(out.volume_exp, -5);
  EXPECT_EQ(out.column[Klines::kVolume][0], 1'234'567'890'123'450'000);
  EXPECT_EQ(out.turnover_exp, -8);
  EXPECT_EQ(out.column[Klines::kTurnover][0], std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(out.column[Klines::kOpen][0], 250'000'000);
}

TEST(ParseKlines, KeepsOneExponentForAllRowsOfAPage) {
  Fields small, large;
  small.volume = "\"1.20000000\"";
  large.volume = "\"400000000000.00000000\"";
  large.open_time = "1499040060000";
  large.close_time = "1499040119999";
  Klines out;
  parse_klines("[" + row(small) + "," + row(large) + "]", asked(), out);
  EXPECT_EQ(out.volume_exp, -7);
  EXPECT_EQ(out.column[Klines::kVolume][0], 12'000'000);
  EXPECT_EQ(out.column[Klines::kVolume][1], 4'000'000'000'000'000'000);
}

TEST(ParseKlines, MonthsCloseWithTheirLastDay) {
  Fields f;
  f.open_time = "1580515200000";   // 2020-02-01
  f.close_time = "1583020799999";  // 2020-02-29T23:59:59.999
  const KlinesAsked months{"BTCUSDT", &find_interval({TDK_UNIT_MONTH, 1}), 0, kFirst * 2, 5};
  Klines out;
  parse_klines(body(f), months, out);
  EXPECT_EQ(out.count, 1U);
  f.open_time = "1580601600000";  // 2020-02-02
  EXPECT_THAT(refused(body(f), months), HasSubstr("not the start of an interval"));
}

TEST(ParseKlines, RefusesWhatItCannotUseAndSaysWhatItSaw) {
  using Change = void (*)(Fields &);
  const std::pair<Change, const char *> table[] = {
      {[](Fields &f) { f.open_time = "1499040000001"; },
       "row 0: open time 1499040000001 is not the start"},
      {[](Fields &f) { f.open_time = "1499039940000"; }, "outside the asked range"},
      {[](Fields &f) { f.open_time = "\"1499040000000\""; },
       "open time is a string: '1499040000000'"},
      {[](Fields &f) { f.open_time = "1499040000000.5"; }, "open time is not a whole number"},
      {[](Fields &f) { f.open_time = "-60000"; }, "open time is negative"},
      {[](Fields &f) { f.open_time = "99999999999999999999"; }, "open time is "},
      {[](Fields &f) { f.close_time = "1499040060000"; },
       "close time is 1499040060000, not 1499040059999"},
      {[](Fields &f) { f.close_time = "null"; }, "close time is null"},
      {[](Fields &f) { f.open = "2.0"; }, "open is not a whole number"},
      {[](Fields &f) { f.open = "2"; }, "open is the number 2"},
      {[](Fields &f) { f.open = "\"5.00000000\""; },
       "open 500000000 is outside low 100000000 to high"},
      {[](Fields &f) { f.close = "\"0.99999999\""; }, "close 99999999 is outside low"},
      {[](Fields &f) { f.high = "\"1.5\""; }, "is outside low 100000000 to high 150000000"},
      {[](Fields &f) { f.low = "\"-1.0\""; }, "low is not a decimal: '-1.0'"},
      {[](Fields &f) { f.low = "\"1.000000001\""; },
       "low is more precise than 10^-8: '1.000000001'"},
      {[](Fields &f) { f.low = "\"\""; }, "low is not a decimal: ''"},
      {[](Fields &f) { f.low = "\"1e3\""; }, "low is not a decimal: '1e3'"},
      {[](Fields &f) { f.volume = "\"-5.00000000\""; }, "volume is not a decimal: '-5.00000000'"},
      {[](Fields &f) { f.volume = "\"99999999999999999999\""; },
       "volume is larger than int64 at 10^0"},
      {[](Fields &f) { f.volume = "[]"; }, "an array where a value should be"},
      {[](Fields &f) { f.turnover = "{}"; }, "an object where an array should be"},
      {[](Fields &f) { f.trades = "\"7\""; }, "trades is a string: '7'"},
      {[](Fields &f) { f.trades = "-1"; }, "trades is negative: -1"},
      {[](Fields &f) { f.trades = "true"; }, "trades is a boolean"},
  };
  for (const auto &[change, text] : table) {
    Fields f;
    change(f);
    const std::string said = refused(body(f));
    EXPECT_THAT(said, HasSubstr(text));
    EXPECT_THAT(said, testing::StartsWith("binance klines of BTCUSDT 1m: "));
  }
}

TEST(ParseKlines, RefusesOtherShapes) {
  const std::pair<const char *, const char *> table[] = {
      {"<html><body>502 Bad Gateway</body>", "it begins with '<html><body>502 Bad Gateway</body>'"},
      {"", "not JSON"},
      {"[[1499040000000,\"2.0", "row 0: a string without an end"},
      {"{\"code\":-1,\"msg\":\"x\"}", "the answer is an object where an array should be"},
      {"7", "the answer is a number where an array should be"},
      {"\"x\"", "the answer is a string where an array should be"},
      {"null", "the answer is null where an array should be"},
      {"[7]", "row 0: a number where an array should be"},
      {"[[]]", "row 0: 0 fields, not 12"},
      {"[[1499040000000", "not JSON (incomplete JSON"},
      {"[[[[[", "row 0: an array where a value should be"},
      {"[][]", "not JSON (more after the end at byte 2)"},
      {"[\xff\xfe", "begins with '[\?\?'"},
  };
  for (const auto &[text, why] : table) EXPECT_THAT(refused(text), HasSubstr(why)) << text;
}

TEST(ParseKlines, RefusesTimesThatNanosecondsCannotHold) {
  Fields f;
  f.open_time = "9223372036800000";
  const KlinesAsked ever{"BTCUSDT", &find_interval({TDK_UNIT_MINUTE, 1}), 0, INT64_MAX, 5};
  EXPECT_THAT(refused(body(f), ever), HasSubstr("outside the asked range"));
}

TEST(ParseKlines, RefusesDuplicateAndUnorderedRows) {
  EXPECT_THAT(refused("[" + row({}) + "," + row({}) + "]"),
              HasSubstr("row 1: open time 1499040000000 does not come after 1499040000000"));
}

TEST(ParseKlines, RefusesMoreRowsThanAsked) {
  EXPECT_THAT(refused(klines_body(kFirst, kMinute, 101)),
              HasSubstr("row 100: one row more than the 100 asked for"));
}

}  // namespace
}  // namespace binance
