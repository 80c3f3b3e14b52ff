// Candles, quotes and symbols against a vendor scripted by the documents.
#include "polygon.hpp"

#include "kit/testing/calls.hpp"
#include "kit/testing/fake_host.hpp"

#include <gmock/gmock.h>

namespace polygon {
namespace {

using kit::test::Answer;
using kit::test::Candle;
using kit::test::Candles;
using kit::test::CandlesAsked;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kStart = 1'714'564'800'000;  // 2024-05-01T12:00:00Z, a Wednesday

std::string row(std::int64_t t, int price = 10) {
  const std::string p = std::to_string(price);
  return R"({"v":10,"o":)" + p + R"(,"c":)" + p + R"(.5,"h":)" + std::to_string(price + 1) + R"(,"l":)" + std::to_string(price - 1) +
         R"(,"t":)" + std::to_string(t) + R"(,"n":2})";
}
std::string page(const std::vector<std::int64_t> &times, const std::string &next = {}, const char *status = "OK") {
  std::string rows;
  for (std::size_t i = 0; i < times.size(); ++i) rows += (i ? "," : "") + row(times[i], 10 + static_cast<int>(i));
  return std::string(R"({"status":")") + status + R"(","results":[)" + rows + "]" + (next.empty() ? "" : R"(,"next_url":")" + next + "\"") + "}";
}

class HistoryTest : public testing::Test {
 protected:
  HistoryTest() {
    host.now_ns = (kStart + 30 * kDayMs) * kMs;
    host.answer = [this](const std::string &) {
      if (answers.empty()) return Answer{200, page({}), {}, TDK_OK};
      Answer out = answers.front();
      answers.erase(answers.begin());
      return out;
    };
  }
  Provider make(std::vector<std::pair<std::string, std::string>> more = {}) {
    more.emplace_back("api_key", "secret-key");
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : more) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    return Provider(tapedeck::Host(host.host()), tapedeck::Config(kv.data(), kv.size()));
  }
  void say(std::string body, int status = 200) { answers.push_back({status, std::move(body), {}, TDK_OK}); }
  static CandlesAsked range(std::int64_t from_ms, std::int64_t to_ms, tdk_interval interval = {TDK_UNIT_MINUTE, 1},
                            std::string symbol = "AAPL") {
    CandlesAsked a;
    a.symbol = std::move(symbol);
    a.interval = interval;
    a.from_ns = from_ms * kMs;
    a.to_ns = to_ms * kMs;
    return a;
  }
  static std::vector<std::int64_t> opens(const Candles &got) {
    std::vector<std::int64_t> out;
    for (const Candle &c : got.rows) out.push_back(c.open_time / kMs);
    return out;
  }
  std::string url(std::size_t i) const { return host.requests.at(i).url; }

