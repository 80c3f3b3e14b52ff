// The provider against a vendor scripted after the documented range semantics of /api/v3/klines.
#include "fake_host.hpp"
#include "testdata.hpp"

#include <gmock/gmock.h>

namespace binance::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000, kMinute = 60'000;
constexpr std::int64_t kStart = 1'600'000'020'000;  // of the vendor's history, on the minute

std::int64_t number(const std::string &url, const std::string &name, std::int64_t otherwise) {
  const std::string text = parameter(url, name);
  return text.empty() ? otherwise : std::stoll(text);
}

class ProviderTest : public testing::Test {
 protected:
  ProviderTest() {
    host.answer = [this](const std::string &url) { return vendor(url); };
  }

  // Minutes [0, minutes) since kStart without the hole; start and end bound the open times, the
  // oldest of them are answered when there is a start, else the newest.
  Answer vendor(const std::string &url) const {
    if (url.find("/time") != url.npos)
      return {200, "{\"serverTime\":" + std::to_string(server_ms) + "}", {}, TDK_OK};
    const std::int64_t start = number(url, "startTime", -1),
                       end = number(url, "endTime", INT64_MAX);
    const std::int64_t limit = number(url, "limit", 500);
    std::vector<std::int64_t> opens;
    for (std::int64_t i = 0; i < minutes; ++i) {
      const std::int64_t open = kStart + i * kMinute;
      if (open >= start && open <= end && (i < hole_from || i >= hole_to)) opens.push_back(open);
    }
    const auto surplus = static_cast<std::ptrdiff_t>(opens.size()) - limit;
    if (surplus > 0 && start >= 0) opens.resize(static_cast<std::size_t>(limit));
    if (surplus > 0 && start < 0) opens.erase(opens.begin(), opens.begin() + surplus);
    std::string body = "[";
    for (std::int64_t open : opens)
      body.append(body.size() > 1 ? "," : "")
          .append(testdata::kline_row(open, kMinute, open / kMinute));
    return {200, body.append("]"), {{"x-mbx-used-weight-1m", "123"}}, TDK_OK};
  }

  Provider make(std::vector<std::pair<std::string, std::string>> settings = {}) {
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : settings) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    return Provider(tapedeck::Host(host.host()), tapedeck::Config(kv.data(), kv.size()));
  }
  static CandlesAsked range(std::int64_t first, std::int64_t last, std::uint64_t limit = 0,
                            std::uint32_t flags = 0) {
    CandlesAsked a;
    a.from_ns = (kStart + first * kMinute) * kMs;
    a.to_ns = (kStart + last * kMinute) * kMs;
    a.limit = limit;
    a.flags = flags;
    return a;
  }
  static std::int64_t minute_of(const Candle &c) { return (c.open_time / kMs - kStart) / kMinute; }
  std::string last_url() const { return host.requests.back().url; }

  FakeHost host;
  std::int64_t minutes = 5000, hole_from = 0, hole_to = 0;
  std::int64_t server_ms = 0;
};

TEST_F(ProviderTest, AsksForTheRangeAndForNothingElse) {
  Provider p = make({{"base_url", "https://vendor.test//"}});
  const Candles got = fetch_candles(p, range(3, 6));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(host.requests.size(), 1U);
  EXPECT_EQ(last_url(),
            "https://vendor.test/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1600000200000"
            "&endTime=1600000379999&limit=1000");
  EXPECT_THAT(got.rows, testing::SizeIs(3));
  EXPECT_EQ(got.rows[0].state, 0U);
}

TEST_F(ProviderTest, RoundsBothEndsUpToTheMillisecond) {
  Provider p = make();
  CandlesAsked a = range(3, 6);
  a.from_ns += 1;
  a.to_ns += 1;
  const Candles got = fetch_candles(p, a);
  EXPECT_EQ(parameter(last_url(), "startTime"), "1600000200001");
  EXPECT_EQ(parameter(last_url(), "endTime"), "1600000380000");
  ASSERT_THAT(got.rows, testing::SizeIs(3));
  EXPECT_EQ(minute_of(got.rows[0]), 4);
}

TEST_F(ProviderTest, PagesForwardOverHolesUntilTheRangeEnds) {
  hole_from = 1500;
  hole_to = 3500;
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 5000));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_THAT(got.rows, testing::SizeIs(3000));
  EXPECT_EQ(host.requests.size(), 3U);
  EXPECT_EQ(got.batches, 3U);
  EXPECT_EQ(minute_of(got.rows[1500]), 3500);
}

TEST_F(ProviderTest, StopsAtTheLimit) {
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 5000, 1200));
  EXPECT_THAT(got.rows, testing::SizeIs(1200));
  EXPECT_EQ(parameter(last_url(), "limit"), "200");
}

