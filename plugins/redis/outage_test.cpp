// Redis goes, comes back, is emptied, hangs, or wants another password.
#include <gmock/gmock.h>
#include <poll.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "cache_conformance.hpp"
#include "redis_server.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_redis::RedisServer;

constexpr std::int64_t kHour = 3'600'000'000'000;

struct Outage : testing::Test {
  CacheClient client(RedisServer &s, Options more = {}) {
    Options options = {{"url", s.url()}, {"call_timeout", "1m"}, {"connect_timeout", "1m"}};
    for (auto &o : more) {
      std::erase_if(options, [&](const auto &had) { return had.first == o.first; });
      options.push_back(o);
    }
    return {REDIS_PLUGIN, "redis", options, host};
  }
  // TDK_OK, or what getting a key failed with.
  static std::pair<tdk_status, std::string> look(CacheClient &c) try {
    c.get("a");
    return {TDK_OK, ""};
  } catch (const Error &e) {
    return {e.code(), e.what()};
  }
  static void wait_until_back(CacheClient &c) {
    while (look(c).first != TDK_OK) poll(nullptr, 0, 10);  // the test's own limit ends it
  }

  FakeHost host;
};

TEST_F(Outage, NothingIsConnectedBeforeTheFirstCall) {
  CacheClient c(REDIS_PLUGIN, "redis", {{"url", "redis://127.0.0.1:1"}}, host);
  EXPECT_THAT(host.said(), testing::IsEmpty());
  EXPECT_EQ(look(c).first, TDK_UNAVAILABLE);
}

TEST_F(Outage, OneLineWhenItGoesAndOneWhenItIsBack) {
  RedisServer server;
  auto c = client(server);
  c.set("a", "1", kHour);
  server.stop();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(look(c).first, TDK_UNAVAILABLE);
  EXPECT_THAT(host.said(), ElementsAre(testing::AllOf(HasSubstr("redis at 127.0.0.1:"), HasSubstr(" is away "))));
  server.start();
  wait_until_back(c);
  EXPECT_FALSE(c.get("a")) << "a restart forgets";
  c.set("a", "2", kHour);
  EXPECT_TRUE(c.get("a"));
  EXPECT_THAT(host.said(), ElementsAre(HasSubstr(" is away "), HasSubstr(" is back after ")));
  EXPECT_EQ(host.metric("tapedeck_redis_losses_total"), 1);
}

// A kept connection that the server has closed meanwhile is no outage.
TEST_F(Outage, ARestartBetweenTwoCallsIsNotNoticed) {
  RedisServer server;
  auto c = client(server);
  c.set("a", "1", kHour);
  server.stop();
  server.start();
  EXPECT_FALSE(c.get("a"));
  EXPECT_THAT(host.said(), testing::IsEmpty());
}

TEST_F(Outage, AFlushIsAMiss) {
  RedisServer server;
  auto c = client(server);
  c.set("a", "1", kHour);
  server.command("FLUSHALL");
  EXPECT_FALSE(c.get("a"));
  EXPECT_THAT(host.said(), testing::IsEmpty());
}

// With a time-out for each of these calls it would last more than ten minutes.
TEST_F(Outage, OnlyTheFirstCallWaitsForOneThatHangs) {
  RedisServer server;
  auto c = client(server, {{"call_timeout", "700ms"}, {"connect_timeout", "700ms"}});
  c.set("a", "1", kHour);
  server.freeze();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(look(c).first, TDK_UNAVAILABLE);
  const auto took = std::chrono::steady_clock::now() - began;
  std::printf("1000 calls, the first with a time-out of 700 ms: %lld ms\n",
              static_cast<long long>(took / std::chrono::milliseconds(1)));
  EXPECT_LT(took, std::chrono::seconds(60));
  server.thaw();
  wait_until_back(c);
  EXPECT_TRUE(c.get("a"));
}

TEST_F(Outage, ALargeValueDoesNotHangOnOneThatTakesNothing) {
  RedisServer server;
  auto c = client(server, {{"call_timeout", "700ms"}, {"connect_timeout", "700ms"}});
  c.get("a");
  server.freeze();
  EXPECT_THROW(c.set("a", std::string(15 << 20, 'x'), kHour), Error);
}

TEST_F(Outage, SaysWhyItMayNotInButNeverThePassword) {
  RedisServer server({"--requirepass", "correct-horse"});
  auto wrong = client(server, {{"password", "wrong-battery"}});
  const auto refused = look(wrong);
  EXPECT_EQ(refused.first, TDK_UNAVAILABLE);
  EXPECT_THAT(refused.second, HasSubstr("WRONGPASS"));
  auto none = client(server);
  EXPECT_THAT(look(none).second, HasSubstr("NOAUTH"));
  auto right = client(server, {{"password", "correct-horse"}});
  EXPECT_EQ(look(right).first, TDK_OK);
  for (const auto &line : host.said()) EXPECT_THAT(line, Not(testing::AnyOf(HasSubstr("horse"), HasSubstr("battery"))));
}

TEST_F(Outage, LogsInAsAUser) {
  RedisServer server({"--user", "ann", "on", ">secret-of-ann", "~*", "+@all"});
  auto c = client(server, {{"username", "ann"}, {"password", "secret-of-ann"}});
  EXPECT_EQ(look(c).first, TDK_OK);
}

TEST_F(Outage, ADatabaseThatThereIsNotIsRefused) {
  RedisServer server;
  CacheClient c(REDIS_PLUGIN, "redis", {{"url", server.url(99)}, {"call_timeout", "1m"}}, host);
  EXPECT_THAT(look(c).second, HasSubstr("DB index is out of range"));
}

TEST_F(Outage, AServerThatIsFullIsNotAway) {
  RedisServer server({"--maxmemory", "1"});
  auto c = client(server);
  for (int i = 0; i < 3; ++i) EXPECT_THROW(c.set("a", "1", kHour), Error);
  EXPECT_EQ(look(c).first, TDK_OK);
  EXPECT_THAT(host.said(), ElementsAre(HasSubstr("OOM"))) << "said once";
}

TEST_F(Outage, ManyThreadsUseItWhileItGoesAndComes) {
  RedisServer server;
  auto c = client(server);
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i, ++done) try {
          const std::string key = std::to_string(t);
          c.set(key, key, kHour);
          const auto v = c.get(key);
          EXPECT_TRUE(!v || v->bytes == key);
        } catch (const Error &e) {
          EXPECT_EQ(e.code(), TDK_UNAVAILABLE) << e.what();
        }
    });
  while (done < 100) poll(nullptr, 0, 1);
  server.stop();
  while (done < 300) poll(nullptr, 0, 1);
  server.start();
  for (auto &t : threads) t.join();
  wait_until_back(c);
}

}  // namespace
}  // namespace tapedeck::conformance
