// What hosts keep together in Redis: windows of an hour, so that no test depends on its own speed.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <set>
#include <thread>

#include "plugin_under_test.hpp"
#include "redis_server.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck::conformance {
namespace {

using testing_redis::RedisServer;

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3600 * kSecond;

struct Answer {
  bool granted = false;
  std::uint64_t epoch = 0, lease = 0;
  std::int64_t wait_ns = 0, hold_ns = 0;
  std::uint32_t hosts = 0;
  std::string hold_reason;
  std::vector<tdk_shared_use> uses;
  std::uint64_t used(std::size_t i = 0) const { return uses.at(i).used; }
};

struct Limit {
  std::string name = "weight";
  std::uint32_t kind = TDK_BUDGET_SLIDING;
  std::uint64_t capacity = 100;
  std::int64_t window_ns = kHour;
};

// A host, as the plugin sees it. Threads: one at a time.
class Host {
 public:
  Host(const Instance &instance, std::string name) : instance_(instance), name_(std::move(name)) {}

  std::vector<Limit> limits = {{}};
  std::vector<std::uint64_t> alone = {0}, own = {0}, known = {0};
  std::vector<tdk_shared_end> ends{};
  std::vector<tdk_shared_sight> sights{};
  std::int64_t hold_ns = 0, grace_ns = 0, lease_ns = kHour, patience_ns = 60 * kSecond;
  std::uint32_t priority = 2;

  Answer take(std::uint64_t amount) { return take(std::vector<std::uint64_t>(limits.size(), amount), ++lease_); }
  Answer take(const std::vector<std::uint64_t> &amounts) { return take(amounts, ++lease_); }
  Answer take(const std::vector<std::uint64_t> &amounts, std::uint64_t lease) { return exchange(amounts, TDK_SHARED_TAKE, lease); }
  Answer report() { return exchange(std::vector<std::uint64_t>(limits.size()), 0, 0); }
  void end(const Answer &granted, std::int64_t ago_ns = 0) { ends.push_back({granted.lease, ago_ns}); }
  void see(std::uint64_t used, const Answer *source, std::uint64_t amount = 0) {
    tdk_shared_sight s{sizeof s, 0, used, amount, 0, TDK_NULL_I64};
    if (source != nullptr) s.finished_before = source->uses[0].finished_before, s.window_index = source->uses[0].window_index;
    sights.push_back(s);
  }

 private:
  Answer exchange(const std::vector<std::uint64_t> &amounts, std::uint32_t flags, std::uint64_t lease) {
    std::vector<tdk_shared_limit> raw;
    for (std::size_t i = 0; i < limits.size(); ++i)
      raw.push_back({sizeof(tdk_shared_limit), limits[i].kind, str(limits[i].name), limits[i].capacity, limits[i].window_ns,
                     amounts[i], alone[i], own[i], known[i]});
    tdk_shared_ask ask{};
    ask.struct_size = sizeof ask;
    ask.flags = flags;
    ask.account = str("acme");
    ask.host = str(name_);
    ask.priority = priority;
    ask.lease = lease;
    ask.epoch = epoch_;
    ask.limits = raw.data();
    ask.limit_count = raw.size();
    ask.limit_stride = sizeof(tdk_shared_limit);
    ask.ends = ends.data();
    ask.end_count = ends.size();
    ask.sights = sights.data();
    ask.sight_count = sights.size();
    ask.sight_stride = sizeof(tdk_shared_sight);
    ask.hold_ns = hold_ns;
    ask.hold_reason = str(name_);
    ask.patience_ns = patience_ns;
    ask.grace_ns = grace_ns;
    ask.lease_ns = lease_ns;
    Answer out;
    const tdk_shared_sink sink{sizeof sink, 0, &out, [](void *p, const tdk_shared_answer *a) -> tdk_status {
                                 auto &to = *static_cast<Answer *>(p);
                                 to = {(a->flags & TDK_SHARED_GRANTED) != 0, a->epoch, 0, a->wait_ns, a->hold_ns, a->hosts,
                                       std::string(sv(a->hold_reason)), {a->uses, a->uses + a->use_count}};
                                 return TDK_OK;
                               }};
    tdk_error error = detail::fresh();
    const auto *table = instance_.interface<tdk_shared_budget>(TDK_IID_SHARED_BUDGET);
    detail::raise_unless_ok(table->exchange(instance_.self(), &ask, &sink, nullptr, &error), &error);
    out.lease = lease;
    epoch_ = out.epoch;
    ends.clear();
    sights.clear();
    hold_ns = 0;
    std::fill(alone.begin(), alone.end(), 0);
    return out;
  }

