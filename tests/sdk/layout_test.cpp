// Where every field of the settled cache interfaces lies on a 64-bit machine: what moves here breaks plugins that are
// built. Fields are only ever added at the end, with a line here.
#include <gtest/gtest.h>

#include <tapedeck/abi.h>

#include <string_view>

namespace {

#define EXPECT_AT(type, field, offset) EXPECT_EQ(offsetof(type, field), std::size_t{offset}) << #type "." #field

TEST(AbiLayout, Cache) {
  EXPECT_EQ(std::string_view(TDK_IID_CACHE), "tapedeck.cache/1");
  EXPECT_EQ(sizeof(tdk_bytes_sink), 24u);
  EXPECT_AT(tdk_bytes_sink, ctx, 8);
  EXPECT_AT(tdk_bytes_sink, on_bytes, 16);
  EXPECT_EQ(sizeof(tdk_cache), 40u);
  EXPECT_AT(tdk_cache, get, 8);
  EXPECT_AT(tdk_cache, set, 16);
  EXPECT_AT(tdk_cache, remove, 24);
  EXPECT_AT(tdk_cache, clear, 32);
}

TEST(AbiLayout, SharedBudgetQuestion) {
  EXPECT_EQ(std::string_view(TDK_IID_SHARED_BUDGET), "tapedeck.sharedbudget/1");
  EXPECT_EQ(sizeof(tdk_shared_limit), 72u);
  EXPECT_AT(tdk_shared_limit, name, 8);
  EXPECT_AT(tdk_shared_limit, capacity, 24);
  EXPECT_AT(tdk_shared_limit, amount, 40);
  EXPECT_AT(tdk_shared_limit, known, 64);
  EXPECT_EQ(sizeof(tdk_shared_end), 16u);
  EXPECT_EQ(sizeof(tdk_shared_sight), 40u);
  EXPECT_AT(tdk_shared_sight, window_index, 32);
  EXPECT_EQ(sizeof(tdk_shared_ask), 176u);
  EXPECT_AT(tdk_shared_ask, account, 8);
  EXPECT_AT(tdk_shared_ask, priority, 40);
  EXPECT_AT(tdk_shared_ask, limits, 64);
  EXPECT_AT(tdk_shared_ask, sights, 104);
  EXPECT_AT(tdk_shared_ask, hold_ns, 128);
  EXPECT_AT(tdk_shared_ask, lease_ns, 168);
}

TEST(AbiLayout, SharedBudgetAnswer) {
  EXPECT_EQ(sizeof(tdk_shared_use), 40u);
  EXPECT_AT(tdk_shared_use, window_index, 32);
  EXPECT_EQ(sizeof(tdk_shared_answer), 80u);
  EXPECT_AT(tdk_shared_answer, epoch, 8);
  EXPECT_AT(tdk_shared_answer, hosts, 24);
  EXPECT_AT(tdk_shared_answer, hold_reason, 40);
  EXPECT_AT(tdk_shared_answer, uses, 56);
  EXPECT_AT(tdk_shared_answer, use_stride, 72);
  EXPECT_EQ(sizeof(tdk_shared_sink), 24u);
  EXPECT_EQ(sizeof(tdk_shared_budget), 16u);
}

}  // namespace
