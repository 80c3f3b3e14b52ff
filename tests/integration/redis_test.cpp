// `tapedeck run` with its cache in Redis, which goes, comes back and is emptied: nobody who asks is the wiser.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <csignal>

#include "redis_server.hpp"
#include "support/http.hpp"
#include "support/live_host.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
using tapedeck::testing_redis::RedisServer;
using testing::HasSubstr;
namespace json = boost::json;

namespace {

std::size_t times(const std::string &text, const std::string &part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

struct RedisCache : testing::Test {
  RedisCache() {
    site.pipeline.cache_plugin = cache(", connect_timeout: 1m, call_timeout: 1m");  // it is not late because the machine is busy
    site.pipeline.uses_cache = true;
    site.pipeline.backfill = false;
  }
  std::string cache(const std::string &more) const {
    return "{ module: redis, options: { url: \"" + redis.url() + "\", password: \"open-sesame\"" + more + " } }";
  }
  static json::object quote(const LiveHost &host) {
    const auto answer = http_get(host.port(), "/api/v1/quotes/BTCUSDT");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).as_object();
  }
  // Asks until `said` was logged so often; every answer on the way is a good one.
  static void ask_until(const LiveHost &host, const std::string &said, std::size_t n) {
    EXPECT_TRUE(wait_until([&] {
      quote(host);
      return times(host.err(), said) >= n;
    })) << host.err();
  }

  RedisServer redis{{"--requirepass", "open-sesame"}};
  SimServer sim;
  Site site{sim.base_url()};
};

TEST_F(RedisCache, AnAnswerIsKeptForTheOtherHostsOfTheDeployment) {
  const LiveHost host(site);
  Site elsewhere(sim.base_url());
  elsewhere.pipeline.cache_plugin = site.pipeline.cache_plugin;
  elsewhere.pipeline.uses_cache = true;
  elsewhere.pipeline.backfill = false;
  const LiveHost other(elsewhere);
  http_get(host.port(), "/api/v1/symbols?query=BTC&limit=3");
  const auto requests = sim.requests();
  const auto answer = http_get(other.port(), "/api/v1/symbols?query=BTC&limit=3");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("\"BTC/USDT\""));
  EXPECT_EQ(sim.requests(), requests) << "the other host has asked";
  EXPECT_EQ(host.metric("tapedeck_redis_up"), 1);
}

TEST_F(RedisCache, StoppedRestartedFlushedAndNoRequestFails) {
  const LiveHost host(site);
  quote(host);
  redis.stop();
  ask_until(host, " is away ", 1);
  for (int i = 0; i < 30; ++i) quote(host);
  EXPECT_EQ(host.metric("tapedeck_redis_up"), 0);
  redis.start();
  ask_until(host, " is back after ", 1);
  EXPECT_EQ(host.metric("tapedeck_redis_up"), 1);
  for (int i = 0; i < 3; ++i) {
    quote(host);
    EXPECT_EQ(http_get(host.port(), "/ready").status, 200);
  }
  for (int i = 0; i < 5; ++i) {
    redis.stop();
    redis.start();
    quote(host);
  }
  quote(host);
  EXPECT_EQ(quote(host).at("cached"), true);
  EXPECT_EQ(redis.command("FLUSHALL", "open-sesame"), "OK");
  EXPECT_EQ(quote(host).at("cached"), false);
  EXPECT_EQ(times(host.err(), "open-sesame"), 0u) << host.err();
  EXPECT_EQ(times(host.err(), " is away "), times(host.err(), " is back after ")) << host.err();
}

TEST_F(RedisCache, HangsAndNoRequestFails) {
  site.pipeline.cache_plugin = cache("");
  const LiveHost host(site);
  quote(host);
  redis.freeze();
  ask_until(host, " is away ", 1);
  for (int i = 0; i < 30; ++i) quote(host);
  redis.thaw();
  ask_until(host, " is back after ", 1);
}

TEST_F(RedisCache, StartsWithoutIt) {
  redis.stop();
  const LiveHost host(site);
  quote(host);
  quote(host);
  EXPECT_EQ(times(host.err(), " is away"), 1u) << host.err();
  redis.start();
  ask_until(host, " is back after ", 1);
}

// The account lives on, the way to Redis is the new configuration's.
TEST_F(RedisCache, ASharedBudgetSurvivesReloads) {
  site.pipeline.plugin_more = ", budget: { share: cache }";
  LiveHost host(site);
  for (std::size_t i = 1; i <= 4; ++i) {
    const auto answer = http_get(host.port(), "/api/v1/symbols/BTCUSDT/earliest?interval=" + std::string(i % 2 == 0 ? "1m" : "1h"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    host.process().signal(SIGHUP);
    EXPECT_TRUE(wait_until([&] { return times(host.err(), " run: reloaded") == i; })) << host.err();
  }
  quote(host);
  EXPECT_TRUE(wait_until([&] { return host.metric("tapedeck_source_budget_hosts{source=\"binance\"}") == 1; })) << host.err();
  // The vendor's minute may have just begun anew.
  EXPECT_TRUE(wait_until([&, n = 0]() mutable {
    http_get(host.port(), "/api/v1/symbols?query=BTC" + std::to_string(n++));
    return host.metric("tapedeck_source_budget_used{source=\"binance\",budget=\"weight-1m\"}") > 0;
  })) << host.err();
  EXPECT_EQ(times(host.err(), "not shared"), 0u) << host.err();
  EXPECT_EQ(host.stop(), 0);
  EXPECT_EQ(times(host.err(), "not shared"), 0u) << host.err();
  EXPECT_THAT(redis.command("EXISTS tapedeck:budget:{binance}", "open-sesame"), "1");
}

TEST_F(RedisCache, ValidateOpensNothingAndSaysWhatIsNoCache) {
  redis.stop();
  EXPECT_EQ(site.tapedeck({"validate", "FILE", "--offline"}).exit_code, 0);
  site.pipeline.cache_plugin = "{ module: sqlite, options: { path: \"x.db\" } }";
  const auto said = site.tapedeck({"validate", "FILE", "--offline"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(said.err, HasSubstr("'cache' (module sqlite) is no cache"));
  site.pipeline.uses_cache = false;
  site.pipeline.plugin_more = ", budget: { share: cache }";
  EXPECT_THAT(site.tapedeck({"validate", "FILE", "--offline"}).err, HasSubstr("is no cache that hosts can share budgets through"));
}

}  // namespace
