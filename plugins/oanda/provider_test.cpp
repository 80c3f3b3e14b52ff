// Accounts, quotes, search and refusals of the provider against a scripted vendor.
#include "test_support.hpp"

namespace oanda::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr tdk_interval kM1{TDK_UNIT_MINUTE, 1};

class ProviderTest : public testing::Test {
 protected:
  ProviderTest() { rig.host.now_ns = at("2024-05-17T12:00:30Z"); }
  Candles candles() {
    return kit::test::fetch_candles(
        rig.provider(), {"EUR/USD", kM1, at("2024-05-16T10:00:00Z"), at("2024-05-16T10:05:00Z"), 0, 0,
                         TDK_PRICE_MID});
  }
  void answer_all(int status, std::string body) {
    rig.answer = [status, body](const std::string &) { return Answer{status, body, {}, TDK_OK}; };
  }
  static std::string pricing(const std::vector<std::string> &lines) {
    std::string out = R"({"time":"2024-05-17T12:00:30.000000000Z","prices":[)";
    for (const std::string &line : lines) out += (out.back() == '[' ? "" : ",") + line;
    return out + "]}";
  }
  Rig rig;
};

TEST_F(ProviderTest, WithoutATokenNothingIsAsked) {
  rig.settings.clear();
  const Candles got = candles();
  EXPECT_EQ(got.status, TDK_UNAUTHENTICATED);
  EXPECT_THAT(got.text(), HasSubstr("token"));
  EXPECT_TRUE(rig.host.requests.empty());
}

TEST_F(ProviderTest, WithoutAnAccountTheFirstOfTheTokenIsUsedAndAskedForOnce) {
  kit::test::search(rig.provider(), "EUR");
  answer_all(200, pricing({price_line("EUR_USD", "1.1", "1.2")}));
  kit::test::fetch_quotes(rig.provider(), {"EUR/USD"});
  ASSERT_EQ(rig.host.requests.size(), 3U);
  EXPECT_EQ(rig.path(0), "/v3/accounts");
  EXPECT_EQ(rig.path(1), "/v3/accounts/101-004-1435156-002/instruments");
  EXPECT_EQ(rig.path(2), "/v3/accounts/101-004-1435156-002/pricing");
}

TEST_F(ProviderTest, AConfiguredAccountIsUsed) {
  rig.settings["account"] = "101-001-7654321-009";
  kit::test::search(rig.provider(), "EUR");
  EXPECT_EQ(rig.path(0), "/v3/accounts/101-001-7654321-009/instruments");
}

TEST_F(ProviderTest, CandlesNeedNoAccount) {
  answer_all(200, candles_body({at("2024-05-16T10:00:00Z")}));
  EXPECT_EQ(candles().status, TDK_OK);
  EXPECT_EQ(rig.host.requests.size(), 1U);
}

// OANDA counts seconds and connections; "120 a minute" is wrong.
TEST_F(ProviderTest, Trap_LimitsAreOfASecondAndOfNewConnections) {
  answer_all(200, candles_body({}));
  candles();
  candles();
  ASSERT_EQ(rig.host.budgets.size(), 2U);
  EXPECT_EQ(rig.host.budgets[0].name, "requests-1s");
  EXPECT_EQ(rig.host.budgets[0].capacity, 100U);
  EXPECT_EQ(rig.host.budgets[0].window_ns, kSecond);
  EXPECT_EQ(rig.host.budgets[1].name, "connects-1s");
  EXPECT_EQ(rig.host.budgets[1].capacity, 2U);
  using Costs = std::map<std::string, std::uint64_t>;
  EXPECT_EQ(rig.host.requests.front().costs, (Costs{{"requests-1s", 1}, {"connects-1s", 1}}));
  EXPECT_EQ(rig.host.requests.back().costs, (Costs{{"requests-1s", 1}, {"connects-1s", 0}}));
}

TEST_F(ProviderTest, Trap_HtmlWithStatus200IsNoAnswer) {
  answer_all(200, "<!DOCTYPE html><html><head><title>Just a moment...</title>");
  const Candles got = candles();
  EXPECT_EQ(got.status, TDK_UNAVAILABLE);
  EXPECT_THAT(got.text(), HasSubstr("HTML"));
}

