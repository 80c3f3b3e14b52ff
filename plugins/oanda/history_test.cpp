// Candles of a range against a scripted vendor: what is asked for, and what is made of the answers.
#include "test_support.hpp"

#include "times.hpp"

namespace oanda::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr tdk_interval kM1{TDK_UNIT_MINUTE, 1}, kH1{TDK_UNIT_HOUR, 1};

class HistoryTest : public testing::Test {
 protected:
  HistoryTest() { rig.host.now_ns = at("2024-05-17T12:00:30Z"); }

  // Answers with the candles of `market` that the request is for.
  void serve(std::vector<std::int64_t> market_opens, std::int64_t step = kMinute) {
    rig.answer = [this, opens = std::move(market_opens), step](const std::string &url) {
      std::vector<std::int64_t> rows;
      const auto from = time_of(url, "from"), to = time_of(url, "to");
      const std::string count = parameter(url, "count");
      for (const std::int64_t open : opens)
        if ((!from || open + step > *from) && (!to || open < *to)) rows.push_back(open);
      const std::size_t most = count.empty() ? rows.size() : std::stoul(count);
      if (rows.size() > most && from) rows.resize(most);
      if (rows.size() > most) rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(most));
      return Answer{200, candles_body(rows), {}, TDK_OK};
    };
  }
  static std::optional<std::int64_t> time_of(const std::string &url, const std::string &name) {
    std::string text = parameter(url, name);
    for (std::size_t i; (i = text.find("%3A")) != std::string::npos;) text.replace(i, 3, ":");
    return text.empty() ? std::nullopt : parse_time(text);
  }
  Candles fetch(CandlesAsked asked) {
    if (asked.symbol == "BTC/USDT") asked.symbol = "EUR/USD";
    if (asked.price_type == TDK_PRICE_TRADE) asked.price_type = TDK_PRICE_MID;
    return kit::test::fetch_candles(rig.provider(), asked);
  }
  static std::vector<std::int64_t> run_of(std::int64_t first, std::int64_t step, std::size_t n) {
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(first + static_cast<std::int64_t>(i) * step);
    return out;
  }
  static std::vector<std::int64_t> opens_of(const Candles &got) {
    std::vector<std::int64_t> out;
    for (const auto &row : got.rows) out.push_back(row.open_time);
    return out;
  }
  const std::string &url(std::size_t i) const { return rig.host.requests.at(i).url; }

  Rig rig;
};

TEST_F(HistoryTest, AsksWithTheTokenAndReadsThePriceAskedFor) {
  const std::int64_t open = at("2024-05-16T10:00:00Z");
  serve({open});
  struct Row {
    std::uint32_t type;
    const char *letter;
    std::int64_t first;
  };
  for (const Row &row : {Row{TDK_PRICE_MID, "M", 110006}, Row{TDK_PRICE_BID, "B", 110001},
                         Row{TDK_PRICE_ASK, "A", 110011}}) {
    const Candles got = fetch({"EUR/USD", kM1, open, open + kMinute, 0, 0, row.type});
    ASSERT_EQ(got.status, TDK_OK) << got.text();
    ASSERT_EQ(got.rows.size(), 1U);
    EXPECT_EQ(got.rows[0].open, row.first);
    EXPECT_EQ(got.rows[0].price_exp, -5);
    EXPECT_EQ(got.rows[0].volume, 7);
    EXPECT_EQ(got.rows[0].volume_exp, 0);
    EXPECT_EQ(got.rows[0].trades, TDK_NULL_I64);  // changes of the price are no trades
    EXPECT_EQ(parameter(rig.host.requests.back().url, "price"), row.letter);
  }
  EXPECT_EQ(rig.path(0), "/v3/instruments/EUR_USD/candles");
  EXPECT_EQ(kit::test::header(rig.host.requests[0], "Authorization"), "Bearer practice-token");
  EXPECT_EQ(kit::test::header(rig.host.requests[0], "Accept-Datetime-Format"), "RFC3339");
}

