// The simulator as a whole, in-process, over real loopback connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr std::int64_t kMinute = 60'000;
const std::int64_t kStart = *parse_iso8601("2024-05-01T10:00:30.500Z");
const std::string kApi = "/binance/api/v3/";

Options frozen(bool limits = true) {
  Options options;
  options.start_ms = kStart;
  options.speed = 0;
  options.limits = limits;
  return options;
}

class Server : public testing::Test {
 protected:
  Simulator simulator{frozen()};
  TestClient client{simulator};

  std::vector<std::int64_t> opens(const std::string &query) {
    const Answer answer = client.get(kApi + "klines?symbol=BTCUSDT&" + query);
    EXPECT_EQ(answer.status, 200) << query << ' ' << answer.body;
    std::vector<std::int64_t> times;
    const json::value rows = json::parse(answer.body);
    for (const json::value &row : rows.as_array()) times.push_back(row.at(0).as_int64());
    return times;
  }
  std::int64_t counter(const char *name) {
    return json::parse(client.get("/sim/state").body)
        .at("vendors")
        .at("binance")
        .at(name)
        .to_number<std::int64_t>();
  }
  int order(const std::string &rest) {
    return client.fault(R"({"vendor":"binance","path":"klines",)" + rest + "}");
  }
  const std::string page = kApi + "klines?symbol=BTCUSDT&interval=1m&limit=10";
};