  const Instance &instance_;
  const std::string name_;
  std::uint64_t epoch_ = 0, lease_ = 0;
};

struct SharedBudgets : testing::Test {
  RedisServer server;
  FakeHost fake;
  Instance instance{REDIS_PLUGIN, "redis", {{"url", server.url()}, {"call_timeout", "1m"}, {"connect_timeout", "1m"}}, fake};
  Host a{instance, "a"}, b{instance, "b"};
};

TEST_F(SharedBudgets, TwoHostsTogetherKeepALimit) {
  int granted = 0;
  for (int i = 0; i < 8; ++i) granted += a.take(10).granted + b.take(10).granted;
  EXPECT_EQ(granted, 10);
  const Answer refused = b.take(1);
  EXPECT_FALSE(refused.granted);
  EXPECT_GT(refused.wait_ns, 0);
  EXPECT_EQ(refused.used(), 100u);
  EXPECT_EQ(refused.hosts, 2u);
}

TEST_F(SharedBudgets, EveryLimitHasRoomOrNothingIsTaken) {
  a.limits = {{"weight"}, {"requests", TDK_BUDGET_FIXED, 2, kHour}};
  a.alone = a.own = a.known = {0, 0};
  EXPECT_TRUE(a.take({10, 1}).granted);
  EXPECT_TRUE(a.take({10, 1}).granted);
  const Answer refused = a.take({10, 1});
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.used(0), 20u);
  EXPECT_EQ(refused.used(1), 2u);
  EXPECT_TRUE(a.take({10, 0}).granted) << "what costs nothing needs no room";
}

TEST_F(SharedBudgets, ARequestCountsUntilOneWindowAfterItsEnd) {
  const Answer first = a.take(100);
  EXPECT_EQ(a.report().uses[0].in_flight, 100u);
  a.end(first);
  const Answer after = a.report();
  EXPECT_EQ(after.uses[0].in_flight, 0u);
  EXPECT_EQ(after.used(), 100u);
  const Answer refused = b.take(1);
  EXPECT_GT(refused.wait_ns, kHour / 2);
  EXPECT_LE(refused.wait_ns, kHour);
}

TEST_F(SharedBudgets, AGrantIsGivenOnceHoweverOftenItIsAsked) {
  EXPECT_TRUE(a.take({60}, 7).granted);
  EXPECT_TRUE(a.take({60}, 7).granted);
  EXPECT_EQ(a.report().used(), 60u);
  EXPECT_FALSE(b.take({60}, 7).granted) << "another host's lease of that number";
}

TEST_F(SharedBudgets, AFixedWindowEndsForAllAtTheSameTime) {
  a.limits = b.limits = {{"minute", TDK_BUDGET_FIXED, 5, kHour}};
  EXPECT_TRUE(a.take(5).granted);
  const Answer refused = b.take(1);
  EXPECT_FALSE(refused.granted);
  EXPECT_LE(refused.wait_ns, kHour);
}


TEST_F(SharedBudgets, WhatEndedInAWindowThatIsOverDoesNotCountInThisOne) {
  a.limits = {{"tiny", TDK_BUDGET_FIXED, 5, 1000}};  // a microsecond: over with every exchange
  const Answer granted = a.take(5);
  ASSERT_TRUE(granted.granted);
  EXPECT_EQ(a.report().used(), 5u) << "under way, it counts in each";
  a.end(granted, 1000 * 1000);
  EXPECT_EQ(a.report().used(), 0u);
}

