#include "runtime/memory_cache.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {

class MemoryCacheTest : public ::testing::Test {
 protected:
  std::string get(std::string_view key) {
    const auto hit = cache.get(key);
    return hit ? hit->bytes : "(none)";
  }
  ManualClock clock{0};
  MemoryCache cache{10'000, clock};
};

}  // namespace

TEST_F(MemoryCacheTest, KeepsForItsTimeAndNoLonger) {
  cache.set("a", "one", 10 * kSecond);
  clock.advance(4 * kSecond);
  const auto hit = cache.get("a");
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->bytes, "one");
  EXPECT_EQ(hit->ttl_left, 6 * kSecond);
  clock.advance(6 * kSecond);
  EXPECT_EQ(get("a"), "(none)");
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST_F(MemoryCacheTest, ReplacesRemovesAndClearsByPrefix) {
  cache.set("q/a", "1", kSecond);
  cache.set("q/a", "2", kSecond);
  cache.set("q/b", "3", kSecond);
  cache.set("s/a", "4", kSecond);
  EXPECT_EQ(get("q/a"), "2");
  EXPECT_EQ(cache.clear("q/"), 2u);
  EXPECT_EQ(get("q/b"), "(none)");
  EXPECT_EQ(get("s/a"), "4");
  cache.remove("s/a");
  EXPECT_EQ(get("s/a"), "(none)");
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST_F(MemoryCacheTest, NeverHoldsMoreThanItMay) {
  for (int i = 0; i < 1000; ++i) {
    cache.set("key" + std::to_string(i), std::string(500, 'x'), kHour);
    ASSERT_LE(cache.bytes(), 10'000u) << i;
  }
  EXPECT_EQ(get("key999"), std::string(500, 'x'));
  EXPECT_EQ(get("key0"), "(none)");
}

TEST_F(MemoryCacheTest, WhatWasReadLastStaysLongest) {
  cache.set("old but used", std::string(500, 'x'), kHour);
  for (int i = 0; i < 100; ++i) {
    cache.set("key" + std::to_string(i), std::string(500, 'x'), kHour);
    ASSERT_TRUE(cache.get("old but used")) << i;
  }
}

TEST_F(MemoryCacheTest, WhatHasExpiredGoesFirst) {
  cache.set("lasting", std::string(2000, 'x'), kHour);
  for (int i = 0; i < 3; ++i) cache.set("brief" + std::to_string(i), std::string(2000, 'x'), kSecond);
  clock.advance(2 * kSecond);
  for (int i = 0; i < 3; ++i) cache.set("next" + std::to_string(i), std::string(2000, 'x'), kHour);
  EXPECT_EQ(get("lasting"), std::string(2000, 'x'));
}

TEST_F(MemoryCacheTest, WhatIsTooLargeIsNotKeptAndPushesNothingOut) {
  cache.set("a", "1", kHour);
  cache.set("huge", std::string(9000, 'x'), kHour);
  EXPECT_EQ(get("huge"), "(none)");
  EXPECT_EQ(get("a"), "1");
  cache.set("a", std::string(9000, 'x'), kHour);
  EXPECT_EQ(get("a"), "(none)") << "not the value of before either";
}
