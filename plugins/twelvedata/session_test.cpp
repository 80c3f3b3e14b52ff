// What requests cost, what the vendor says of it, and every error body as its class.
#include "refusal.hpp"
#include "test_vendor.hpp"
#include "times.hpp"

#include <gmock/gmock.h>

namespace twelvedata::test {
namespace {

using kit::test::fetch_candles;
using testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000;

std::string error(int code, const std::string &message) {
  return "{\"code\":" + std::to_string(code) + ",\"message\":\"" + message +
         "\",\"status\":\"error\"}";
}

constexpr const char *kMinute =
    "You have run out of API credits for the current minute. 9 API credits were used";
constexpr const char *kDay =
    "You have run out of API credits for the day. 801 API credits were used";

TEST(Refusal, EveryErrorHasItsClassWithTheRealStatusAndInside200) {
  struct Row {
    int code;
    const char *message;
    tdk_status status;
  };
  const Row table[] = {
      {400, "Invalid **interval** provided: 0.99min.", TDK_INVALID_ARGUMENT},
      {400, "**symbol** not found: INVALID. Please specify it correctly", TDK_NOT_FOUND},
      {401, "**apikey** parameter is incorrect or not specified.", TDK_UNAUTHENTICATED},
      {403, "/dividends is available exclusively with grow or pro plans.", TDK_PERMISSION_DENIED},
      {403, "The 'demo' API key is only used for initial familiarity.", TDK_PERMISSION_DENIED},
      {404, "This symbol is available starting with the Grow or Venture plan.",
       TDK_PERMISSION_DENIED},
      {404, "**symbol** or **figi** parameter is missing or invalid.", TDK_NOT_FOUND},
      {414, "Input parameter array exceeds the allowed length", TDK_INVALID_ARGUMENT},
      {429, kMinute, TDK_RATE_LIMITED},
      {429, kDay, TDK_RATE_LIMITED},
      {500, "Internal server error", TDK_UNAVAILABLE},
      {503, "", TDK_UNAVAILABLE},
  };
  for (const Row &r : table)
    for (const int http : {r.code, 200}) {
      Bench bench;
      bench.answers(http, error(r.code, r.message));
      const auto got = fetch_candles(bench.provider(), asked(0, kQuarter));
      EXPECT_EQ(got.status, r.status) << r.code << " in " << http << ": " << got.text();
      EXPECT_EQ(got.error.upstream_code, http);
    }
}

// A field of the three may be missing, and the vendor's own tools go by the words.
TEST(Refusal, TheWordsOrTheCodeAreEnough) {
  const auto fetched = [](int http, const char *body) {
    Bench bench;
    bench.answers(http, body);
    return fetch_candles(bench.provider(), asked(0, kQuarter)).status;
  };
  EXPECT_EQ(fetched(200, R"({"code":401,"message":"**apikey** parameter is incorrect"})"),
            TDK_UNAUTHENTICATED);
  EXPECT_EQ(fetched(200, R"({"status":"error","message":"You have run out of API credits"})"),
            TDK_RATE_LIMITED);
  EXPECT_EQ(fetched(404, R"({"code":404,"message":"No data is available","status":"error"})"),
            TDK_OK);
  EXPECT_EQ(fetched(200, R"({"code":null,"message":"No data is available","status":"error"})"),
            TDK_OK);
  EXPECT_EQ(fetched(429, "<html>slow down</html>"), TDK_RATE_LIMITED);
  EXPECT_EQ(fetched(401, ""), TDK_UNAUTHENTICATED);
}

TEST(Refusal, APlainTextAnswerToAWrongPathIsNotFound) {
  Bench bench;
  bench.answers(404, "404 page not found\n");
  const auto got = fetch_candles(bench.provider(), asked(0, kQuarter));
  EXPECT_EQ(got.status, TDK_NOT_FOUND);
  EXPECT_THAT(got.text(), HasSubstr("check base_url"));
}

TEST(Refusal, HtmlWithStatus200IsNoAnswer) {
  Bench bench;
  bench.answers(200, "<html><title>502</title></html>");
  EXPECT_EQ(fetch_candles(bench.provider(), asked(0, kQuarter)).status, TDK_BAD_DATA);
}

TEST(Refusal, CsvAndPostedBatchesAreNotTakenForAnswers) {
  for (const char *body :
       {"datetime;open;high;low;close\n1970-01-01 00:00:00;1;1;1;1\n",
        R"({"code":200,"status":"success","data":{"a":{"status":"success","response":{}}}})"}) {
    Bench bench;
    bench.answers(200, body);
    EXPECT_EQ(fetch_candles(bench.provider(), asked(0, kQuarter)).status, TDK_BAD_DATA) << body;
  }
}

TEST(Refusal, WaitsAMinuteOrTheDayByTheWordsAlone) {
  const std::int64_t now = kNow * kSecondNs;
  EXPECT_EQ(refusal("x", 429, {429, kMinute}, now).retry_after_ms(), 62'000);
  const std::int64_t to_midnight = (kDaySeconds - kNow % kDaySeconds) * 1'000;
  EXPECT_EQ(refusal("x", 429, {429, kDay}, now).retry_after_ms(), to_midnight + 30'000);
  EXPECT_EQ(refusal("x", 429, {429, "something new"}, now).retry_after_ms(), 62'000);
}

TEST(Credits, ARateLimitHoldsTheAccountThoughNoHeaderSaysHowLong) {
  Bench bench;
  bench.answers(429, error(429, kMinute));
  fetch_candles(bench.provider(), asked(0, kQuarter));
  ASSERT_EQ(bench.host.holds.size(), 1U);
  EXPECT_EQ(bench.host.holds[0].first, 62'000 * kMs);
}

TEST(Credits, EightInAnyMinuteAnd800ADayUnlessThePlanSaysMore) {
  Bench basic;
  basic.provider();
  ASSERT_EQ(basic.host.budgets.size(), 2U);
  EXPECT_EQ(basic.host.budgets[0].capacity, 8U);
  EXPECT_EQ(basic.host.budgets[0].kind, TDK_BUDGET_SLIDING) << "right for clock minutes too";
  EXPECT_EQ(basic.host.budgets[1].capacity, 800U);
  EXPECT_EQ(basic.host.budgets[1].kind, TDK_BUDGET_FIXED);
  Bench grow(Settings{{"plan", "grow"}});
  grow.provider();
  ASSERT_EQ(grow.host.budgets.size(), 1U) << "no limit a day";
  EXPECT_EQ(grow.host.budgets[0].capacity, 55U);
  Bench own(Settings{{"plan", "grow"}, {"credits_per_minute", "377"}, {"credits_per_day", "5000"}});
  own.provider();
  EXPECT_EQ(own.host.budgets[0].capacity, 377U);
  EXPECT_EQ(own.host.budgets[1].capacity, 5000U);
}

TEST(Credits, HeadersOfEveryReplyCorrectTheCountRejectedCallsToo) {
  Bench bench;
  int calls = 0;
  bench.host.answer = [&](const std::string &) {
    const bool last = ++calls == 2;
    return Answer{last ? 429 : 200,
                  last ? error(429, kMinute) : std::string(R"({"values":[]})"),
                  {{"Api-Credits-Used", last ? "9" : "7"}, {"API-CREDITS-LEFT", last ? "0" : "1"}},
                  TDK_OK};
  };
  fetch_candles(bench.provider(), asked(0, kQuarter));
  EXPECT_EQ(bench.host.budgets[0].observed, 7U);
  fetch_candles(bench.provider(), asked(0, kQuarter));
  EXPECT_EQ(bench.host.budgets[0].observed, 9U);
  EXPECT_EQ(bench.host.budgets[0].capacity, 8U) << "used and left of a rejected call are no limit";
}

TEST(Credits, HeadersLowerAPlanThatIsSmallerThanItWasSaidToBe) {
  Bench bench(Settings{{"plan", "grow"}});
  bench.host.answer = [&](const std::string &) {
    return Answer{
        200, R"({"values":[]})", {{"api-credits-used", "2"}, {"api-credits-left", "6"}}, TDK_OK};
  };
  fetch_candles(bench.provider(), asked(0, kQuarter));
  EXPECT_EQ(bench.host.budgets[0].capacity, 8U);
}

TEST(Credits, AutoAsksTheVendorOnceForThePlan) {
  Bench bench(Settings{{"plan", "auto"}});
  bench.host.answer = [&](const std::string &url) {
    if (url.find("/api_usage") == url.npos) return Answer{200, R"({"values":[]})", {}, TDK_OK};
    return Answer{200,
                  R"({"timestamp":"2025-10-28 14:35:51","current_usage":3,"plan_limit":144,)"
                  R"("daily_usage":30,"plan_daily_limit":9000,"plan_category":"grow"})",
                  {},
                  TDK_OK};
  };
  fetch_candles(bench.provider(), asked(0, kQuarter));
  fetch_candles(bench.provider(), asked(0, kQuarter));
  EXPECT_EQ(bench.host.requests.size(), 3U);
  ASSERT_EQ(bench.host.budgets.size(), 2U);
  EXPECT_EQ(bench.host.budgets[0].capacity, 144U);
  EXPECT_EQ(bench.host.budgets[0].observed, 3U);
  EXPECT_EQ(bench.host.budgets[1].capacity, 9000U);
  EXPECT_EQ(bench.host.budgets[1].observed, 30U);
}

TEST(Credits, APlanWithoutADailyLimitNamesNone) {
  Bench bench(Settings{{"plan", "auto"}});
  bench.answers(200, R"({"current_usage":1,"plan_limit":144,"plan_category":"grow","values":[]})");
  fetch_candles(bench.provider(), asked(0, kQuarter));
  ASSERT_EQ(bench.host.budgets.size(), 1U);
  EXPECT_EQ(bench.host.budgets[0].capacity, 144U);
  ASSERT_EQ(bench.host.requests.size(), 2U);
  EXPECT_EQ(bench.host.requests[0].costs.at("credits-1m"), 1U) << "the question costs one too";
}

TEST(Credits, WhatIsSetIsNotRaisedByTheVendorsPlan) {
  Bench bench(Settings{{"plan", "auto"}, {"credits_per_minute", "5"}, {"credits_per_day", "100"}});
  bench.host.answer = [&](const std::string &url) {
    return Answer{200,
                  url.find("/api_usage") == url.npos
                      ? R"({"values":[]})"
                      : R"({"current_usage":1,"plan_limit":144,"plan_category":"grow"})",
                  {},
                  TDK_OK};
  };
  fetch_candles(bench.provider(), asked(0, kQuarter));
  ASSERT_EQ(bench.host.budgets.size(), 2U);
  EXPECT_EQ(bench.host.budgets[0].capacity, 5U);
  EXPECT_EQ(bench.host.budgets[1].capacity, 100U);
}

TEST(Settings, AreRefusedByName) {
  const std::pair<Settings, const char *> table[] = {
      {{{"apikey", ""}}, "apikey is empty"},
      {{{"apikey", "two words"}}, "apikey is empty or no key"},
      {{{"apikey", "k"}, {"base_url", "ftp://x"}}, "base_url is 'ftp://x'"},
      {{{"apikey", "k"}, {"ws_url", "https://x"}}, "ws_url is 'https://x'"},
      {{{"apikey", "k"}, {"plan", "gold"}}, "plan is 'gold'"},
      {{{"apikey", "k"}, {"credits_per_minute", "0"}}, "credits_per_minute is '0'"},
      {{{"apikey", "k"}, {"credits_per_day", "-1"}}, "credits_per_day is '-1'"}};
  for (const auto &[settings, why] : table) {
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : settings) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    try {
      read_settings(tapedeck::Config(kv.data(), kv.size()));
      ADD_FAILURE() << why;
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
      EXPECT_THAT(e.what(), HasSubstr(why));
    }
  }
}

TEST(Settings, TheWebSocketGoesWithTheRestHost) {
  const auto url = [](Settings settings) {
    settings.emplace_back("apikey", "k");
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : settings) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    return read_settings(tapedeck::Config(kv.data(), kv.size())).stream_url;
  };
  EXPECT_EQ(url({}), "wss://ws.twelvedata.com");
  EXPECT_EQ(url({{"base_url", "http://127.0.0.1:8081/twelvedata/"}}),
            "ws://127.0.0.1:8081/twelvedata");
  EXPECT_EQ(url({{"ws_url", "wss://ws.twelvedata.com/v1/quotes/price"}}),
            "wss://ws.twelvedata.com");
  EXPECT_EQ(url({{"base_url", "https://proxy"}, {"ws_url", "wss://other"}}), "wss://other");
}

}  // namespace
}  // namespace twelvedata::test
