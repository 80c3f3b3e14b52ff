// The redis plugin under the suite that every cache has to pass, and what only it can do.
#include <poll.h>

#include "cache_conformance.hpp"
#include "redis_server.hpp"

namespace tapedeck::conformance {
namespace {

using testing_redis::RedisServer;

constexpr std::int64_t kHour = 3'600'000'000'000;

// One server for all cases of this process: a database is emptied for each.
RedisServer &shared_server() {
  static RedisServer server;
  return server;
}

class InRedis final : public CacheUnderTest {
 public:
  InRedis() { shared_server().command("FLUSHALL"); }
  std::optional<CachedValue> get(const std::string &key) override { return client_.get(key); }
  void set(const std::string &key, const std::string &bytes, std::int64_t ttl) override { client_.set(key, bytes, ttl); }
  void remove(const std::string &key) override { client_.remove(key); }
  std::uint64_t clear(const std::string &prefix) override { return client_.clear(prefix); }
  void let_time_pass() override { poll(nullptr, 0, 1); }

 private:
  FakeHost host_;
  // A sanitised plugin on a busy machine is slow.
  CacheClient client_{REDIS_PLUGIN, "redis",
                      {{"url", shared_server().url()}, {"call_timeout", "1m"}, {"connect_timeout", "1m"}}, host_};
};

INSTANTIATE_TEST_SUITE_P(Redis, CacheConformance,
                         testing::Values(CacheBackend{"redis", [] { return std::make_unique<InRedis>(); }}),
                         [](const auto &backend) { return backend.param.name; });

struct RedisKeys : testing::Test {
  RedisKeys() { shared_server().command("FLUSHALL"); }
  CacheClient client(const std::string &prefix, int database = 0) {
    return {REDIS_PLUGIN, "redis", {{"url", shared_server().url(database)}, {"prefix", prefix}, {"call_timeout", "1m"}}, host};
  }
  FakeHost host;
};

TEST_F(RedisKeys, DeploymentsAndDatabasesDoNotMeet) {
  auto one = client("one"), other = client("other"), elsewhere = client("one", 3);
  for (auto *c : {&one, &other, &elsewhere}) EXPECT_FALSE(c->get("a"));
  one.set("a", "1", kHour);
  EXPECT_FALSE(other.get("a"));
  EXPECT_FALSE(elsewhere.get("a"));
  other.set("a", "2", kHour);
  EXPECT_EQ(other.clear(""), 1u);
  EXPECT_TRUE(one.get("a"));
}

TEST_F(RedisKeys, HostsOfADeploymentShareWhatIsKept) {
  auto here = client("one"), there = client("one");
  here.set("a", "1", kHour);
  EXPECT_TRUE(there.get("a"));
}

TEST_F(RedisKeys, ClearingLeavesTheKeysOfOthersAlone) {
  shared_server().command("SET stranger x");
  auto one = client("one");
  one.set("a", "1", kHour);
  EXPECT_EQ(one.clear(""), 1u);
  EXPECT_EQ(shared_server().command("GET stranger"), "x");
}

TEST_F(RedisKeys, AKeyWithoutATimeIsNotOurs) {
  shared_server().command("SET one:cache:a x");
  EXPECT_FALSE(client("one").get("a"));
}

}  // namespace
}  // namespace tapedeck::conformance