TEST_F(ProviderTest, NewestComesInOneRequestWithoutAStart) {
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 4000, 10, TDK_CANDLES_NEWEST));
  ASSERT_THAT(got.rows, testing::SizeIs(10));
  EXPECT_EQ(minute_of(got.rows[0]), 3990);
  EXPECT_EQ(minute_of(got.rows[9]), 3999);
  EXPECT_EQ(parameter(last_url(), "startTime"), "");
  EXPECT_EQ(parameter(last_url(), "limit"), "10");
}

TEST_F(ProviderTest, NewestDropsRowsBeforeTheRange) {
  hole_from = 95;
  hole_to = 100;
  Provider p = make();
  const Candles got = fetch_candles(p, range(90, 110, 50, TDK_CANDLES_NEWEST));
  ASSERT_THAT(got.rows, testing::SizeIs(15));
  EXPECT_EQ(minute_of(got.rows[0]), 90);
}

TEST_F(ProviderTest, NewestPagesBackwardsAndHandsOverAscending) {
  hole_from = 2000;
  hole_to = 2100;
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 4000, 2500, TDK_CANDLES_NEWEST));
  ASSERT_THAT(got.rows, testing::SizeIs(2500));
  EXPECT_EQ(host.requests.size(), 3U);
  EXPECT_EQ(minute_of(got.rows.front()), 1400);
  EXPECT_EQ(minute_of(got.rows.back()), 3999);
  for (std::size_t i = 1; i < got.rows.size(); ++i)
    ASSERT_LT(got.rows[i - 1].open_time, got.rows[i].open_time);
}

TEST_F(ProviderTest, AnEmptyRangeCostsNoRequest) {
  Provider p = make();
  EXPECT_EQ(fetch_candles(p, range(5, 5)).status, TDK_OK);
  EXPECT_EQ(fetch_candles(p, range(5, 5, 7, TDK_CANDLES_NEWEST)).status, TDK_OK);
  EXPECT_TRUE(host.requests.empty());
}

TEST_F(ProviderTest, RefusesOtherPriceTypesAndIntervals) {
  Provider p = make();
  CandlesAsked bid = range(0, 5);
  bid.price_type = TDK_PRICE_BID;
  EXPECT_EQ(fetch_candles(p, bid).status, TDK_NOT_SUPPORTED);
  CandlesAsked seven = range(0, 5);
  seven.interval.count = 7;
  EXPECT_EQ(fetch_candles(p, seven).status, TDK_INVALID_ARGUMENT);
  EXPECT_TRUE(host.requests.empty());
}

TEST_F(ProviderTest, ACandleIsFormingByTheVendorsClock) {
  host.now_ns = (kStart + 10 * kMinute) * kMs;     // the host runs 3 minutes ahead
  server_ms = kStart + 7 * kMinute + kMinute - 1;  // minute 7 closes with this very millisecond
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 9));
  ASSERT_THAT(got.rows, testing::SizeIs(9));
  EXPECT_EQ(got.rows[6].state, 0U);
  EXPECT_EQ(got.rows[7].state, TDK_CANDLE_FORMING);
  EXPECT_EQ(got.rows[8].state, TDK_CANDLE_FORMING);
}

TEST_F(ProviderTest, AsksForTheTimeOnceInTenMinutes) {
  host.now_ns = (kStart + 10 * kMinute) * kMs;
  server_ms = kStart + 10 * kMinute;
  Provider p = make();
  for (int i = 0; i < 3; ++i) fetch_candles(p, range(0, 11));
  EXPECT_EQ(host.requests.size(), 4U);
  host.now_ns += 11 * kMinute * kMs;
  fetch_candles(p, range(0, 30));
  EXPECT_EQ(host.requests.size(), 6U);
  EXPECT_EQ(host.requests.back().url, "https://data-api.binance.vision/api/v3/time");
  EXPECT_EQ(host.requests.back().costs.at("weight-1m"), 1U);
}

TEST_F(ProviderTest, FallsBackToTheHostsClock) {
  host.now_ns = (kStart + 3 * kMinute) * kMs;
  host.answer = [this](const std::string &url) {
    return url.find("/time") != url.npos ? Answer{500, "", {}, TDK_OK} : vendor(url);
  };
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 5));
  ASSERT_THAT(got.rows, testing::SizeIs(5));
  EXPECT_EQ(got.rows[2].state, 0U);
  EXPECT_EQ(got.rows[3].state, TDK_CANDLE_FORMING);
  EXPECT_THAT(host.log.at(0), HasSubstr("HTTP 500"));
}

