#include "sim/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace tapedeck::sim {
namespace {

constexpr std::int64_t kMinute = 60'000;

LimitRules small_rules() {
  LimitRules rules;
  rules.weight = 10;
  rules.refusals_before_ban = 2;
  return rules;
}

TEST(RateLimiter, RefusesUntilTheNextClockMinute) {
  RateLimiter limiter(small_rules());
  EXPECT_EQ(limiter.admit("a", 10, 30'000).verdict, Verdict::Pass);
  const Decision refused = limiter.admit("a", 1, 59'999);
  EXPECT_EQ(refused.verdict, Verdict::TooMuchWeight);
  EXPECT_EQ(refused.retry_at, kMinute);
  EXPECT_EQ(refused.used_weight, 11);
  EXPECT_EQ(limiter.admit("b", 10, 59'999).verdict, Verdict::Pass) << "another client";
  const Decision fresh = limiter.admit("a", 3, kMinute);
  EXPECT_EQ(fresh.verdict, Verdict::Pass);
  EXPECT_EQ(fresh.used_weight, 3);
}

TEST(RateLimiter, BansThoseWhoGoOnAndLongerEachTime) {
  RateLimiter limiter(small_rules());
  limiter.admit("a", 11, 0);
  EXPECT_EQ(limiter.admit("a", 1, 1).verdict, Verdict::TooMuchWeight);
  const Decision ban = limiter.admit("a", 1, 2);
  EXPECT_EQ(ban.verdict, Verdict::Banned);
  EXPECT_TRUE(ban.new_ban);
  EXPECT_EQ(ban.retry_at, 2 + 120'000);
  EXPECT_FALSE(limiter.admit("a", 1, 100'000).new_ban) << "the same ban still";
  EXPECT_EQ(limiter.admit("a", 1, 120'002).verdict, Verdict::Pass);
  for (int i = 0; i < 2; ++i) limiter.admit("a", 11, 120'003);
  EXPECT_EQ(limiter.admit("a", 1, 120'004).retry_at, 120'004 + 240'000) << "twice as long";
}

TEST(RateLimiter, CountsRequestsInFiveMinutes) {
  LimitRules rules;
  rules.requests = 3;
  RateLimiter limiter(rules);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.admit("a", 1, i * kMinute).verdict, Verdict::Pass);
  const Decision refused = limiter.admit("a", 1, 4 * kMinute);
  EXPECT_EQ(refused.verdict, Verdict::TooManyRequests);
  EXPECT_EQ(refused.retry_at, 5 * kMinute);
  EXPECT_EQ(limiter.admit("a", 1, 5 * kMinute).verdict, Verdict::Pass);
}

TEST(RateLimiter, OnlyCountsWhenNotEnforced) {
  LimitRules rules = small_rules();
  rules.enforced = false;
  RateLimiter limiter(rules);
  EXPECT_EQ(limiter.admit("a", 500, 0).verdict, Verdict::Pass);
  EXPECT_EQ(limiter.admit("a", 500, 0).used_weight, 1'000);
}

}  // namespace
}  // namespace tapedeck::sim
