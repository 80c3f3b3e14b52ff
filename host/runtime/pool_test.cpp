#include "runtime/provider_pool.hpp"

#include <tapedeck/layer/core.hpp>

#include <gtest/gtest.h>

#include "base/cancel.hpp"

using namespace tapedeck;
namespace {

class Idle final : public Provider {
 public:
  Idle(int number, const bool &usable) : usable_(usable) { info_.candles_per_request = static_cast<std::uint64_t>(number); }
  const ProviderInfo &info() const override { return info_; }
  void fetch_candles(const CandleAsk &, CandleColumns &, const tdk_cancel *) override {}
  std::optional<Nanos> earliest(const Series &, const tdk_cancel *) override { return std::nullopt; }
  std::vector<SymbolInfo> search_symbols(const std::string &, std::uint64_t, const tdk_cancel *) override { return {}; }
  bool usable() const override { return usable_; }

 private:
  const bool &usable_;
  ProviderInfo info_;
};

class ProviderPoolTest : public ::testing::Test {
 protected:
  std::uint64_t number_of(const ProviderPool::Lease &lease) { return lease->info().candles_per_request; }
  int opened = 0;
  bool usable = true, broken = false;
  ProviderPool pool{[this]() -> std::unique_ptr<Provider> {
                      if (broken) throw Error(TDK_UNAUTHENTICATED, "no key");
                      return std::make_unique<Idle>(++opened, usable);
                    },
                    2};
};

}  // namespace

TEST_F(ProviderPoolTest, LendsAgainWhatCameBack) {
  { const auto first = pool.lease(nullptr); }
  const auto again = pool.lease(nullptr);
  EXPECT_EQ(number_of(again), 1u);
  EXPECT_EQ(number_of(pool.lease(nullptr)), 2u);
}

TEST_F(ProviderPoolTest, WaitsForAFreeOneUntilTheCallerLeaves) {
  const auto first = pool.lease(nullptr), second = pool.lease(nullptr);
  CancelSource gone;
  gone.cancel();
  const CancelToken token(gone);
  EXPECT_THROW(pool.lease(token.raw()), Error);
  EXPECT_EQ(opened, 2);
}

TEST_F(ProviderPoolTest, OneThatHangsIsReplaced) {
  {
    const auto first = pool.lease(nullptr), second = pool.lease(nullptr);
    usable = false;
  }
  usable = true;
  EXPECT_EQ(number_of(pool.lease(nullptr)), 3u);
}

TEST_F(ProviderPoolTest, WhatCannotBeOpenedTakesNoPlace) {
  broken = true;
  for (int i = 0; i < 5; ++i) EXPECT_THROW(pool.lease(nullptr), Error);
  broken = false;
  EXPECT_EQ(number_of(pool.lease(nullptr)), 1u);
}

TEST(Provider, SaysWhatItDoesNotSupport) {
  const bool usable = true;
  Idle provider(1, usable);
  EXPECT_THROW(provider.fetch_quotes({"A"}, nullptr), Error);
  EXPECT_THROW(provider.fetch_calendar({0, 1}, "", nullptr), Error);
}