TEST_F(HistoryTest, TradesAreNotOffered) {
  const auto got = kit::test::fetch_candles(
      rig.provider(), {"EUR/USD", kM1, 0, kMinute, 0, 0, TDK_PRICE_TRADE});
  EXPECT_EQ(got.status, TDK_NOT_SUPPORTED);
  EXPECT_THAT(got.text(), HasSubstr("mid, bid or ask"));
  EXPECT_TRUE(rig.host.requests.empty());
}

// Unset, it has dropped the first candle, against the documents.
TEST_F(HistoryTest, Trap_IncludeFirstIsAlwaysSaidWithFromAndNeverWithout) {
  const std::int64_t open = at("2024-05-16T10:00:00Z");
  serve({open});
  fetch({"EUR/USD", kM1, open, open + kMinute});
  EXPECT_EQ(parameter(url(0), "includeFirst"), "true");
  fetch({"EUR/USD", kM1, open, open + kMinute, 1, TDK_CANDLES_NEWEST});
  EXPECT_EQ(parameter(url(1), "includeFirst"), "");
  EXPECT_EQ(parameter(url(1), "from"), "");
}

TEST_F(HistoryTest, Trap_CountIsNeverSaidWithFromAndTo) {
  serve(run_of(at("2024-05-10T00:00:00Z"), kMinute, 10));
  fetch({"EUR/USD", kM1, at("2024-05-10T00:00:00Z"), at("2024-05-10T00:10:00Z")});
  EXPECT_EQ(parameter(url(0), "count"), "");
  EXPECT_NE(parameter(url(0), "to"), "");
}

// Left out, the vendor takes S5, the mid price, and 500 candles.
TEST_F(HistoryTest, Trap_NoDefaultOfTheVendorIsReliedOn) {
  const std::int64_t from = at("2024-05-10T00:00:00Z"), now = at("2024-05-17T12:00:00Z");
  serve(run_of(from, kMinute, 700));
  EXPECT_EQ(fetch({"EUR/USD", kM1, from, from + 700 * kMinute}).rows.size(), 700U);
  fetch({"EUR/USD", kM1, now - kHour, now + kHour});
  fetch({"EUR/USD", kM1, from, from + 700 * kMinute, 600, TDK_CANDLES_NEWEST});
  ASSERT_EQ(rig.host.requests.size(), 3U);
  for (const auto &request : rig.host.requests) {
    const std::string range = parameter(request.url, "from") + parameter(request.url, "count");
    EXPECT_FALSE(range.empty()) << request.url;
    const bool both = !parameter(request.url, "from").empty() && !parameter(request.url, "to").empty();
    EXPECT_NE(both, !parameter(request.url, "count").empty()) << request.url;
    EXPECT_EQ(parameter(request.url, "granularity"), "M1");
    EXPECT_EQ(parameter(request.url, "price"), "M");
  }
}

// UNIX times without the header that says so have worked, and are not documented.
TEST_F(HistoryTest, Trap_TimesAreAskedInTheShapeThatTheHeaderNames) {
  const std::int64_t open = at("2024-05-16T10:00:00Z");
  serve({open});
  fetch({"EUR/USD", kM1, open, open + kMinute});
  EXPECT_EQ(kit::test::header(rig.host.requests[0], "Accept-Datetime-Format"), "RFC3339");
  EXPECT_EQ(kit::test::header(rig.host.requests[0], "X-Accept-Datetime-Format"), "");
  EXPECT_EQ(parameter(url(0), "from"), "2024-05-16T10%3A00%3A00.000000000Z");
  EXPECT_EQ(parameter(url(0), "to"), "2024-05-16T10%3A01%3A00.000000000Z");
}