TEST_F(ProviderTest, SpendsWeightAndRequestsAndReportsWhatTheVendorCounted) {
  Provider p = make({{"weight_limit", "1200"}});
  fetch_candles(p, range(0, 5));
  ASSERT_EQ(host.budgets.size(), 3U);
  EXPECT_EQ(host.budgets[0].name, "weight-1m");
  EXPECT_EQ(host.budgets[0].kind, TDK_BUDGET_FIXED);
  EXPECT_EQ(host.budgets[0].capacity, 1200U);
  EXPECT_EQ(host.budgets[0].window_ns, 60'000 * kMs);
  EXPECT_EQ(host.budgets[0].observed, 123U);
  EXPECT_EQ(host.budgets[1].name, "requests-5m");
  EXPECT_EQ(host.budgets[1].capacity, 61'000U);
  EXPECT_EQ(host.requests[0].costs.at("weight-1m"), 2U);
  EXPECT_EQ(host.requests[0].costs.at("requests-5m"), 1U);
}

TEST_F(ProviderTest, WorksWithoutBudgets) {
  host.offers_budgets = false;
  Provider p = make();
  EXPECT_EQ(fetch_candles(p, range(0, 5)).status, TDK_OK);
  EXPECT_TRUE(host.requests[0].costs.empty());
}

TEST_F(ProviderTest, HoldsTheAccountWhenLimited) {
  host.answer = [](const std::string &) {
    return Answer{
        429, R"({"code":-1003,"msg":"Too much request weight used."})", {{"retry-after", "9"}}};
  };
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 5));
  EXPECT_EQ(got.status, TDK_RATE_LIMITED);
  EXPECT_EQ(got.error.retry_after_ms, 9000);
  EXPECT_EQ(got.error.upstream_code, 429);
  ASSERT_EQ(host.holds.size(), 1U);
  EXPECT_EQ(host.holds[0].first, 9'000 * kMs);
  EXPECT_EQ(host.requests.size(), 1U);
}

TEST_F(ProviderTest, NamesTheSeriesAndTheHostInErrors) {
  host.answer = [](const std::string &) {
    return Answer{400, R"({"code":-1121,"msg":"Invalid symbol."})", {}};
  };
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 5));
  EXPECT_EQ(got.status, TDK_NOT_FOUND);
  EXPECT_EQ(got.text(),
            "fetching klines of BTCUSDT 1m from https://data-api.binance.vision: HTTP 400, "
            "-1121 'Invalid symbol.'; search for the symbol to see how it is listed");
}

TEST_F(ProviderTest, PassesTheHostsFailuresOn) {
  for (tdk_status s : {TDK_CANCELLED, TDK_TIMEOUT, TDK_UNAVAILABLE}) {
    host.answer = [s](const std::string &) { return Answer{0, "", {}, s}; };
    Provider p = make();
    EXPECT_EQ(fetch_candles(p, range(0, 5)).status, s);
  }
}

TEST_F(ProviderTest, StopsBetweenPagesWhenCancelled) {
  tdk_cancel cancel{};
  cancel.struct_size = sizeof cancel;
  cancel.ctx = &host;
  cancel.check = [](const tdk_cancel *c) -> tdk_status {
    return static_cast<FakeHost *>(c->ctx)->requests.size() >= 2 ? TDK_CANCELLED : TDK_OK;
  };
  Provider p = make();
  const Candles got = fetch_candles(p, range(0, 5000), &cancel);
  EXPECT_EQ(got.status, TDK_CANCELLED);
  EXPECT_EQ(host.requests.size(), 2U);
}

TEST_F(ProviderTest, CancellingTheTimeRequestCancelsTheFetch) {
  host.now_ns = (kStart + 3 * kMinute) * kMs;
  host.answer = [this](const std::string &url) {
    return url.find("/time") != url.npos ? Answer{0, "", {}, TDK_CANCELLED} : vendor(url);
  };
  Provider p = make();
  EXPECT_EQ(fetch_candles(p, range(0, 5)).status, TDK_CANCELLED);
}

TEST_F(ProviderTest, EarliestIsTheFirstOpenTime) {
  Provider p = make();
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = tapedeck::str("BTC/USDT");
  series.interval = {TDK_UNIT_MINUTE, 1};
  EXPECT_EQ(p.earliest(series, tapedeck::Cancel(nullptr)), kStart * kMs);
  EXPECT_EQ(parameter(last_url(), "startTime"), "0");
  EXPECT_EQ(parameter(last_url(), "limit"), "1");
  minutes = 0;
  EXPECT_THROW(p.earliest(series, tapedeck::Cancel(nullptr)), tapedeck::Error);
}

TEST_F(ProviderTest, TellsWhatItOffers) {
  Provider p = make();
  tdk_provider_info info{};
  p.info(info);
  EXPECT_EQ(info.interval_count, 10U);
  EXPECT_EQ(info.max_candles_per_call, 1000U);
  EXPECT_EQ(info.requests_per_minute, 3000U);
  EXPECT_EQ(info.max_instances, 0U);
}

TEST_F(ProviderTest, RefusesSettingsItCannotUse) {
  EXPECT_THROW(make({{"weight_limit", "0"}}), tapedeck::Error);
  EXPECT_THROW(make({{"weight_limit", "6k"}}), tapedeck::Error);
  EXPECT_THROW(make({{"base_url", "ftp://x"}}), tapedeck::Error);
}

}  // namespace
}  // namespace binance::test