TEST_F(ProviderTest, Trap_AnEmptyBodyWith429HoldsTheAccountForASecond) {
  answer_all(429, "");
  EXPECT_EQ(candles().status, TDK_RATE_LIMITED);
  ASSERT_EQ(rig.host.holds.size(), 1U);
  EXPECT_EQ(rig.host.holds[0].first, kSecond);
}

// Seen live: 401 on single calls of a token that works, be it the first.
TEST_F(ProviderTest, Trap_A401IsAskedAboutOnceMore) {
  int left = 1;
  rig.answer = [&](const std::string &) {
    if (left-- > 0) return Answer{401, error_body("Insufficient authorization to perform request."), {}, TDK_OK};
    return Answer{200, candles_body({}), {}, TDK_OK};
  };
  EXPECT_EQ(candles().status, TDK_OK);
  EXPECT_EQ(rig.host.requests.size(), 2U);
  left = 2;
  const Candles got = candles();
  EXPECT_EQ(got.status, TDK_UNAUTHENTICATED);
  EXPECT_THAT(got.text(), HasSubstr("environment"));
  EXPECT_EQ(rig.host.requests.size(), 4U);
}

TEST_F(ProviderTest, TheTokenIsInNoText) {
  answer_all(401, error_body("Insufficient authorization to perform request."));
  EXPECT_THAT(candles().text(), Not(HasSubstr("practice-token")));
}

TEST_F(ProviderTest, AnUnknownInstrumentIsNotFound) {
  answer_all(400, error_body("Invalid value specified for 'instrument'"));
  EXPECT_EQ(candles().status, TDK_NOT_FOUND);
}