  kit::test::FakeHost host;
  std::vector<Answer> answers;
};

TEST_F(HistoryTest, AsksForTheRangeWithTheKeyInAHeaderOnly) {
  Provider p = make();
  say(page({kStart, kStart + kMinuteMs}));
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(url(0), "https://api.massive.com/v2/aggs/ticker/AAPL/range/1/minute/1714564800000/1714568399999?sort=asc&adjusted=false&limit=50000");
  EXPECT_EQ(kit::test::header(host.requests[0], "Authorization"), "Bearer secret-key");
  EXPECT_THAT(url(0), Not(HasSubstr("secret")));
  EXPECT_THAT(opens(got), ElementsAre(kStart, kStart + kMinuteMs));
  EXPECT_EQ(got.rows[1].close, 1'150'000'000);
  EXPECT_EQ(got.rows[1].price_exp, -8);
}

TEST_F(HistoryTest, RawIsUnadjustedAndSplitIsAdjusted) {
  Provider p = make();
  CandlesAsked asked = range(kStart, kStart + kHourMs);
  asked.adjustment = TDK_ADJ_SPLIT;
  EXPECT_EQ(fetch_candles(p, asked).status, TDK_OK);
  EXPECT_THAT(url(0), HasSubstr("adjusted=true"));
  asked.adjustment = TDK_ADJ_ALL;
  EXPECT_EQ(fetch_candles(p, asked).status, TDK_NOT_SUPPORTED);
  EXPECT_EQ(fetch_candles(p, range(kStart, kStart + kHourMs, {TDK_UNIT_MINUTE, 1}, "SPX")).status, TDK_OK);
  EXPECT_THAT(url(1), Not(HasSubstr("adjusted"))) << "indices have no such parameter";
}

TEST_F(HistoryTest, NextUrlIsFollowedVerbatimUntilThereIsNone) {
  Provider p = make();
  const std::string next = "https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/minute/1714564920000/x?cursor=bGltaXQ9Mg";
  say(page({kStart, kStart + kMinuteMs}, next));
  say(page({kStart + 2 * kMinuteMs}));
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  EXPECT_EQ(got.rows.size(), 3U) << got.text();
  EXPECT_EQ(url(1), next) << "also at the vendor's other name";
  EXPECT_EQ(kit::test::header(host.requests[1], "Authorization"), "Bearer secret-key");
}

// A proxy hands the vendor's words on as they are.
TEST_F(HistoryTest, NextUrlOfTheVendorBehindAProxyStaysAtTheProxy) {
  Provider p = make({{"base_url", "http://127.0.0.1:81/polygon"}});
  say(page({kStart}, "https://api.massive.com/v2/aggs/x?cursor=1"));
  say(page({kStart + kMinuteMs}));
  EXPECT_EQ(fetch_candles(p, range(kStart, kStart + kHourMs)).rows.size(), 2U);
  EXPECT_EQ(url(1), "http://127.0.0.1:81/polygon/v2/aggs/x?cursor=1");
}

TEST_F(HistoryTest, NextUrlToAnotherHostNeverGetsTheKey) {
  Provider p = make();
  say(page({kStart}, "https://evil.example/v2/aggs"));
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  EXPECT_EQ(got.status, TDK_BAD_DATA);
  EXPECT_THAT(got.text(), HasSubstr("the key is not sent there"));
  EXPECT_EQ(host.requests.size(), 1U);
}

TEST_F(HistoryTest, NextUrlThatGoesInCirclesIsRefused) {
  Provider p = make();
  const std::string same = "https://api.massive.com/v2/x?cursor=1";
  say(page({kStart}, same));
  say(page({kStart + kMinuteMs}, same));
  EXPECT_THAT(fetch_candles(p, range(kStart, kStart + kHourMs)).text(), HasSubstr("read already"));
  say(page({kStart}, "https://api.massive.com/v2/x?cursor=2"));
  say(page({kStart}));
  EXPECT_THAT(fetch_candles(p, range(kStart, kStart + kHourMs)).text(), HasSubstr("goes back"));
}

TEST_F(HistoryTest, EmptyPagesWithoutAnEndAreRefused) {
  Provider p = make();
  int n = 0;
  host.answer = [&](const std::string &) {
    return Answer{200, page({}, "https://api.massive.com/v2/x?cursor=" + std::to_string(++n)), {}, TDK_OK};
  };
  EXPECT_EQ(fetch_candles(p, range(kStart, kStart + kHourMs)).status, TDK_BAD_DATA);
  EXPECT_LT(n, 200);
}

TEST_F(HistoryTest, AnEmptyPageWithANextOneIsNotTheEnd) {
  Provider p = make();
  say(page({}, "https://api.massive.com/v2/x?cursor=1"));
  say(page({kStart}));
  EXPECT_THAT(opens(fetch_candles(p, range(kStart, kStart + kHourMs))), ElementsAre(kStart));
}

TEST_F(HistoryTest, ASlotWithoutTradesHasNoBarAndGetsNone) {
  Provider p = make();
  say(page({kStart, kStart + 3 * kMinuteMs}));
  EXPECT_THAT(opens(fetch_candles(p, range(kStart, kStart + kHourMs))), ElementsAre(kStart, kStart + 3 * kMinuteMs));
}

// Within some 15 minutes of its end, or when the day is rebuilt.
TEST_F(HistoryTest, ACorrectionShowsWhenTheBarIsAskedForAgain) {
  Provider p = make();
  say(page({kStart}));
  say(R"({"status":"OK","results":[)" + row(kStart, 20) + "]}");
  EXPECT_EQ(fetch_candles(p, range(kStart, kStart + kMinuteMs)).rows.at(0).open, 10 * 100'000'000);
  EXPECT_EQ(fetch_candles(p, range(kStart, kStart + kMinuteMs)).rows.at(0).open, 20 * 100'000'000);
}

TEST_F(HistoryTest, StopsAtTheLimitWithoutAnotherPage) {
  Provider p = make();
  say(page({kStart, kStart + kMinuteMs}, "https://api.massive.com/v2/x?cursor=1"));
  CandlesAsked asked = range(kStart, kStart + kHourMs);
  asked.limit = 2;
  EXPECT_EQ(fetch_candles(p, asked).rows.size(), 2U);
  EXPECT_EQ(host.requests.size(), 1U);
}

TEST_F(HistoryTest, EmptyIsOkWithoutRows) {
  Provider p = make();
  say(R"({"ticker":"AAPL","queryCount":0,"resultsCount":0,"status":"OK"})");
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  EXPECT_EQ(got.status, TDK_OK);
  EXPECT_TRUE(got.rows.empty());
}

TEST_F(HistoryTest, TheFormingBarIsMarkedByTheHostsClock) {
  Provider p = make();
  host.now_ns = (kStart + 90'000) * kMs;
  say(page({kStart, kStart + kMinuteMs}));
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  ASSERT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(got.rows[0].state, 0U);
  EXPECT_EQ(got.rows[1].state, TDK_CANDLE_FORMING);
}

TEST_F(HistoryTest, DelayedDataClosesBarsFifteenMinutesLate) {
  host.now_ns = (kStart + 17 * kMinuteMs) * kMs;
  const std::vector<std::int64_t> times{kStart, kStart + kMinuteMs, kStart + 2 * kMinuteMs};
  Provider p = make();
  say(page(times, {}, "DELAYED"));
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  ASSERT_EQ(got.rows.size(), 3U);
  EXPECT_EQ(got.rows[1].state, 0U);
  EXPECT_EQ(got.rows[2].state, TDK_CANDLE_FORMING) << "12:02 ends at 12:03, and 12:02 is all that is known";
  Provider delayed = make({{"delayed", "true"}});
  say(page(times));
  EXPECT_EQ(fetch_candles(delayed, range(kStart, kStart + kHourMs)).rows[2].state, TDK_CANDLE_FORMING);
}

TEST_F(HistoryTest, DaysAreAskedForAndLabelledByDate) {
  Provider p = make();
  const std::int64_t may1 = kStart - 12 * kHourMs;
  say(page({may1 + 4 * kHourMs, may1 + kDayMs + 4 * kHourMs}));
  const Candles got = fetch_candles(p, range(may1, may1 + 3 * kDayMs, {TDK_UNIT_DAY, 1}));
  EXPECT_THAT(url(0), HasSubstr("/range/1/day/2024-05-01/2024-05-03?"));
  EXPECT_THAT(opens(got), ElementsAre(may1, may1 + kDayMs));
}

TEST_F(HistoryTest, ADayIsFormingUntilTheVendorsMidnight) {
  Provider p = make();
  const std::int64_t may1 = kStart - 12 * kHourMs;
  host.now_ns = (may1 + kDayMs + 2 * kHourMs) * kMs;  // 22:00 in New York
  say(page({may1 + 4 * kHourMs}));
  EXPECT_EQ(fetch_candles(p, range(may1, may1 + kDayMs, {TDK_UNIT_DAY, 1})).rows.at(0).state, TDK_CANDLE_FORMING);
}

TEST_F(HistoryTest, LongerCandlesAreMadeOfHoursAndDaysOnTheUtcGrid) {
  Provider p = make();
  std::vector<std::int64_t> hours;
  for (int h = 0; h < 8; ++h) hours.push_back(kStart + h * kHourMs);
  say(page(hours));
  const Candles got = fetch_candles(p, range(kStart, kStart + 8 * kHourMs, {TDK_UNIT_HOUR, 4}));
  EXPECT_THAT(url(0), HasSubstr("/range/1/hour/"));
  ASSERT_THAT(opens(got), ElementsAre(kStart, kStart + 4 * kHourMs));
  const Candle &first = got.rows[0];
  EXPECT_EQ(first.open, 10 * 100'000'000);
  EXPECT_EQ(first.high, 14 * 100'000'000);
  EXPECT_EQ(first.low, 9 * 100'000'000);
  EXPECT_EQ(first.close, 1'350'000'000);
  EXPECT_EQ(first.volume, 40 * 100'000'000LL);
  EXPECT_EQ(first.trades, 8);
  const std::int64_t monday = kStart - 12 * kHourMs - 2 * kDayMs;
  say(page({monday + 4 * kHourMs, monday + 4 * kDayMs + 4 * kHourMs, monday + 7 * kDayMs + 4 * kHourMs}));
  const Candles weeks = fetch_candles(p, range(monday, monday + 14 * kDayMs, {TDK_UNIT_WEEK, 1}));
  EXPECT_THAT(opens(weeks), ElementsAre(monday, monday + 7 * kDayMs)) << "weeks begin on Monday";
}

TEST_F(HistoryTest, ALongerCandleMayLieOnTwoPages) {
  Provider p = make();
  say(page({kStart, kStart + kHourMs}, "https://api.massive.com/v2/x?cursor=1"));
  say(page({kStart + 2 * kHourMs}));
  const Candles got = fetch_candles(p, range(kStart, kStart + 4 * kHourMs, {TDK_UNIT_HOUR, 4}));
  ASSERT_EQ(got.rows.size(), 1U);
  EXPECT_EQ(got.rows[0].trades, 6);
}

TEST_F(HistoryTest, TheNewestComeFromTheEndInAscendingOrder) {
  Provider p = make();
  say(page({kStart + 5 * kMinuteMs, kStart + 4 * kMinuteMs, kStart}));
  CandlesAsked asked = range(0, kStart + kHourMs);
  asked.limit = 2;
  asked.flags = TDK_CANDLES_NEWEST;
  const Candles got = fetch_candles(p, asked);
  EXPECT_THAT(url(0), HasSubstr("sort=desc"));
  EXPECT_THAT(url(0), HasSubstr("limit=120")) << "and not 50,000 rows for one";
  EXPECT_THAT(opens(got), ElementsAre(kStart + 4 * kMinuteMs, kStart + 5 * kMinuteMs));
}

TEST_F(HistoryTest, LimitCountsWhatBarsAreMadeOf) {
  Provider p = make();
  CandlesAsked asked = range(0, kStart, {TDK_UNIT_HOUR, 4});
  asked.limit = 10;
  asked.flags = TDK_CANDLES_NEWEST;
  fetch_candles(p, asked);
  EXPECT_THAT(url(0), HasSubstr("limit=2880")) << "12 candles of 240 minutes";
}

TEST_F(HistoryTest, PriceTypesThatAreNotThereAreNotSupported) {
  Provider p = make();
  CandlesAsked forex = range(kStart, kStart + kHourMs, {TDK_UNIT_MINUTE, 1}, "EUR/USD");
  EXPECT_EQ(fetch_candles(p, forex).status, TDK_NOT_SUPPORTED);
  forex.price_type = TDK_PRICE_MID;
  EXPECT_EQ(fetch_candles(p, forex).status, TDK_OK);
  EXPECT_THAT(url(0), HasSubstr("/ticker/C:EURUSD/"));
}

TEST_F(HistoryTest, TheFreePlanSpendsFiveRequestsAMinute) {
  Provider p = make();
  ASSERT_EQ(host.budgets.size(), 1U);
  EXPECT_EQ(host.budgets[0].capacity, 5U);
  EXPECT_EQ(host.budgets[0].window_ns, 60'000'000'000);
  EXPECT_EQ(host.budgets[0].kind, TDK_BUDGET_SLIDING) << "right for a fixed minute too";
  fetch_candles(p, range(kStart, kStart + kHourMs));
  EXPECT_EQ(host.requests[0].costs.at("requests-1m"), 1U);
  Provider paid = make({{"plan", "starter"}});
  EXPECT_EQ(host.budgets.back().capacity, 100U) << "a second";
}

TEST_F(HistoryTest, A429HoldsTheAccount) {
  Provider p = make();
  say("", 429);
  const Candles got = fetch_candles(p, range(kStart, kStart + kHourMs));
  EXPECT_EQ(got.status, TDK_RATE_LIMITED);
  ASSERT_EQ(host.holds.size(), 1U);
  EXPECT_EQ(host.holds[0].first, 60'000'000'000);
  EXPECT_THAT(got.text(), Not(HasSubstr("secret")));
}

TEST_F(HistoryTest, EarliestIsUnknownWhereThePlanDoesNotReachBack) {
  Provider free = make();
  EXPECT_EQ(earliest(free, range(0, 0)).status, TDK_NOT_SUPPORTED);
  EXPECT_TRUE(host.requests.empty());
  Provider starter = make({{"plan", "starter"}});
  say(R"({"status":"NOT_AUTHORIZED","message":"Your plan doesn't include this data timeframe."})", 403);
  EXPECT_EQ(earliest(starter, range(0, 0)).status, TDK_NOT_SUPPORTED) << "the host goes on without";
}

TEST_F(HistoryTest, EarliestLooksByTheDayFirst) {
  Provider p = make({{"plan", "starter"}});
  const std::int64_t may1 = kStart - 12 * kHourMs;
  say(page({may1 + 4 * kHourMs}));
  say(page({kStart - kHourMs}));
  const auto got = earliest(p, range(0, 0));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.time, (kStart - kHourMs) * kMs);
  EXPECT_THAT(url(0), HasSubstr("/range/1/day/1970-01-01/"));
  EXPECT_EQ(earliest(p, range(0, 0)).status, TDK_NOT_FOUND);
}

TEST_F(HistoryTest, EarliestReadsOnWhereAPageEndsBeforeItsFirstRow) {
  Provider p = make({{"plan", "starter"}});
  say(page({}, "https://api.massive.com/v2/aggs/x?cursor=1"));
  say(page({kStart - 12 * kHourMs}));
  say(page({}, "https://api.massive.com/v2/aggs/y?cursor=1"));
  say(page({kStart - kHourMs}));
  EXPECT_EQ(earliest(p, range(0, 0)).time, (kStart - kHourMs) * kMs);
}

TEST_F(HistoryTest, QuotesTakeOneRequestForEachMarket) {
  Provider p = make({{"plan", "starter"}});
  host.answer = [](const std::string &url) {
    if (url.find("/stocks/") != url.npos)
      return Answer{200, R"({"status":"OK","tickers":[{"ticker":"AAPL","lastTrade":{"p":1.5,"s":2,"t":1605195918306274000},"day":{"v":9}},)"
                         R"({"ticker":"MSFT","lastTrade":{"p":3},"updated":0},{"ticker":"SPY","lastQuote":{"p":0,"P":0},"updated":0}]})", {}, TDK_OK};
    if (url.find("/forex/") != url.npos)
      return Answer{200, R"({"status":"OK","tickers":[{"ticker":"C:EURUSD","lastQuote":{"a":1.1,"b":1.09,"t":1606163759000},"day":{"v":83578}}]})", {}, TDK_OK};
    return Answer{200, R"({"results":[{"ticker":"I:SPX","error":"NOT_ENTITLED","message":"m"}]})", {}, TDK_OK};
  };
  const auto got = kit::test::fetch_quotes(p, {"MSFT", "EUR/USD", "AAPL", "SPX", "SPY", "AAPL"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(host.requests.size(), 3U);
  EXPECT_THAT(url(0), HasSubstr("tickers=MSFT,AAPL,SPY")) << "joined by commas";
  ASSERT_EQ(got.rows.size(), 4U) << "not the one that the plan does not have, nor the one that is cleared";
  EXPECT_EQ(got.rows[0].first, "MSFT");
  EXPECT_EQ(got.rows[0].second.flags, TDK_QUOTE_HOST_TIME);
  EXPECT_EQ(got.rows[1].second.bid, 109'000'000);
  EXPECT_EQ(got.rows[1].second.time, 1'606'163'759'000'000'000);
  EXPECT_EQ(got.rows[1].second.volume, TDK_NULL_I64) << "it counts quotes";
  EXPECT_EQ(got.rows[2].second.last, 150'000'000);
  EXPECT_EQ(kit::test::fetch_quotes(p, {"SPX"}).status, TDK_PERMISSION_DENIED);
}

// Each market has plans of its own.
TEST_F(HistoryTest, QuotesOfAMarketThatThePlanLacksDoNotTakeTheOthersAlong) {
  Provider p = make({{"plan", "starter"}});
  host.answer = [](const std::string &url) {
    if (url.find("/indices") != url.npos || url.find("/forex/") != url.npos)
      return Answer{403, R"({"status":"NOT_AUTHORIZED","message":"You are not entitled to this data."})", {}, TDK_OK};
    return Answer{200, R"({"status":"OK","tickers":[{"ticker":"AAPL","lastTrade":{"p":1.5}}]})", {}, TDK_OK};
  };
  const auto got = kit::test::fetch_quotes(p, {"SPX", "AAPL", "EUR/USD"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 1U);
  EXPECT_EQ(got.rows[0].first, "AAPL");
  const auto none = kit::test::fetch_quotes(p, {"SPX", "EUR/USD"});
  EXPECT_EQ(none.status, TDK_PERMISSION_DENIED);
  EXPECT_THAT(none.text(), HasSubstr("not entitled")) << "in the vendor's words";
}

TEST_F(HistoryTest, SnapshotsAskForMoreThanTheTenOfTheDefault) {
  Provider p = make({{"plan", "starter"}});
  host.answer = [](const std::string &) { return Answer{200, R"({"results":[]})", {}, TDK_OK}; };
  std::vector<std::string> names;
  for (int i = 0; i < 251; ++i) names.push_back("I:X" + std::to_string(i));
  kit::test::fetch_quotes(p, names);
  ASSERT_EQ(host.requests.size(), 2U) << "250 is the most";
  EXPECT_EQ(kit::test::parameter(url(0), "limit"), "250");
  EXPECT_THAT(url(1), testing::EndsWith("X250"));
}

TEST_F(HistoryTest, SearchThatGoesInCirclesIsRefused) {
  Provider p = make();
  host.answer = [](const std::string &) {
    return Answer{200, R"({"status":"OK","results":[],"next_url":"https://api.massive.com/v3/reference/tickers?cursor=1"})", {}, TDK_OK};
  };
  EXPECT_EQ(kit::test::search(p, "A", 5'000).status, TDK_BAD_DATA);
  EXPECT_EQ(kit::test::parameter(url(0), "limit"), "1000") << "no page has more";
  EXPECT_EQ(host.requests.size(), 2U);
}

TEST_F(HistoryTest, SearchFollowsPagesAndNamesCanonically) {
  Provider p = make();
  say(R"({"status":"OK","results":[{"ticker":"C:EURUSD","name":"Euro","market":"fx","currency_symbol":"USD","base_currency_symbol":"EUR"}],)"
      R"("next_url":"https://api.massive.com/v3/reference/tickers?cursor=1"})");
  say(R"({"status":"OK","results":[{"ticker":"I:NDX","name":"Nasdaq 100","market":"indices"},{"ticker":"SPY","name":"SPDR","market":"stocks","type":"ETF","currency_name":"usd"}]})");
  const auto got = kit::test::search(p, "EUR/USD", 3);
  ASSERT_EQ(got.rows.size(), 3U) << got.text();
  EXPECT_THAT(url(0), HasSubstr("search=EURUSD"));
  EXPECT_EQ(got.rows[0].symbol, "EUR/USD");
  EXPECT_EQ(got.rows[0].vendor_symbol, "C:EURUSD");
  EXPECT_EQ(got.rows[0].asset_class, TDK_ASSET_FX);
  EXPECT_EQ(got.rows[1].symbol, "NAS100");
  EXPECT_EQ(got.rows[2].asset_class, TDK_ASSET_ETF);
  EXPECT_EQ(got.rows[2].currency, "USD");
}

TEST_F(HistoryTest, TheFreePlanOffersNeitherStreamsNorQuotes) {
  tdk_provider_info info{};
  info.capabilities = UINT64_MAX;
  make().info(info);
  EXPECT_EQ(info.capabilities & (TDK_CAP_QUOTES | TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES), 0U);
  info.capabilities = UINT64_MAX;
  make({{"plan", "advanced"}}).info(info);
  EXPECT_EQ(info.capabilities, UINT64_MAX);
  EXPECT_EQ(info.max_stream_symbols, 0U) << "one connection carries all";
}

}  // namespace
}  // namespace polygon