TEST_F(SharedBudgets, TheMoreUrgentGoesFirstWhereverItWaits) {
  const Answer all = a.take(95);
  b.priority = 0;
  EXPECT_FALSE(b.take(10).granted);
  const Answer small = a.take(1);
  EXPECT_FALSE(small.granted) << "it would fit, but a more urgent one waits";
  EXPECT_GT(small.wait_ns, 0);
  b.limits[0].capacity = 200;  // there is room now
  EXPECT_TRUE(b.take(10).granted);
  a.limits = b.limits;
  EXPECT_TRUE(a.take(1).granted);
  (void)all;
}

TEST_F(SharedBudgets, OfEqualsTheOneWhoWaitsLongerGoesFirst) {
  EXPECT_TRUE(a.take(95).granted);
  EXPECT_FALSE(b.take(10).granted);
  EXPECT_FALSE(a.take(5).granted);
  EXPECT_FALSE(a.take(5).granted) << "also when it asks again";
  b.priority = 1;  // asks for something else, and gets it
  EXPECT_TRUE(b.take(5).granted);
}

TEST_F(SharedBudgets, WhoWaitsForOneLimitDoesNotBlockAnother) {
  a.limits = b.limits = {{"weight"}, {"connects", TDK_BUDGET_SLIDING, 1, kHour}};
  a.alone = a.own = a.known = b.alone = b.own = b.known = {0, 0};
  b.priority = 0;
  EXPECT_TRUE(b.take({0, 1}).granted);
  EXPECT_FALSE(b.take({0, 1}).granted);
  EXPECT_TRUE(a.take({10, 0}).granted);
}

TEST_F(SharedBudgets, AHoldIsEverybodys) {
  a.hold_ns = kHour;
  a.report();
  const Answer refused = b.take(1);
  EXPECT_FALSE(refused.granted);
  EXPECT_GT(refused.hold_ns, kHour / 2);
  EXPECT_EQ(refused.hold_reason, "a");
  b.hold_ns = kSecond;
  EXPECT_GT(b.report().hold_ns, kHour / 2) << "a shorter one does not end it";
}

TEST_F(SharedBudgets, LearnsFromWhatTheVendorSays) {
  const Answer first = a.take(10);
  a.end(first);
  a.see(50, &first, 10);
  EXPECT_EQ(a.report().used(), 50u) << "somebody else spends too";
  const Answer second = b.take(10), third = a.take(10);
  b.end(second);
  b.see(15, &second, 10);
  EXPECT_EQ(b.report().used(), 25u) << "15 and the one that may have come after it";
  a.see(5, nullptr);
  EXPECT_EQ(a.report().used(), 25u) << "not known of when: upward only";
  a.see(1'000'000, nullptr);
  EXPECT_EQ(a.report().used(), 100u + 10u) << "full, and the one under way";
  (void)third;
}

TEST_F(SharedBudgets, WhatWasSpentAloneIsAdded) {
  EXPECT_TRUE(a.take(10).granted);
  a.alone = {70};
  EXPECT_EQ(a.report().used(), 80u);
  EXPECT_FALSE(b.take(30).granted);
}

TEST_F(SharedBudgets, AHostThatDiedHoldsNothingForEver) {
  EXPECT_TRUE(a.take(100).granted);
  b.lease_ns = 1000;
  const Answer after = b.report();
  EXPECT_EQ(after.uses[0].in_flight, 0u);
  EXPECT_EQ(after.used(), 100u) << "it counts as ended";
}

TEST_F(SharedBudgets, AfterAFlushHostsTellWhatTheyHaveSpent) {
  EXPECT_TRUE(a.take(60).granted);
  const Answer before = b.take(40);
  server.command("FLUSHALL");
  a.own = {60}, a.known = {60};
  b.own = {40}, b.known = {100};
  const Answer told = a.report();
  EXPECT_NE(told.epoch, before.epoch);
  EXPECT_EQ(told.used(), 60u);
  EXPECT_EQ(b.report().used(), 100u) << "not 160: what b knows holds what a has spent";
  EXPECT_EQ(b.report().used(), 100u) << "told once";
  EXPECT_FALSE(a.take(1).granted);
}

