// Candles against a vendor scripted after section 4 of its reference. Each trap in it is a test.
#include "test_vendor.hpp"
#include "times.hpp"

#include <gmock/gmock.h>

namespace twelvedata::test {
namespace {

using kit::test::fetch_candles;
using kit::test::parameter;
using testing::HasSubstr;

constexpr std::int64_t kFlat = 10'000;  // rows
constexpr const char *kPrices = R"("open":"2.0","high":"3.0","low":"1.0","close":"2.5")";

class HistoryTest : public testing::Test {
 protected:
  HistoryTest() {
    bench.host.answer = [this](const std::string &url) { return vendor(url); };
  }
  std::int64_t slot(std::int64_t n) const { return vendor.first_s + n * kQuarter; }
  kit::test::Candles fetch(const CandlesAsked &rq) { return fetch_candles(bench.provider(), rq); }
  kit::test::Candles fetch_one(const std::string &body) {
    bench.answers(200, body);
    return fetch(asked(0, 4 * kQuarter));
  }
  static CandlesAsked daily(std::int64_t from_s, std::int64_t to_s) {
    CandlesAsked out = asked(from_s, to_s);
    out.interval = {TDK_UNIT_DAY, 1};
    return out;
  }
  ScriptedVendor vendor;
  Bench bench;
};

TEST_F(HistoryTest, ARangeThatFitsIsOnePage) {
  const auto got = fetch(asked(slot(10), slot(110)));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 100U);
  EXPECT_EQ(got.rows.front().open_time, slot(10) * kSecondNs);
  EXPECT_EQ(got.rows.back().open_time, slot(109) * kSecondNs);
  EXPECT_EQ(bench.host.requests.size(), 1U);
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1m"), 1U);
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1d"), 1U);
}

TEST_F(HistoryTest, UtcIsAskedForAlwaysIntraday) {
  fetch(asked(slot(0), slot(5)));
  const std::string &url = bench.host.requests.at(0).url;
  EXPECT_EQ(parameter(url, "timezone"), "UTC");
  EXPECT_EQ(parameter(url, "symbol"), "XAU%2FUSD");
  EXPECT_EQ(parameter(url, "start_date"), date_time_text(slot(0)));
  EXPECT_EQ(parameter(url, "end_date"), date_time_text(slot(5) - 1)) << "inclusive";
}

TEST_F(HistoryTest, AnAnswerInSydneysTimeIsRefused) {
  vendor.shift_s = 10 * 3'600;
  const auto got = fetch(asked(slot(10), slot(20)));
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  EXPECT_THAT(got.text(), HasSubstr("another time zone"));
  EXPECT_TRUE(got.rows.empty());
}

TEST_F(HistoryTest, SydneysTimeIsNoticedInLongBarsToo) {
  for (const std::uint32_t hours : {4U, 8U}) {
    const std::string name = std::to_string(hours) + "h";
    bench.answers(
        200, series_body({row("1970-01-02 02:00:00", kPrices), row("1970-01-02 22:00:00", kPrices)},
                         name));
    CandlesAsked rq = asked(0, kDaySeconds + 20 * 3'600);
    rq.interval = {TDK_UNIT_HOUR, hours};
    EXPECT_THAT(fetch(rq).text(), HasSubstr("another time zone")) << name;
  }
}

TEST_F(HistoryTest, TheKeyTravelsInAHeaderNotInTheAddress) {
  fetch(asked(slot(0), slot(5)));
  EXPECT_EQ(kit::test::header(bench.host.requests.at(0), "Authorization"), "apikey k3y");
  EXPECT_THAT(bench.host.requests.at(0).url, testing::Not(HasSubstr("k3y")));
}

TEST_F(HistoryTest, AWindowWithoutBarsIsAnError400AndHereNoRows) {
  for (const bool as_200 : {false, true}) {
    vendor.errors_as_200 = as_200;
    vendor.hole_from_s = slot(0);
    vendor.hole_to_s = slot(100);
    const auto got = fetch(asked(slot(10), slot(20)));
    EXPECT_EQ(got.status, TDK_OK) << got.text();
    EXPECT_TRUE(got.rows.empty());
  }
}

TEST_F(HistoryTest, EmptyValuesAreNoRowsToo) {
  const auto got = fetch_one(R"({"meta":{},"values":[],"status":"ok"})");
  EXPECT_EQ(got.status, TDK_OK) << got.text();
}

TEST_F(HistoryTest, OutputsizeKeepsTheNewestSoPagesGoBackwards) {
  const auto got = fetch(asked(slot(0), slot(kFlat + 3)));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), std::size_t{kFlat + 3});
  for (std::int64_t i = 0; i < kFlat + 3; ++i)
    ASSERT_EQ(got.rows[static_cast<std::size_t>(i)].open_time, slot(i) * kSecondNs) << i;
  ASSERT_EQ(bench.host.requests.size(), 3U);
  EXPECT_EQ(parameter(bench.host.requests[1].url, "end_date"), date_time_text(slot(5'003) - 1));
  for (const auto &rq : bench.host.requests)
    EXPECT_LE(std::stoll(parameter(rq.url, "outputsize")), 5'000);
}

TEST_F(HistoryTest, AFullPageCostsOneCreditAsASingleRowDoes) {
  EXPECT_EQ(fetch(asked(slot(0), slot(5'000))).rows.size(), 5'000U);
  ASSERT_EQ(bench.host.requests.size(), 1U);
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1m"), 1U);
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1d"), 1U);
}

TEST_F(HistoryTest, NoDataBehindAFullPageIsTheEndAndNoError) {
  const auto got = fetch(asked(slot(-10), slot(kFlat)));
  EXPECT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.rows.size(), std::size_t{kFlat});
  EXPECT_EQ(bench.host.requests.size(), 3U);
}

TEST_F(HistoryTest, AStretchWithoutBarsCostsNoPage) {
  vendor.hole_from_s = slot(100);
  vendor.hole_to_s = slot(15'000);
  const auto got = fetch(asked(slot(0), slot(15'100)));
  EXPECT_EQ(got.rows.size(), 200U);
  EXPECT_EQ(bench.host.requests.size(), 1U) << "the page is not full, so it was the last";
}

TEST_F(HistoryTest, TheNewestOfALargeRangeNeedOnePage) {
  const auto got = fetch(asked(slot(0), slot(kFlat), 10, TDK_CANDLES_NEWEST));
  ASSERT_EQ(got.rows.size(), 10U);
  EXPECT_EQ(got.rows.back().open_time, slot(kFlat - 1) * kSecondNs);
  EXPECT_EQ(bench.host.requests.size(), 1U);
}

TEST_F(HistoryTest, TheOldestOfALargeRangeComeInWindows) {
  const auto got = fetch(asked(slot(0), slot(kFlat), 10));
  ASSERT_EQ(got.rows.size(), 10U);
  EXPECT_EQ(got.rows.front().open_time, slot(0) * kSecondNs);
  EXPECT_EQ(bench.host.requests.size(), 1U);
}

TEST_F(HistoryTest, TheEndOfDatesMayBeExclusiveOrNot) {
  vendor.step_s = kDaySeconds;
  vendor.first_s = kNow - kNow % kDaySeconds - 100 * kDaySeconds;
  for (const bool inclusive : {false, true}) {
    vendor.inclusive_dates = inclusive;
    const std::int64_t from = vendor.first_s + 5 * kDaySeconds;
    const auto got = fetch(daily(from, from + 10 * kDaySeconds));
    ASSERT_EQ(got.rows.size(), 10U) << inclusive << got.text();
    EXPECT_EQ(got.rows.front().open_time, from * kSecondNs);
  }
  EXPECT_EQ(parameter(bench.host.requests.at(0).url, "timezone"), "") << "it is ignored there";
}

TEST_F(HistoryTest, TheFormingBarIsMarkedThoughNothingTellsIt) {
  const auto got = fetch(asked(kNow - kNow % kQuarter - 10 * kQuarter, kNow));
  ASSERT_EQ(got.rows.size(), 11U);
  EXPECT_EQ(got.rows[10].state, std::uint32_t{TDK_CANDLE_FORMING});
  EXPECT_EQ(got.rows[9].state, 0U) << "closed 10 minutes ago";
}

TEST_F(HistoryTest, ABarIsFormingUntilItsLateWordsCanHaveCome) {
  const std::int64_t boundary = kNow - kNow % kQuarter;
  for (const auto &[after_s, state] :
       {std::pair{130, std::uint32_t{TDK_CANDLE_FORMING}}, std::pair{151, std::uint32_t{0}}}) {
    bench.host.now_ns = (boundary + after_s) * kSecondNs;
    const auto got = fetch(asked(boundary - 2 * kQuarter, boundary));
    ASSERT_EQ(got.rows.size(), 2U);
    EXPECT_EQ(got.rows[1].state, state) << after_s;
  }
}

TEST_F(HistoryTest, AHostsClockThatIsAheadClosesNothing) {
  const std::int64_t boundary = kNow - kNow % kQuarter;
  bench.host.now_ns = (boundary + 5 * kQuarter) * kSecondNs;
  bench.host.answer = [&](const std::string &url) {
    Answer answer = vendor(url);
    answer.headers.emplace_back("Date", "Fri, 04 Sep 2026 03:10:00 GMT");
    return answer;
  };
  const auto got = fetch(asked(boundary - kQuarter, boundary + kQuarter));
  ASSERT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(got.rows[0].state, 0U);
  EXPECT_EQ(got.rows[1].state, std::uint32_t{TDK_CANDLE_FORMING});
}

TEST_F(HistoryTest, ForexHasNoVolumeAndItStaysUnknown) {
  const auto got = fetch_one(series_body({row("1970-01-01 00:15:00", kPrices)}));
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].volume, TDK_NULL_I64);
}

TEST_F(HistoryTest, AnyFieldMayBeNullOrLeftOutSaveTimeAndPrices) {
  const std::string prices = kPrices;
  for (const std::string volume : {"", R"(,"volume":null)", R"(,"volume":"")"}) {
    const auto got = fetch_one(
        R"({"meta":{"symbol":null,"interval":null,"exchange":null,"mic_code":null},"values":[)" +
        row("1970-01-01 00:15:00", prices + volume) + R"(],"status":null})");
    ASSERT_EQ(got.rows.size(), 1U) << volume << got.text();
    EXPECT_EQ(got.rows[0].volume, TDK_NULL_I64) << volume;
  }
  EXPECT_EQ(fetch_one(R"({"meta":null,"values":[)" + row("1970-01-01 00:15:00", prices) + "]}")
                .rows.size(),
            1U);
}

TEST_F(HistoryTest, PricesAreTextsOrNumbersWithAnyTrailingZeros) {
  const auto texts = fetch_one(series_body(
      {row("1970-01-01 00:15:00",
           R"("open":"148.73500","high":"148.860","low":"148.73","close":"148.85001")")}));
  const auto numbers = fetch_one(series_body({row(
      "1970-01-01 00:15:00", R"("open":148.735,"high":148.86,"low":148.73,"close":148.85001)")}));
  for (const auto &got : {texts, numbers}) {
    ASSERT_EQ(got.rows.size(), 1U) << got.text();
    EXPECT_EQ(got.rows[0].price_exp, -5);
    EXPECT_EQ(got.rows[0].open, 14'873'500);
    EXPECT_EQ(got.rows[0].high, 14'886'000);
    EXPECT_EQ(got.rows[0].close, 14'885'001);
  }
}

TEST_F(HistoryTest, VolumeOfCryptoIsThereOrNot) {
  CandlesAsked rq = asked(0, 4 * kQuarter);
  rq.symbol = "BTC/USD";
  rq.price_type = TDK_PRICE_TRADE;
  for (const bool there : {false, true}) {
    const std::string volume = there ? R"(,"volume":"12.5")" : "";
    bench.answers(200,
                  series_body({row("1970-01-01 00:15:00", kPrices + volume)}, "15min", "BTC/USD"));
    const auto got = fetch(rq);
    ASSERT_EQ(got.rows.size(), 1U) << got.text();
    EXPECT_EQ(got.rows[0].volume, there ? 1'250 : TDK_NULL_I64);
  }
}

TEST_F(HistoryTest, ARestatedBarIsReadAnew) {
  fetch_one(series_body({row("1970-01-01 00:15:00", kPrices)}));
  const auto again = fetch_one(series_body(
      {row("1970-01-01 00:15:00", R"("open":"2","high":"3","low":"1","close":"1.5")")}));
  ASSERT_EQ(again.rows.size(), 1U) << again.text();
  EXPECT_EQ(again.rows[0].close, 150'000);
}

TEST_F(HistoryTest, BothOrdersOfTimeAreRead) {
  const std::string early = row("1970-01-01 00:15:00", kPrices);
  const std::string late = row("1970-01-01 00:30:00", kPrices);
  for (const auto &rows : {std::vector{early, late}, std::vector{late, early}}) {
    const auto got = fetch_one(series_body(rows));
    ASSERT_EQ(got.rows.size(), 2U) << got.text();
    EXPECT_EQ(got.rows[0].open_time, 900 * kSecondNs);
  }
}

TEST_F(HistoryTest, ACloseAHairAboveTheHighWidensIt) {
  const auto got = fetch_one(
      series_body({row("1970-01-01 00:15:00",
                       R"("open":"309.5","high":"309.60","low":"309.1","close":"309.60001")")}));
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].high, got.rows[0].close);
  EXPECT_EQ(got.rows[0].close, 30'960'001);
  EXPECT_EQ(got.rows[0].price_exp, -5);
}

TEST_F(HistoryTest, StockHoursOpenAtHalfPastSoTheyAreSumsOfHalfHours) {
  bench.answers(
      200, series_body({row("2025-10-28 13:30:00",
                            R"("open":"2.0","high":"3.0","low":"1.5","close":"2.5","volume":"10")"),
                        row("2025-10-28 14:00:00",
                            R"("open":"2.5","high":"2.75","low":"1.25","close":"2","volume":"20")"),
                        row("2025-10-28 14:30:00",
                            R"("open":"2","high":"4","low":"1.875","close":"3.5","volume":"30")")},
                       "30min", "SPY"));
  CandlesAsked rq = asked(*parse_date_time("2025-10-28"), *parse_date_time("2025-10-29"));
  rq.symbol = "SPY";
  rq.interval = {TDK_UNIT_HOUR, 1};
  rq.price_type = TDK_PRICE_TRADE;
  const auto got = fetch(rq);
  ASSERT_EQ(got.rows.size(), 2U) << got.text();
  EXPECT_EQ(parameter(bench.host.requests.at(0).url, "interval"), "30min");
  EXPECT_EQ(parameter(bench.host.requests.at(0).url, "adjust"), "none")
      << "the vendor's default is splits";
  EXPECT_EQ(got.rows[0].open_time, *parse_date_time("2025-10-28 13:00:00") * kSecondNs);
  EXPECT_EQ(got.rows[1].open_time, *parse_date_time("2025-10-28 14:00:00") * kSecondNs);
  EXPECT_EQ(got.rows[1].price_exp, -5);
  EXPECT_EQ(got.rows[1].open, 250'000);
  EXPECT_EQ(got.rows[1].high, 400'000);
  EXPECT_EQ(got.rows[1].low, 125'000);
  EXPECT_EQ(got.rows[1].close, 350'000);
  EXPECT_EQ(got.rows[1].volume, 50'00);
}

TEST_F(HistoryTest, SumsKeepLimitsEndsAndTheFormingOne) {
  vendor.step_s = 1'800;
  vendor.first_s = kNow - kNow % 3'600 - 100 * 3'600;
  vendor.hole_from_s =
      kNow - kNow % 3'600 + 1'800;  // the second half of this hour is not there yet
  vendor.hole_to_s = kNow;
  vendor.name = "30min";
  CandlesAsked rq = asked(vendor.first_s, kNow - kNow % 3'600 + 3'600);
  rq.symbol = "AAPL";
  rq.interval = {TDK_UNIT_HOUR, 1};
  rq.price_type = TDK_PRICE_TRADE;
  vendor.symbol = "AAPL";
  const auto all = fetch(rq);
  ASSERT_EQ(all.rows.size(), 101U) << all.text();
  EXPECT_EQ(all.rows[100].state, std::uint32_t{TDK_CANDLE_FORMING});
  EXPECT_EQ(all.rows[99].state, 0U);
  rq.limit = 3;
  const auto oldest = fetch(rq);
  ASSERT_EQ(oldest.rows.size(), 3U) << oldest.text();
  EXPECT_EQ(oldest.rows[2].close, all.rows[2].close);
  rq.flags = TDK_CANDLES_NEWEST;
  const auto newest = fetch(rq);
  ASSERT_EQ(newest.rows.size(), 3U) << newest.text();
  EXPECT_EQ(newest.rows[0].open, all.rows[98].open);
}

TEST_F(HistoryTest, LongBarsOffTheGridAreSummedOfFinerOnes) {
  bench.host.answer = [](const std::string &url) {
    const bool coarse = parameter(url, "interval") == "4h";
    return Answer{200,
                  coarse ? series_body({row("1970-01-01 02:00:00", kPrices)}, "4h")
                         : series_body({row("1970-01-01 03:00:00", kPrices),
                                        row("1970-01-01 04:00:00", kPrices)},
                                       "1h"),
                  {},
                  TDK_OK};
  };
  CandlesAsked rq = asked(0, kDaySeconds);
  rq.interval = {TDK_UNIT_HOUR, 4};
  const auto got = fetch(rq);
  ASSERT_EQ(got.rows.size(), 2U) << got.text();
  EXPECT_EQ(got.rows[0].open_time, 0);
  EXPECT_EQ(got.rows[1].open_time, 4 * 3'600 * kSecondNs);
}

TEST_F(HistoryTest, WeeksLabelledByAnotherDayAreSummedOfDays) {
  bench.host.answer = [](const std::string &url) {
    const bool weeks = parameter(url, "interval") == "1week";
    return Answer{
        200,
        weeks ? series_body({row("1970-01-11", kPrices)}, "1week")  // a Sunday
              : series_body({row("1970-01-05", kPrices), row("1970-01-11", kPrices)}, "1day"),
        {},
        TDK_OK};
  };
  CandlesAsked rq = asked(4 * kDaySeconds, 11 * kDaySeconds);
  rq.interval = {TDK_UNIT_WEEK, 1};
  const auto got = fetch(rq);
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].open_time, 4 * kDaySeconds * kSecondNs) << "a Monday";
}

TEST_F(HistoryTest, WeekendBarsArePassedOn) {
  const auto got = fetch_one(series_body({row("1970-01-03 00:15:00", kPrices)}));  // a Saturday
  EXPECT_EQ(got.status, TDK_BAD_DATA) << "it lies far outside of the range";
  bench.answers(200, series_body({row("1970-01-03 00:15:00", kPrices)}));
  EXPECT_EQ(fetch(asked(2 * kDaySeconds, 3 * kDaySeconds)).rows.size(), 1U);
}

TEST_F(HistoryTest, StatusIsNotNeededForSuccess) {
  const auto got = fetch_one("{\"values\":[" + row("1970-01-01 00:15:00", kPrices) + "]}");
  EXPECT_EQ(got.rows.size(), 1U) << got.text();
}

TEST_F(HistoryTest, WhatCannotBeUsedIsRefusedWithItsPlace) {
  struct Row {
    const char *name;
    std::string body;
    const char *why;
  };
  const std::string good = row("1970-01-01 00:15:00", kPrices);
  const Row table[] = {
      {"no rows", R"({"status":"ok"})", "values is missing"},
      {"html", "<html>", "not JSON"},
      {"array", "[]", "is not an object"},
      {"empty", "", "not JSON"},
      {"twice", series_body({good, good}), "values[1].datetime is out of order"},
      {"zigzag",
       series_body({row("1970-01-01 00:15:00", kPrices), row("1970-01-01 00:45:00", kPrices),
                    row("1970-01-01 00:30:00", kPrices)}),
       "values[2].datetime is out of order"},
      {"other symbol", series_body({good}, "15min", "EUR/USD"), "asked for was XAU/USD"},
      {"other interval", series_body({good}, "1min"), "asked for was 15min"},
      {"no time", series_body({row("yesterday", kPrices)}), "values[0].datetime is no date"},
      {"no close", series_body({row("1970-01-01 00:15:00", R"("open":"1","high":"1","low":"1")")}),
       "values[0].close is missing"},
      {"a word",
       series_body({row("1970-01-01 00:15:00", R"("open":"x","high":"1","low":"1","close":"1")")}),
       "values[0].open is not a decimal: 'x'"},
      {"close outside",
       series_body(
           {row("1970-01-01 00:15:00", R"("open":"1","high":"1","low":"1","close":"1.001")")}),
       "values[0].close is above the high by more than rounding"},
      {"low above high",
       series_body({row("1970-01-01 00:15:00", R"("open":"1","high":"1","low":"2","close":"1")")}),
       "low above its high"},
      {"volume",
       series_body({row("1970-01-01 00:15:00", std::string(kPrices) + R"(,"volume":"-1")")}),
       "volume is negative"},
  };
  for (const Row &r : table) {
    const auto got = fetch_one(r.body);
    EXPECT_EQ(got.status, TDK_BAD_DATA) << r.name;
    EXPECT_THAT(got.text(), HasSubstr(r.why)) << r.name;
    EXPECT_TRUE(got.rows.empty()) << r.name;
  }
}

TEST_F(HistoryTest, AdjustIsSaidAlwaysBecauseItsDefaultIsSplits) {
  bench.answers(200, R"({"values":[]})");
  for (const auto &[adjustment, word] :
       {std::pair{TDK_ADJ_RAW, "none"}, {TDK_ADJ_SPLIT, "splits"}, {TDK_ADJ_ALL, "all"}}) {
    CandlesAsked rq = asked(0, kQuarter);
    rq.symbol = "AAPL";
    rq.price_type = TDK_PRICE_TRADE;
    rq.adjustment = static_cast<std::uint32_t>(adjustment);
    fetch(rq);
    EXPECT_EQ(parameter(bench.host.requests.back().url, "adjust"), word);
  }
}

TEST_F(HistoryTest, IntervalsTheVendorLacksAreRefusedWithoutARequest) {
  for (const tdk_interval interval : {tdk_interval{TDK_UNIT_MINUTE, 3},
                                      {TDK_UNIT_MINUTE, 10},
                                      {TDK_UNIT_HOUR, 5},
                                      {TDK_UNIT_HOUR, 12}}) {
    CandlesAsked rq = asked(0, kDaySeconds);
    rq.interval = interval;
    const auto got = fetch(rq);
    EXPECT_EQ(got.status, TDK_INVALID_ARGUMENT);
    EXPECT_THAT(got.text(), HasSubstr("offered are 1min 5min"));
  }
  EXPECT_TRUE(bench.host.requests.empty());
}

TEST_F(HistoryTest, PriceTypesFollowTheAssetClass) {
  struct Row {
    const char *symbol;
    std::uint32_t price_type;
    tdk_status status;
  };
  const Row table[] = {{"EUR/USD", TDK_PRICE_TRADE, TDK_NOT_SUPPORTED},
                       {"EUR/USD", TDK_PRICE_BID, TDK_NOT_SUPPORTED},
                       {"XAU/USD", TDK_PRICE_MID, TDK_OK},
                       {"BTC/USD", TDK_PRICE_TRADE, TDK_OK},
                       {"BTC/USD", TDK_PRICE_MID, TDK_NOT_SUPPORTED},
                       {"AAPL", TDK_PRICE_TRADE, TDK_OK},
                       {"AAPL", TDK_PRICE_MID, TDK_NOT_SUPPORTED}};
  bench.answers(200, R"({"values":[]})");
  for (const Row &r : table) {
    CandlesAsked rq = asked(0, kQuarter);
    rq.symbol = r.symbol;
    rq.price_type = r.price_type;
    EXPECT_EQ(fetch(rq).status, r.status) << r.symbol << " " << r.price_type;
  }
}

TEST_F(HistoryTest, EarliestOfDatesIsTheDateNotTheTimeOfTheOpening) {
  bench.answers(200, R"({"datetime":"1980-12-12","unix_time":345479400})");
  CandlesAsked rq = daily(0, 1);
  rq.symbol = "AAPL";
  rq.price_type = TDK_PRICE_TRADE;
  EXPECT_EQ(kit::test::earliest(bench.provider(), rq).time, 345'427'200 * kSecondNs);
  rq.interval = {TDK_UNIT_MINUTE, 1};
  EXPECT_EQ(kit::test::earliest(bench.provider(), rq).time, 345'479'400 * kSecondNs);
  EXPECT_EQ(bench.host.requests.at(1).costs.at("credits-1m"), 1U);
  rq.interval = {TDK_UNIT_HOUR, 1};
  EXPECT_EQ(kit::test::earliest(bench.provider(), rq).time, 345'477'600 * kSecondNs)
      << "half past two lies in the hour from two on";
}

TEST_F(HistoryTest, AnotherExchangesListingIsRefused) {
  const auto fetched = [&](const char *symbol, const char *meta) {
    bench.answers(200, std::string(R"({"meta":{"symbol":"RY","interval":"15min")") + meta +
                           "},\"values\":[" + row("1970-01-01 00:15:00", kPrices) + "]}");
    CandlesAsked rq = asked(0, 4 * kQuarter);
    rq.symbol = symbol;
    rq.price_type = TDK_PRICE_TRADE;
    return fetch(rq);
  };
  constexpr const char *kToronto = R"(,"exchange":"TSX","mic_code":"XTSE")";
  for (const char *symbol : {"RY", "RY:TSX", "RY:XTSE"})
    EXPECT_EQ(fetched(symbol, kToronto).status, TDK_OK) << symbol;
  EXPECT_EQ(fetched("RY:TSX", "").status, TDK_OK) << "nothing tells";
  const auto wrong = fetched("RY:TSX", R"(,"exchange":"NYSE","mic_code":"XNYS")");
  EXPECT_EQ(wrong.status, TDK_BAD_DATA);
  EXPECT_THAT(wrong.text(), HasSubstr("asked for was RY:TSX"));
}

}  // namespace
}  // namespace twelvedata::test