// The candle around a from counts as the first one.
TEST_F(HistoryTest, Trap_AFromBetweenTwoOpensDoesNotBringTheCandleAroundIt) {
  const std::int64_t open = at("2024-05-16T10:00:00Z");
  serve(run_of(open, kMinute, 3));
  const Candles got = fetch({"EUR/USD", kM1, open + 30 * kSecond, open + 2 * kMinute});
  EXPECT_THAT(opens_of(got), ElementsAre(open + kMinute));
}

TEST_F(HistoryTest, Trap_AQuietFormingCandleIsMissing) {
  const std::int64_t open = at("2024-05-17T11:58:00Z");  // now is 12:00:30
  serve({open, open + kMinute});
  const Candles got = fetch({"EUR/USD", kM1, open, open + kHour});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_THAT(opens_of(got), ElementsAre(open, open + kMinute));
  EXPECT_EQ(got.rows.back().state, 0U);
}

TEST_F(HistoryTest, Trap_WindowsHaveAtMost5000Slots) {
  const std::int64_t from = at("2024-05-01T00:00:00Z"), to = from + 12'000 * kMinute;
  serve(run_of(from, kMinute, 12'000));
  const Candles got = fetch({"EUR/USD", kM1, from, to});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(opens_of(got), run_of(from, kMinute, 12'000));
  ASSERT_EQ(rig.host.requests.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_LE(*time_of(url(i), "to") - *time_of(url(i), "from"), 5'000 * kMinute);
}

// Pagers that go on from the last candle stop there.
TEST_F(HistoryTest, Trap_AWeekendWithoutCandlesDoesNotStallThePager) {
  const std::int64_t friday = at("2024-05-10T20:50:00Z"), sunday = at("2024-05-12T21:05:00Z");
  std::vector<std::int64_t> market = run_of(friday, 5 * kSecond, 120);
  const auto after = run_of(sunday, 5 * kSecond, 50);
  market.insert(market.end(), after.begin(), after.end());
  serve(market, 5 * kSecond);
  const Candles got =
      fetch({"EUR/USD", {TDK_UNIT_SECOND, 5}, friday, sunday + 50 * 5 * kSecond});
  EXPECT_EQ(opens_of(got), market);
  // One window to the edge of the weekend, one empty, the next candle there is, and its window.
  EXPECT_LE(rig.host.requests.size(), 4U);
}

TEST_F(HistoryTest, Trap_AnEmptyAnswerIsNoError) {
  serve({});
  const Candles got = fetch({"EUR/USD", kM1, at("2024-05-11T00:00:00Z"), at("2024-05-12T00:00:00Z")});
  EXPECT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_TRUE(got.rows.empty());
}

TEST_F(HistoryTest, Trap_ToInTheFutureIsNeverAsked) {
  const std::int64_t open = at("2024-05-17T12:00:00Z");
  rig.answer = [&](const std::string &) {
    return Answer{200, candles_body({open - kMinute, open}, true), {}, TDK_OK};
  };
  const Candles got = fetch({"EUR/USD", kM1, open - kMinute, open + kHour});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(parameter(url(0), "to"), "");
  EXPECT_EQ(parameter(url(0), "count"), "61");
  ASSERT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(got.rows[0].state, 0U);
  EXPECT_EQ(got.rows[1].state, TDK_CANDLE_FORMING);
}

// The clock here is five minutes fast.
TEST_F(HistoryTest, Trap_ToInTheFutureByTheVendorsClockIsAskedByCount) {
  rig.host.now_ns = at("2024-05-17T12:05:30Z");
  const std::int64_t open = at("2024-05-17T11:59:00Z");
  rig.answer = [&](const std::string &asked) {
    if (!parameter(asked, "to").empty())
      return Answer{400, error_body("Invalid value specified for 'to'. Time is in the future"), {},
                    TDK_OK};
    return Answer{200, candles_body({open, open + kMinute}), {}, TDK_OK};
  };
  const Candles got = fetch({"EUR/USD", kM1, open, open + 5 * kMinute});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(rig.host.requests.size(), 2U);
}

TEST_F(HistoryTest, Trap_FromInTheFutureIsNoCandle) {
  rig.answer = [&](const std::string &) {
    return Answer{400, error_body("Invalid value specified for 'from'. Time is in the future"), {},
                  TDK_OK};
  };
  const std::int64_t from = at("2024-05-17T12:00:00Z");
  EXPECT_EQ(fetch({"EUR/USD", kM1, from, from + kHour}).status, TDK_OK);
  EXPECT_EQ(fetch({"EUR/USD", kM1, from + kHour, from + 2 * kHour}).status, TDK_OK);
  EXPECT_EQ(rig.host.requests.size(), 1U);  // what lies ahead by our clock is not asked for
}

// By from and count the vendor skips what is closed, and answers what lies behind the range.
TEST_F(HistoryTest, WhatLiesOutsideOfTheRangeIsDropped) {
  const std::int64_t open = at("2024-05-17T11:59:00Z");
  rig.answer = [&](const std::string &) {
    return Answer{200, candles_body(run_of(open - kMinute, kMinute, 4)), {}, TDK_OK};
  };
  EXPECT_THAT(opens_of(fetch({"EUR/USD", kM1, open, open + kMinute})), ElementsAre(open));
}

TEST_F(HistoryTest, Trap_ACandleThatComesTwiceIsOne) {
  const std::int64_t open = at("2024-05-16T10:00:00Z");
  rig.answer = [&](const std::string &) {
    return Answer{200, candles_body({open, open, open + kMinute}), {}, TDK_OK};
  };
  const Candles got = fetch({"EUR/USD", kM1, open, open + 2 * kMinute});
  EXPECT_THAT(opens_of(got), ElementsAre(open, open + kMinute));
}

TEST_F(HistoryTest, CandlesOutOfOrderAreBadData) {
  const std::int64_t open = at("2024-05-16T10:00:00Z");
  rig.answer = [&](const std::string &) {
    return Answer{200, candles_body({open + kMinute, open}), {}, TDK_OK};
  };
  EXPECT_EQ(fetch({"EUR/USD", kM1, open, open + 2 * kMinute}).status, TDK_BAD_DATA);
}

// Days of the vendor begin at 17:00 New York, weeks on Friday: both are asked for in UTC.
TEST_F(HistoryTest, Trap_DaysAndWeeksAreAskedForInUtc) {
  serve({at("2024-05-06T00:00:00Z")}, 7 * kDay);
  fetch({"EUR/USD", {TDK_UNIT_WEEK, 1}, at("2024-05-06T00:00:00Z"), at("2024-05-13T00:00:00Z")});
  EXPECT_EQ(parameter(url(0), "granularity"), "W");
  EXPECT_EQ(parameter(url(0), "dailyAlignment"), "0");
  EXPECT_EQ(parameter(url(0), "alignmentTimezone"), "UTC");
  EXPECT_EQ(parameter(url(0), "weeklyAlignment"), "Monday");
}

// So are candles of hours; minutes have no alignment.
TEST_F(HistoryTest, Trap_HoursAreAlignedWithTheDayToo) {
  const std::int64_t open = at("2024-05-16T04:00:00Z");
  serve({open}, 4 * kHour);
  const Candles got = fetch({"EUR/USD", {TDK_UNIT_HOUR, 4}, open, open + 4 * kHour});
  EXPECT_THAT(opens_of(got), ElementsAre(open));
  EXPECT_EQ(parameter(url(0), "dailyAlignment"), "0");
  EXPECT_EQ(parameter(url(0), "alignmentTimezone"), "UTC");
  fetch({"EUR/USD", {TDK_UNIT_MINUTE, 30}, open, open + kHour});
  EXPECT_EQ(parameter(url(1), "dailyAlignment"), "");
}

TEST_F(HistoryTest, Trap_ACandleBetweenTheOpensIsBadData) {
  rig.answer = [&](const std::string &) {
    return Answer{200, candles_body({at("2024-05-06T21:00:00Z")}), {}, TDK_OK};
  };
  const Candles got = fetch({"EUR/USD", {TDK_UNIT_DAY, 1}, at("2024-05-06T00:00:00Z"), at("2024-05-08T00:00:00Z")});
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  EXPECT_THAT(got.text(), HasSubstr("between the opens"));
}

TEST_F(HistoryTest, NewestAreTheLastRowsNotTheLastSlots) {
  const auto market = run_of(at("2024-05-10T20:00:00Z"), kMinute, 50);
  serve(market);
  const Candles got = fetch({"EUR/USD", kM1, at("2024-01-01T00:00:00Z"), at("2024-05-12T00:00:00Z"), 3,
                             TDK_CANDLES_NEWEST});
  EXPECT_THAT(opens_of(got), ElementsAre(market[47], market[48], market[49]));
  EXPECT_EQ(parameter(url(0), "count"), "3");
  EXPECT_EQ(rig.host.requests.size(), 1U);
}

TEST_F(HistoryTest, NewestComeInPagesAndAscend) {
  const auto market = run_of(at("2024-05-01T00:00:00Z"), kMinute, 9'000);
  serve(market);
  const Candles got = fetch({"EUR/USD", kM1, market[100], at("2024-05-12T00:00:00Z"), 20'000,
                             TDK_CANDLES_NEWEST});
  EXPECT_EQ(opens_of(got), std::vector<std::int64_t>(market.begin() + 100, market.end()));
  EXPECT_EQ(rig.host.requests.size(), 2U);
}

TEST_F(HistoryTest, NewestUpToNowDoNotNameATime) {
  const auto market = run_of(at("2024-05-17T11:00:00Z"), kMinute, 61);
  serve(market);
  const Candles got = fetch({"EUR/USD", kM1, at("2024-05-01T00:00:00Z"), at("2024-05-17T12:01:00Z"), 2,
                             TDK_CANDLES_NEWEST});
  EXPECT_THAT(opens_of(got), ElementsAre(market[59], market[60]));
  EXPECT_EQ(parameter(url(0), "to"), "");
}

TEST_F(HistoryTest, ALimitCutsFromTheOldest) {
  const auto market = run_of(at("2024-05-10T20:00:00Z"), kMinute, 50);
  serve(market);
  const Candles got = fetch({"EUR/USD", kM1, market[0], market[49] + kMinute, 4});
  EXPECT_EQ(opens_of(got), std::vector<std::int64_t>(market.begin(), market.begin() + 4));
}

TEST_F(HistoryTest, EarliestIsTheFirstCandleThereIs) {
  const std::int64_t first = at("2002-05-06T21:00:00Z");
  serve(run_of(first, kHour, 10), kHour);
  const auto got = kit::test::earliest(rig.provider(), {"EUR/USD", kH1, 0, 0, 0, 0, TDK_PRICE_MID});
  EXPECT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.time, first);
  EXPECT_EQ(parameter(url(0), "count"), "1");
  serve({});
  EXPECT_EQ(kit::test::earliest(rig.provider(), {"EUR/USD", kH1, 0, 0, 0, 0, TDK_PRICE_MID}).status,
            TDK_NOT_FOUND);
}

TEST_F(HistoryTest, ARangeFromTheBeginningOfTimeCostsFewRequests) {
  const auto market = run_of(at("2024-05-10T00:00:00Z"), kMinute, 60);
  serve(market);
  EXPECT_EQ(opens_of(fetch({"EUR/USD", kM1, 0, at("2024-05-11T00:00:00Z")})), market);
  EXPECT_LE(rig.host.requests.size(), 4U);
}

}  // namespace
}  // namespace oanda::test
