// Two `tapedeck backfill` with one Redis, against a Binance that bans whoever sends one request too many.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "redis_server.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using tapedeck::testing_redis::RedisServer;

namespace {

constexpr std::uint64_t kWeight = 240;  // a minute; a page of candles costs 2

struct SharedBudget : testing::Test {
  // Lets `site` ask for so many days of minutes.
  void prepare(Site &site, const std::string &symbol, int days) {
    site.pipeline.symbols = {symbol};
    site.pipeline.parallel = 4;
    site.pipeline.since = "2024-01-01";
    site.pipeline.until = std::to_string((kNewYear2024Ms + days * kDayMs) / 1000);
    site.pipeline.plugin_options = ", weight_limit: " + std::to_string(kWeight);
    site.pipeline.plugin_more = ", budget: { share: cache }";
    site.pipeline.cache_plugin = "{ module: redis, options: { url: \"" + redis.url() + "\", connect_timeout: 2s, call_timeout: 2s } }";
  }
  // What each whole minute of the vendor has seen while `going`; `each` is called now and then.
  template <class Going, class Each>
  std::vector<std::uint64_t> watch(Going going, Each each) {
    std::vector<std::uint64_t> minutes;
    std::uint64_t before = 0, most = 0;
    while (going()) {
      const std::uint64_t now = told([&] { return sim.window_weight(); }, before);
      if (now < before) {
        minutes.push_back(most);
        most = 0;
      }
      most = std::max(most, now);
      before = now;
      each();
      wait_until([] { return false; }, Millis(100));
    }
    minutes.push_back(most);
    return minutes;
  }
  // On a busy machine one of so many questions may be cut off: then the next one tells.
  template <class Ask>
  static std::uint64_t told(Ask ask, std::uint64_t before) try {
    return ask();
  } catch (const std::exception &e) {
    std::printf("not told: %s\n", e.what());
    return before;
  }
  void expect_no_refusal() { EXPECT_EQ(sim.refused(), 0u) << "a request too many"; }

  RedisServer redis;
  SimServer sim{{"--limits", "real", "--set", "binance.weight=" + std::to_string(kWeight), "--set", "binance.refusals=0"}};
  Site one{sim.base_url()}, two{sim.base_url()};
};

// Together they want two minutes' budget and a half.
TEST_F(SharedBudget, TwoHostsNeverSendTooMuchAndUseItUp) {
  const int days = 110;  // of minutes, a thousand a page
  prepare(one, "BTC/USDT", days);
  prepare(two, "ETH/USDT", days);
  Process first(one.command({"backfill", "FILE", "--quiet"})), second(two.command({"backfill", "FILE", "--quiet"}));
  const auto minutes = watch([&] { return first.running() || second.running(); }, [] {});
  EXPECT_EQ(first.wait(60s), 0) << first.out() << first.err();
  EXPECT_EQ(second.wait(60s), 0) << second.out() << second.err();
  expect_no_refusal();
  ASSERT_GE(minutes.size(), 3u) << "the first and the last are no whole ones";
  std::uint64_t used = 0;
  for (std::size_t i = 1; i + 1 < minutes.size(); ++i) used += minutes[i];
  const double share = static_cast<double>(used) / static_cast<double>(kWeight * (minutes.size() - 2));
  std::printf("budget used: %.1f %% of %zu whole minutes, %llu of weight in all, 0 refused\n", share * 100, minutes.size() - 2,
              static_cast<unsigned long long>(sim.weight_used()));
  EXPECT_GE(share, 0.95);
  for (const auto &line : {first.err(), second.err()}) EXPECT_THAT(line, testing::Not(testing::HasSubstr("not shared"))) << line;
}

// The store of budgets dies and is emptied while both spend: less than all is used then, but never too much.
TEST_F(SharedBudget, ALostRedisCostsBudgetButNoBan) {
  const int days = 80;
  prepare(one, "BTC/USDT", days);
  prepare(two, "ETH/USDT", days);
  Process first(one.command({"backfill", "FILE", "--quiet"})), second(two.command({"backfill", "FILE", "--quiet"}));
  std::uint64_t step = 0, spent = 0;
  const auto minutes = watch([&] { return first.running() || second.running(); }, [&] {
    spent = told([&] { return sim.weight_used(); }, spent);
    if (step == 0 && spent > 60) redis.stop(), ++step;
    if (step == 1 && spent > 120) redis.start(), ++step;
    if (step == 2 && spent > 200) redis.command("FLUSHALL"), ++step;
  });
  EXPECT_EQ(first.wait(60s), 0) << first.out() << first.err();
  EXPECT_EQ(second.wait(60s), 0) << second.out() << second.err();
  EXPECT_EQ(step, 3u);
  expect_no_refusal();
  for (const std::uint64_t used : minutes) EXPECT_LE(used, kWeight);
  EXPECT_THAT(first.err(), testing::HasSubstr("the budget of account binance is not shared any more"));
  EXPECT_THAT(first.err(), testing::HasSubstr("the budget of account binance is shared again, among 2 hosts"));
}

}  // namespace