TEST_F(ProviderTest, QuotesComeInTheOrderOfAsking) {
  answer_all(200, pricing({price_line("EUR_USD", "1.10001", "1.10011"), price_line("USD_JPY", "118.123", "118.130")}));
  const auto got = kit::test::fetch_quotes(rig.provider(), {"USD/JPY", "EUR/USD"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(got.rows[0].first, "USD/JPY");
  const tdk_quote &q = got.rows[1].second;
  EXPECT_EQ(q.bid, 110001);
  EXPECT_EQ(q.ask, 110011);
  EXPECT_EQ(q.price_exp, -5);
  EXPECT_EQ(q.bid_size, 1'000'000);
  EXPECT_EQ(q.ask_size, 2'000'000);
  EXPECT_EQ(q.size_exp, 0);
  EXPECT_EQ(q.last, TDK_NULL_I64);
  EXPECT_EQ(q.time, at("2023-11-14T22:13:20.123456789Z"));
}

// One unknown name refuses the whole request.
TEST_F(ProviderTest, Trap_UnknownNamesAreNotAskedFor) {
  answer_all(200, pricing({price_line("EUR_USD", "1.10001", "1.10011")}));
  const auto got = kit::test::fetch_quotes(rig.provider(), {"EUR/USD", "FOO/BAR", "EUR/USD"});
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(parameter(rig.host.requests.back().url, "instruments"), "EUR_USD");
  EXPECT_EQ(kit::test::fetch_quotes(rig.provider(), {"FOO/BAR"}).status, TDK_NOT_FOUND);
}

// With it, a price that has not changed since would be left out.
TEST_F(ProviderTest, Trap_SinceIsNeverSaid) {
  answer_all(200, pricing({price_line("EUR_USD", "1.10001", "1.10011")}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kit::test::fetch_quotes(rig.provider(), {"EUR/USD"}).rows.size(), 1U);
    EXPECT_EQ(parameter(rig.host.requests.back().url, "since"), "");
  }
}

TEST_F(ProviderTest, Trap_NoPricesAreNoError) {
  answer_all(200, pricing({}));
  const auto got = kit::test::fetch_quotes(rig.provider(), {"EUR/USD"});
  EXPECT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_TRUE(got.rows.empty());
}

// How long a list may be is not documented.
TEST_F(ProviderTest, Trap_ManyNamesAreAskedForInSeveralRequests) {
  std::string listed, priced;
  std::vector<std::string> wanted;
  for (char c = 'A'; c < 'A' + 20; ++c)
    for (char d = 'A'; d < 'A' + 6; ++d) {
      const std::string base = std::string("Z") + c + d;
      wanted.push_back(base + "/USD");
      listed += (listed.empty() ? "" : ",") + (R"({"name":")" + base + R"(_USD"})");
      priced += (priced.empty() ? "" : ",") + price_line(base + "_USD", "1.1", "1.2");
    }
  rig.host.answer = [&](const std::string &url) {
    if (url.ends_with("/v3/accounts")) return Answer{200, kAccounts, {}, TDK_OK};
    if (url.ends_with("/instruments")) return Answer{200, R"({"instruments":[)" + listed + "]}", {}, TDK_OK};
    return Answer{200, R"({"prices":[)" + priced + "]}", {}, TDK_OK};
  };
  EXPECT_EQ(kit::test::fetch_quotes(rig.provider(), wanted).rows.size(), 120U);
  ASSERT_EQ(rig.host.requests.size(), 2U + 3U);
  for (const auto &request : rig.host.requests) EXPECT_LT(request.url.size(), 800U);
}

// What has been idle for long may be gone, and its successor counts as a new connection.
TEST_F(ProviderTest, Trap_AfterAPauseARequestIsTakenToConnectAnew) {
  answer_all(200, candles_body({}));
  for (const std::int64_t pause : {0 * kSecond, 19 * kSecond, 20 * kSecond}) {
    rig.host.socket.now_ns += pause;
    candles();
  }
  EXPECT_EQ(rig.host.requests.at(1).costs.at("connects-1s"), 0U);
  EXPECT_EQ(rig.host.requests.at(2).costs.at("connects-1s"), 1U);
}

TEST_F(ProviderTest, Trap_WhileTheMarketIsClosedTheLastQuoteIsOfItsTime) {
  answer_all(200, pricing({price_line("EUR_USD", "1.10001", "1.10011", R"("tradeable":false)")}));
  const auto got = kit::test::fetch_quotes(rig.provider(), {"EUR/USD"});
  EXPECT_EQ(got.status, TDK_OK);
  ASSERT_EQ(got.rows.size(), 1U);
  EXPECT_EQ(got.rows[0].second.bid, 110'001);
  EXPECT_EQ(got.rows[0].second.time, at("2023-11-14T22:13:20.123456789Z"));
}

TEST_F(ProviderTest, SearchKnowsBothNamesAndTheKind) {
  const auto got = kit::test::search(rig.provider(), "de40");
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].symbol, "DE40");
  EXPECT_EQ(got.rows[0].vendor_symbol, "DE30_EUR");
  EXPECT_EQ(got.rows[0].currency, "EUR");
  EXPECT_EQ(got.rows[0].asset_class, TDK_ASSET_INDEX);
  EXPECT_EQ(got.rows[0].price_exp, -1);
  EXPECT_TRUE(got.rows[0].price_exp_known);
  EXPECT_EQ(got.rows[0].name, "Germany 40");
  EXPECT_EQ(kit::test::search(rig.provider(), "gold").rows.at(0).symbol, "XAU/USD");
  EXPECT_EQ(kit::test::search(rig.provider(), "usd").rows.size(), 5U);
  EXPECT_EQ(kit::test::search(rig.provider(), "usd", 2).rows.size(), 2U);
  EXPECT_EQ(kit::test::search(rig.provider(), "").rows.size(), 6U);
}

TEST_F(ProviderTest, SaysWhatItOffers) {
  tdk_provider_info seen{};
  const tdk_provider_info_sink sink{sizeof sink, 0, &seen,
                                    [](void *ctx, const tdk_provider_info *i) -> tdk_status {
                                      *static_cast<tdk_provider_info *>(ctx) = *i;
                                      return TDK_OK;
                                    }};
  tdk_error error = tapedeck::detail::fresh();
  const kit::test::Callee callee(rig.provider());
  ASSERT_EQ(callee.table->info(callee.self, &sink, &error), TDK_OK);
  EXPECT_EQ(seen.capabilities, TDK_CAP_HISTORY | TDK_CAP_QUOTES | TDK_CAP_SYMBOLS | TDK_CAP_EARLIEST |
                                   TDK_CAP_STREAM_QUOTES);
  EXPECT_EQ(seen.max_candles_per_call, 5000U);
  EXPECT_EQ(seen.interval_count, 21U);
}

}  // namespace
}  // namespace oanda::test
