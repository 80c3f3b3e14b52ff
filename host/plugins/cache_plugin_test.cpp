#include "plugins/cache_plugin.hpp"

#include <gmock/gmock.h>

#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

std::shared_ptr<PluginInstance> instance_of(const char *id, OptionValues options = {}) {
  InstanceSettings settings;
  settings.name = "cache";
  settings.options = std::move(options);
  settings.host = test::BareHost::view(test::BareHost::make());
  return PluginInstance::make(Module::load(SCRIPTED_PLUGIN), id, settings);
}

struct CachePluginTest : testing::Test {
  std::string get(std::string_view key) {
    std::string out = "(none)";
    cache.get(key, [&](std::string_view value, std::int64_t ttl) { out = std::string(value) + " " + std::to_string(ttl); });
    return out;
  }
  CachePlugin cache{instance_of("shelf")};
};

struct SharedBudgetPluginTest : testing::Test {
  tdk_shared_answer exchange(const std::string &account, std::uint64_t lease = 1) {
    tdk_shared_limit limit{};
    limit.struct_size = sizeof limit;
    limit.amount = 7;
    tdk_shared_ask ask{};
    ask.struct_size = sizeof ask;
    ask.account = str(account);
    ask.lease = lease;
    ask.limits = &limit;
    ask.limit_count = 1;
    ask.limit_stride = sizeof limit;
    tdk_shared_answer out{};
    budget.exchange(ask, [&](const tdk_shared_answer &answer, const tdk_shared_use *uses) {
      out = answer;
      used = uses[0].used;
    }, nullptr);
    return out;
  }
  SharedBudgetPlugin budget{instance_of("shelf")};
  std::uint64_t used = 0;
};

}  // namespace

TEST_F(CachePluginTest, HandsOverWhatIsThereAndAMissIsNoFailure) {
  EXPECT_EQ(get("a"), "(none)");
  const std::string value("x\0y", 3);
  cache.set("a", value, 5);
  EXPECT_EQ(get("a"), value + " 5");
}

TEST_F(CachePluginTest, SaysWhoCouldNotBeReached) {
  const Error e = test::error_of([&] { get("AWAY"); });
  EXPECT_EQ(e.code(), TDK_UNAVAILABLE);
  EXPECT_THAT(e.what(), HasSubstr("cache: get: the shelf is away"));
}

TEST_F(CachePluginTest, RefusesWhatABrokenCacheHandsOver) {
  for (const char *key : {"STALE", "HUGE"}) EXPECT_EQ(test::error_of([&] { get(key); }).code(), TDK_BAD_DATA) << key;
}

TEST_F(CachePluginTest, WhatItLacksIsNotSupported) {
  EXPECT_EQ(test::error_of([&] { cache.clear(""); }).code(), TDK_NOT_SUPPORTED);
}

TEST(CachePlugin, IsRefusedWithoutTheInterface) {
  const Error e = test::error_of([] { CachePlugin cache(instance_of("store", {{"path", "x"}})); });
  EXPECT_EQ(e.code(), TDK_NOT_SUPPORTED);
  EXPECT_THAT(e.what(), HasSubstr("cache: offers no tapedeck.cache/1"));
}

TEST_F(SharedBudgetPluginTest, HandsOverTheAnswer) {
  EXPECT_EQ(exchange("x", 1).flags, TDK_SHARED_GRANTED);
  EXPECT_EQ(used, 7u);
  EXPECT_EQ(exchange("x", 2).flags, 0u);
}

TEST_F(SharedBudgetPluginTest, RefusesAnAnswerThatIsNone) {
  for (const char *account : {"SILENT", "SMALL", "FEW"})
    EXPECT_EQ(test::error_of([&] { exchange(account); }).code(), TDK_BAD_DATA) << account;
}