TEST_F(Server, PagesAsBinanceDoes) {
  const std::int64_t now = kStart / kMinute * kMinute;
  const auto at = [](std::int64_t ms) { return std::to_string(ms); };
  EXPECT_EQ(opens("interval=1m").size(), 500U) << "the usual limit";
  EXPECT_EQ(opens("interval=1m&limit=5000").size(), 1000U) << "cut";
  EXPECT_EQ(opens("interval=1m&limit=2"), (std::vector{now - kMinute, now}))
      << "newest, forming one included";
  const std::int64_t from = now - 10 * kMinute;
  EXPECT_EQ(opens("interval=1m&limit=2&startTime=" + at(from)),
            (std::vector{from, from + kMinute}));
  EXPECT_EQ(opens("interval=1m&limit=2&startTime=" + at(from + 1)),
            (std::vector{from + kMinute, from + 2 * kMinute}));
  EXPECT_EQ(opens("interval=1m&limit=2&endTime=" + at(from + 59'999)),
            (std::vector{from - kMinute, from}));
  EXPECT_EQ(opens("interval=1m&startTime=" + at(from) + "&endTime=" + at(from)),
            (std::vector{from}));
  EXPECT_EQ(opens("interval=1m&limit=2&startTime=" + at(from) + "&endTime=" + at(now)),
            (std::vector{from, from + kMinute}))
      << "the oldest of the range";
  EXPECT_EQ(opens("interval=1m&limit=1&startTime=" + at(from) + "000"), (std::vector{from}))
      << "us";
  EXPECT_TRUE(opens("interval=1m&startTime=" + at(kStart)).empty());
  EXPECT_TRUE(opens("interval=1m&endTime=1000").empty());
  EXPECT_TRUE(opens("interval=1m&startTime=" + at(now) + "&endTime=" + at(from)).empty());
  EXPECT_EQ(opens("interval=1d&limit=1&timeZone=8").front() % kDayMs, 16 * kHourMs);
  EXPECT_GE(counter("rows_served"), 1'500);
}

TEST_F(Server, PagingForwardMissesAndRepeatsNothing) {
  const std::int64_t end = kStart - 5 * kDayMs;
  std::int64_t next = end - 3'333 * kMinute;
  std::vector<std::int64_t> all;
  for (;;) {
    const auto rows = opens("interval=1m&limit=1000&startTime=" + std::to_string(next) +
                            "&endTime=" + std::to_string(end));
    all.insert(all.end(), rows.begin(), rows.end());
    if (rows.size() < 1000) break;
    next = rows.back() + 1;
  }
  ASSERT_EQ(all.size(), 3'333U);
  for (std::size_t i = 1; i < all.size(); ++i) ASSERT_EQ(all[i], all[i - 1] + kMinute);
}

TEST_F(Server, RefusesParametersAsBinanceDoes) {
  const std::pair<const char *, int> cases[] = {
      {"klines?interval=1m", -1102},
      {"klines?symbol=BTCUSDT", -1102},
      {"klines?symbol=&interval=1m", -1105},
      {"klines?symbol=btcusdt&interval=1m", -1100},
      {"klines?symbol=BTC/USDT&interval=1m", -1100},
      {"klines?symbol=NOPE&interval=1m", -1121},
      {"klines?symbol=BTCUSDT&interval=1H", -1120},
      {"klines?symbol=BTCUSDT&interval=1m&apikey=1", -1104},
      {"klines?symbol=BTCUSDT&symbol=BTCUSDT&interval=1m", -1101},
      {"klines?symbol=BTCUSDT&interval=1m&limit=0", -1130},
      {"klines?symbol=BTCUSDT&interval=1m&limit=x", -1100},
      {"klines?symbol=BTCUSDT&interval=1m&limit=-1", -1100},
      {"klines?symbol=BTCUSDT&interval=1m&startTime=-5", -1100},
      {"klines?symbol=BTCUSDT&interval=1m&timeZone=15", -1130},
      {"ping?x=1", -1101},
      {"time?x=1", -1101},
      {"ticker/price?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D", -1128},
      {"ticker/price?symbols=%5B%22BTCUSDT%22,%22BTCUSDT%22%5D", -1151},
      {"ticker/price?symbols=BTCUSDT", -1100},
      {"ticker/price?symbols=%5B%22BTCUSDT%22,%22NOPE%22%5D", -1121},
      {"ticker/24hr?type=TINY", -1139},
      {"ticker/price?symbolStatus=SLEEPING", -1122},
      {"exchangeInfo?symbol=BTCUSDT&symbolStatus=TRADING", -1128},
      {"aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", -1128},
  };
  for (const auto &[query, code] : cases) {
    const Answer answer = client.get(kApi + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_THAT(answer.body, HasSubstr("{\"code\":" + std::to_string(code) + ",\"msg\":\""))
        << query;
  }
  EXPECT_THAT(client.get(kApi + "klines?symbol=BTCUSDT&interval=1m&a=1").body,
              HasSubstr("read '2' parameter(s) but was sent '3'"));
}

TEST_F(Server, SpeaksHttpAsExpected) {
  const Answer ok = client.get(page);
  EXPECT_EQ(ok.headers.at("content-type"), "application/json;charset=UTF-8");
  EXPECT_EQ(ok.headers.at("content-length"), std::to_string(ok.body.size()));
  EXPECT_TRUE(ok.headers.contains("date"));
  EXPECT_EQ(client.get(kApi + "nothing").status, 404);
  EXPECT_EQ(client.get(kApi + "nothing").body, "");
  EXPECT_THAT(client.get(kApi + "nothing", {{"Accept", "text/html"}}).body, HasSubstr("<html>"));
  EXPECT_EQ(client.get("/kraken/x").status, 404);
  EXPECT_EQ(client.send("POST", page, "{}").status, 405);
  const Answer head = client.send("HEAD", page);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), ok.headers.at("content-length"));
}

TEST_F(Server, ShowsMicrosecondsWhenAsked) {
  const Answer answer =
      client.get(page + "&startTime=1700000040000", {{"X-MBX-TIME-UNIT", "MICROSECOND"}});
  const json::value rows = json::parse(answer.body);
  EXPECT_EQ(rows.at(0).at(0).as_int64(), 1'700'000'040'000'000);
  EXPECT_EQ(rows.at(0).at(6).as_int64(), 1'700'000'099'999'999);
  EXPECT_EQ(client.get(kApi + "time", {{"X-MBX-TIME-UNIT", "microsecond"}}).body,
            "{\"serverTime\":" + std::to_string(kStart) + "000}");
}

TEST_F(Server, ChargesDocumentedWeights) {
  const std::pair<const char *, int> cases[] = {
      {"ping", 1},
      {"time", 1},
      {"exchangeInfo", 20},
      {"klines?symbol=BTCUSDT&interval=1m", 2},
      {"ticker/price", 4},
      {"ticker/price?symbol=BTCUSDT", 2},
      {"ticker/24hr", 80},
      {"ticker/24hr?symbols=%5B%22BTCUSDT%22%5D", 2},
      {"depth?symbol=BTCUSDT&limit=500", 25},
      {"depth?symbol=BTCUSDT&limit=5000", 250},
      {"trades?symbol=BTCUSDT&limit=1", 25},
      {"aggTrades?symbol=BTCUSDT&limit=1", 4},
      {"avgPrice?symbol=BTCUSDT", 2},
  };
  int used = 0;
  for (const auto &[query, weight] : cases) {
    const Answer answer = client.get(kApi + query);
    used += weight;
    ASSERT_EQ(answer.status, 200) << query << answer.body;
    EXPECT_EQ(answer.headers.at("x-mbx-used-weight-1m"), std::to_string(used)) << query;
    EXPECT_EQ(answer.headers.at("x-mbx-used-weight"), std::to_string(used)) << query;
  }
}

TEST_F(Server, LimitsByItsOwnClockAndBansThoseWhoGoOn) {
  for (int i = 0; i < 24; ++i)
    ASSERT_EQ(client.get(kApi + "depth?symbol=BTCUSDT&limit=5000").status, 200);
  const Answer refused = client.get(kApi + "ping");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "30") << "29.5 s are left of the minute";
  EXPECT_THAT(
      refused.body,
      HasSubstr("{\"code\":-1003,\"msg\":\"Too much request weight used; current limit is 6000"));
  simulator.clock().advance(29'500);
  EXPECT_EQ(client.get(kApi + "ping").headers.at("x-mbx-used-weight-1m"), "1");
  for (int i = 0; i < 24; ++i) client.get(kApi + "depth?symbol=BTCUSDT&limit=5000");
  Answer last;
  for (int i = 0; i < 30 && last.status != 418; ++i) last = client.get(kApi + "ping");
  ASSERT_EQ(last.status, 418);
  EXPECT_EQ(last.headers.at("retry-after"), "120");
  EXPECT_THAT(last.body, HasSubstr("IP banned until " + std::to_string(kStart + 29'500 + 120'000)));
  EXPECT_EQ(counter("bans"), 1);
  EXPECT_EQ(counter("refused_418"), 1);
  EXPECT_GE(counter("refused_429"), 20);
  EXPECT_EQ(client.send("DELETE", "/sim/state").status, 200);
  EXPECT_EQ(client.get(kApi + "ping").status, 200);
}

TEST(ServerUnlimited, CountsButRefusesNothing) {
  Simulator simulator(frozen(false));
  const TestClient client(simulator);
  Answer answer;
  for (int i = 0; i < 30; ++i) answer = client.get(kApi + "depth?symbol=BTCUSDT&limit=5000");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("x-mbx-used-weight-1m"), "7500");
}

TEST_F(Server, FaultsInBodies) {
  const Answer whole = client.get(page);
  ASSERT_EQ(json::parse(whole.body).as_array().size(), 10U);
  const auto broken = [&](const std::string &kind) {
    EXPECT_EQ(order("\"kind\":\"" + kind + "\""), 200) << kind;
    const Answer answer = client.get(page);
    EXPECT_EQ(answer.status, 200) << kind;
    EXPECT_EQ(answer.error, "") << kind;
    EXPECT_EQ(client.get(page).body, whole.body) << "once only: " << kind;
    return answer.body;
  };
  boost::system::error_code error;
  json::parse(broken("truncated_json"), error);
  EXPECT_TRUE(error);
  EXPECT_THAT(broken("html_200"), HasSubstr("<html>"));
  EXPECT_EQ(broken("empty_200"), "[]");
  EXPECT_EQ(broken("empty_body"), "");
  EXPECT_EQ(json::parse(broken("short_page")).as_array().size(), 5U);
  EXPECT_GT(json::parse(broken("duplicate_rows")).as_array().size(), 10U);
  EXPECT_NE(broken("unordered_rows"), whole.body);
  EXPECT_NE(broken("garbage"), whole.body);
}

TEST_F(Server, FaultsInStatus) {
  EXPECT_EQ(order(R"("kind":"status","status":429,"retry_after_s":7)"), 200);
  const Answer limited = client.get(page);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.at("retry-after"), "7");
  EXPECT_THAT(limited.body, HasSubstr("-1003"));
  EXPECT_EQ(order(R"("kind":"status","status":503)"), 200);
  EXPECT_THAT(client.get(page).body, HasSubstr("-1008"));
  EXPECT_EQ(client.get(page).status, 200);
  EXPECT_EQ(order(R"("kind":"nonsense")"), 400);
  EXPECT_EQ(client.fault(R"({"vendor":"kraken","kind":"reset"})"), 400);
}

TEST_F(Server, FaultsInTheConnection) {
  const std::string big = kApi + "klines?symbol=BTCUSDT&interval=1m&limit=1000";
  EXPECT_EQ(order(R"("kind":"reset")"), 200);
  const Answer reset = client.get(big);
  EXPECT_THAT(reset.error, HasSubstr("reset")) << reset.body.size();
  EXPECT_EQ(order(R"("kind":"close")"), 200);
  const Answer closed = client.get(big);
  EXPECT_EQ(closed.error, "the body ended early");
  EXPECT_GT(closed.body.size(), 1'000U);
  EXPECT_EQ(order(R"("kind":"hang")"), 200);
  client.timeout_ms = 50;
  EXPECT_EQ(client.get(big).status, 0);
  client.timeout_ms = 5'000;
  EXPECT_EQ(client.get(big).error, "");
  EXPECT_EQ(counter("requests"), 4);
}

TEST_F(Server, FaultsInTime) {
  const auto timed = [&](const std::string &fault) {
    EXPECT_EQ(order(fault), 200);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(json::parse(client.get(page).body).as_array().size(), 10U);
    return std::chrono::steady_clock::now() - begin;
  };
  EXPECT_GE(timed(R"("kind":"delay","delay_ms":80)"), std::chrono::milliseconds(80));
  EXPECT_GE(timed(R"("kind":"slow_drip","delay_ms":100)"), std::chrono::milliseconds(90));
}

TEST_F(Server, StopsAtOnceWhileAFaultHangs) {
  EXPECT_EQ(order(R"("kind":"hang")"), 200);
  TestClient hanging = client;
  hanging.timeout_ms = 30'000;
  Answer answer;
  std::thread waiting([&] { answer = hanging.get(page); });
  while (simulator.counters("binance").faults_injected.empty()) std::this_thread::yield();
  const auto begin = std::chrono::steady_clock::now();
  simulator.stop();
  waiting.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(25));
  EXPECT_EQ(answer.status, 0);
}

TEST_F(Server, ClockCanBeReadAndMoved) {
  EXPECT_THAT(client.get("/sim/clock").body, HasSubstr("\"now\":\"2024-05-01T10:00:30.500Z\""));
  EXPECT_EQ(client.send("POST", "/sim/clock", R"({"advance_ms":1500})").status, 200);
  EXPECT_THAT(client.get(kApi + "time").body, HasSubstr(std::to_string(kStart + 1500)));
  EXPECT_EQ(client.send("POST", "/sim/clock", R"({"now":"2020-01-01T00:00:00Z"})").status, 200);
  EXPECT_EQ(opens("interval=1m&limit=1").back(), *parse_iso8601("2020-01-01"));
  EXPECT_EQ(client.send("POST", "/sim/clock", R"({"noon":1})").status, 400);
}

TEST_F(Server, NeverServesACachedPageFromTheFuture) {
  const std::string query =
      "interval=1m&limit=3&startTime=" + std::to_string(kStart - 10 * kMinute);
  // Pages are kept from the second time on, so the third answer comes out of the cache.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(opens(query).size(), 3U);
  simulator.clock().set(kStart - 9 * kMinute);
  EXPECT_EQ(opens(query).size(), 1U);
}

}  // namespace
}  // namespace tapedeck::sim
