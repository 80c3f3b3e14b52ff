// CAC-001 to CAC-012: what is kept, for how long, and what is cleared.
#include "cache_conformance.hpp"

namespace tapedeck::conformance {
namespace {

constexpr std::int64_t kMs = 1'000'000, kHour = 3'600'000 * kMs;

TEST_P(CacheConformance, CAC001_NothingIsThereBeforeItIsSet) { EXPECT_EQ(get("a"), "(none)"); }

TEST_P(CacheConformance, CAC002_KeepsAValueAndItsTime) {
  cache_->set("a", "one", kHour);
  const auto value = cache_->get("a");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->bytes, "one");
  EXPECT_GT(value->ttl_left_ns, kHour / 2);
  EXPECT_LE(value->ttl_left_ns, kHour);
}

TEST_P(CacheConformance, CAC003_KeepsAnyBytes) {
  std::string all("\r\n\0$3\r\n", 7);
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::string &bytes : {all, std::string(), std::string(1 << 20, '\0') + all}) {
    cache_->set("a", bytes, kHour);
    const auto value = cache_->get("a");
    ASSERT_TRUE(value) << bytes.size();
    EXPECT_TRUE(value->bytes == bytes) << bytes.size();
  }
}

TEST_P(CacheConformance, CAC004_ALaterValueTakesThePlaceOfAnEarlierOne) {
  cache_->set("a", "one", kHour);
  cache_->set("a", "two", 2 * kHour);
  const auto value = cache_->get("a");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->bytes, "two");
  EXPECT_GT(value->ttl_left_ns, kHour);
}

TEST_P(CacheConformance, CAC005_NothingIsLeftWhenItsTimeIsOver) {
  cache_->set("a", "one", 20 * kMs);
  cache_->set("b", "two", kHour);
  while (cache_->get("a")) cache_->let_time_pass();  // the test's own limit ends it
  EXPECT_EQ(get("a"), "(none)");
  EXPECT_EQ(get("b"), "two");
}

TEST_P(CacheConformance, CAC006_NoTimeRemoves) {
  for (const std::int64_t ttl : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
    cache_->set("a", "one", kHour);
    cache_->set("a", "two", ttl);
    EXPECT_EQ(get("a"), "(none)") << ttl;
  }
}

TEST_P(CacheConformance, CAC007_Removes) {
  cache_->set("a", "one", kHour);
  cache_->remove("a");
  EXPECT_EQ(get("a"), "(none)");
  cache_->remove("a");
}

TEST_P(CacheConformance, CAC008_ClearsWhatBeginsWithThePrefix) {
  for (const char *key : {"q/a", "q/b", "q", "r/a"}) cache_->set(key, key, kHour);
  EXPECT_EQ(cache_->clear("q/"), 2u);
  EXPECT_EQ(get("q/a"), "(none)");
  EXPECT_EQ(get("q"), "q");
  EXPECT_EQ(get("r/a"), "r/a");
  EXPECT_EQ(cache_->clear("nothing"), 0u);
  EXPECT_EQ(cache_->clear(""), 2u);
  EXPECT_EQ(get("r/a"), "(none)");
}

TEST_P(CacheConformance, CAC009_APrefixIsNoPattern) {
  for (const std::string prefix : {"a*", "a?", "a[b]", "a[^x]", "a\\", "a\\*", "*"}) {
    cache_->clear("");
    for (const char *key : {"ab1", "axx1", "b1", "a", "1"}) cache_->set(key, "x", kHour);
    cache_->set(prefix + "1", "x", kHour);
    EXPECT_EQ(cache_->clear(prefix), 1u) << prefix;
    EXPECT_EQ(get(prefix + "1"), "(none)") << prefix;
    EXPECT_EQ(get("ab1"), "x") << prefix;
  }
}

TEST_P(CacheConformance, CAC010_ClearsManyAndCountsThem) {
  for (int i = 0; i < 3000; ++i) {
    cache_->set("many/" + std::to_string(i), "x", kHour);
    if (i % 3 == 0) cache_->set("other/" + std::to_string(i), "x", kHour);
  }
  EXPECT_EQ(cache_->clear("many/"), 3000u);
  EXPECT_EQ(get("other/2997"), "x");
}

TEST_P(CacheConformance, CAC011_KeysMayHoldAnyCharacter) {
  for (const std::string key : {"with space", "line\r\nbreak", "M\xc3\xbcnchen", "{brace}", "EUR/USD", "\"'"}) {
    cache_->set(key, key, kHour);
    EXPECT_EQ(get(key), key);
    EXPECT_EQ(cache_->clear(key), 1u) << key;
  }
}

TEST_P(CacheConformance, CAC012_WhatIsTooLargeIsNotKeptNorWhatWasThereBefore) {
  cache_->set("a", "one", kHour);
  cache_->set("a", std::string(20 << 20, 'x'), kHour);
  EXPECT_EQ(get("a"), "(none)");
}

}  // namespace
}  // namespace tapedeck::conformance