// As Debian's own configuration keeps snapshots: what was spent after the last one is not in it.
TEST_F(SharedBudgets, AServerThatComesBackWithAnOlderStateHasForgotten) {
  RedisServer keeps({"--save", "3600 1"});
  Instance other{REDIS_PLUGIN, "redis", {{"url", keeps.url()}, {"call_timeout", "1m"}, {"connect_timeout", "1m"}}, fake};
  Host host{other, "a"};
  EXPECT_TRUE(host.take(10).granted);
  ASSERT_EQ(keeps.command("SAVE"), "OK");
  const Answer before = host.take(80);
  EXPECT_TRUE(before.granted);
  keeps.start();
  host.own = {90}, host.known = {90};
  const Answer told = host.report();
  EXPECT_NE(told.epoch, before.epoch);
  EXPECT_EQ(told.used(), 90u);
  EXPECT_FALSE(host.take(20).granted);
}

TEST_F(SharedBudgets, UntilAllHaveToldOnlyATenthIsGranted) {
  a.grace_ns = b.grace_ns = kHour;
  EXPECT_TRUE(a.take(6).granted);
  EXPECT_FALSE(b.take(6).granted);
  EXPECT_TRUE(b.take(4).granted);
  EXPECT_FALSE(a.take(1).granted);
  a.grace_ns = 0;
  EXPECT_TRUE(a.take(1).granted);
}

TEST_F(SharedBudgets, ANewCapacityHoldsForAll) {
  EXPECT_TRUE(a.take(50).granted);
  b.limits[0].capacity = 60;
  EXPECT_FALSE(b.take(20).granted);
  EXPECT_TRUE(b.take(10).granted);
}

TEST_F(SharedBudgets, AForgottenScriptIsSentAgain) {
  EXPECT_TRUE(a.take(50).granted);
  server.command("SCRIPT FLUSH");
  EXPECT_EQ(a.report().used(), 50u);
}

TEST_F(SharedBudgets, RubbishInItsPlaceIsNoState) {
  server.command("SET tapedeck:budget:{acme} rubbish");
  EXPECT_TRUE(a.take(50).granted);
}

// What a request pays for sharing: a round trip, and no more than a few.
TEST_F(SharedBudgets, AnExchangeCostsARoundTrip) {
  const auto median_us = [](const std::function<void()> &call) {
    std::vector<std::int64_t> took;
    for (int i = 0; i < 300; ++i) {
      const auto began = std::chrono::steady_clock::now();
      call();
      took.push_back((std::chrono::steady_clock::now() - began) / std::chrono::nanoseconds(1));
    }
    std::nth_element(took.begin(), took.begin() + 150, took.end());
    return static_cast<double>(took[150]) / 1000;
  };
  a.limits[0].capacity = 1'000'000;
  const double ping = median_us([&] { EXPECT_EQ(instance.health(), TDK_OK); });
  const double exchange = median_us([&] {
    const Answer granted = a.take(1);
    EXPECT_TRUE(granted.granted);
    a.end(granted);
  });
  std::printf("median of 300: PING %.0f us, an exchange %.0f us\n", ping, exchange);
  EXPECT_LT(exchange, 20 * ping + 5000);
}

TEST_F(SharedBudgets, ManyThreadsOfManyHostsNeverTakeMore) {
  std::atomic<int> granted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      Host host(instance, "host" + std::to_string(t));
      host.limits = {{"weight", TDK_BUDGET_SLIDING, 300, kHour}};
      host.patience_ns = 1;  // nobody keeps a place
      for (int i = 0; i < 100; ++i)
        if (const Answer answer = host.take(1); answer.granted) {
          ++granted;
          if (i % 2 == 0) host.end(answer);
        }
    });
  for (auto &t : threads) t.join();
  EXPECT_LE(granted, 300);
  Host last(instance, "last");
  last.limits[0].capacity = 300;
  EXPECT_EQ(last.report().used(), static_cast<std::uint64_t>(granted));
}

}  // namespace
}  // namespace tapedeck::conformance
