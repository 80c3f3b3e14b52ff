#include "query/fact_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

#include "base/cancel.hpp"
#include "runtime/memory_cache.hpp"

using namespace tapedeck;
namespace {

bool always(std::string_view) { return true; }

FactAnswer bytes(std::string text) { return {std::move(text), std::nullopt, false}; }

class FactCacheTest : public ::testing::Test {
 protected:
  FactCache::Ask ask(FactCache::Fetch fetch) { return {10 * kSecond, std::move(fetch), &always}; }
  // Answers with the number of the call.
  FactCache::Ask counting() {
    return ask([this](const std::vector<std::string> &keys) {
      return std::vector<FactAnswer>(keys.size(), bytes(std::to_string(++fetches)));
    });
  }
  std::string get(const std::string &key) { return answers.get({key}, counting(), nullptr).front().bytes; }

  ManualClock clock{0};
  MemoryCache cache{1 << 20, clock};
  FactCache answers{cache};
  std::atomic<int> fetches{0};
};

struct BrokenCache final : Cache {
  std::optional<CacheHit> get(std::string_view) override { throw Error(TDK_UNAVAILABLE, "away"); }
  void set(std::string_view, std::string_view, Nanos) override { throw Error(TDK_UNAVAILABLE, "away"); }
  void remove(std::string_view) override {}
  std::uint64_t clear(std::string_view) override { return 0; }
};

}  // namespace

TEST_F(FactCacheTest, AsksAgainWhenTheTimeIsOver) {
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("a"), "1");
  clock.advance(9 * kSecond);
  EXPECT_EQ(get("a"), "1");
  clock.advance(kSecond);
  EXPECT_EQ(get("a"), "2");
}

TEST_F(FactCacheTest, FetchesOnlyWhatIsMissingAndInOneCall) {
  get("b");
  std::vector<std::vector<std::string>> asked;
  const auto got = answers.get({"a", "b", "c", "a"}, ask([&](const std::vector<std::string> &keys) {
                                 asked.push_back(keys);
                                 return std::vector<FactAnswer>{bytes("A"), bytes("C")};
                               }), nullptr);
  EXPECT_EQ(asked, (std::vector<std::vector<std::string>>{{"a", "c"}}));
  ASSERT_EQ(got.size(), 4u);
  EXPECT_EQ(got[0].bytes, "A");
  EXPECT_EQ(got[1].bytes, "1");
  EXPECT_TRUE(got[1].cached);
  EXPECT_EQ(got[2].bytes, "C");
  EXPECT_EQ(got[3].bytes, "A");
}

TEST_F(FactCacheTest, ErrorsAreNotKept) {
  const auto failing = ask([](const std::vector<std::string> &) -> std::vector<FactAnswer> { throw Error(TDK_RATE_LIMITED, "slow down", 1500); });
  const auto got = answers.get({"a"}, failing, nullptr).front();
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->code(), TDK_RATE_LIMITED);
  EXPECT_EQ(got.error->retry_after_ms(), 1500);
  EXPECT_EQ(get("a"), "1");
}

TEST_F(FactCacheTest, OneErrorOfSeveralLeavesTheOthers) {
  const auto got = answers.get({"a", "b"}, ask([](const std::vector<std::string> &) {
                                 return std::vector<FactAnswer>{{"", Error(TDK_NOT_FOUND, "no a"), false}, bytes("B")};
                               }), nullptr);
  EXPECT_TRUE(got[0].error);
  EXPECT_EQ(got[1].bytes, "B");
}

TEST_F(FactCacheTest, WhatTheCacheGarblesIsAskedAgain) {
  cache.set("a", "of another version", kHour);
  auto strict = counting();
  strict.is_sound = [](std::string_view text) { return text.size() == 1; };
  EXPECT_EQ(answers.get({"a"}, strict, nullptr).front().bytes, "1");
  EXPECT_EQ(answers.get({"a"}, strict, nullptr).front().bytes, "1");
}

TEST_F(FactCacheTest, ABrokenCacheIsDoneWithout) {
  BrokenCache broken;
  FactCache without(broken);
  EXPECT_EQ(without.get({"a"}, counting(), nullptr).front().bytes, "1");
  EXPECT_EQ(without.get({"a"}, counting(), nullptr).front().bytes, "2");
}

TEST_F(FactCacheTest, ManyAskersAreOneCallToTheVendor) {
  constexpr int kAskers = 16;
  std::binary_semaphore fetching{0}, go_on{0};
  const auto slow = ask([&](const std::vector<std::string> &) {
    ++fetches;
    fetching.release();
    go_on.acquire();
    return std::vector<FactAnswer>{bytes("once")};
  });
  std::atomic<int> right{0}, waiting{0};
  std::vector<std::jthread> askers;
  askers.emplace_back([&] { right += answers.get({"a"}, slow, nullptr).front().bytes == "once"; });
  fetching.acquire();
  for (int i = 1; i < kAskers; ++i)
    askers.emplace_back([&] {
      ++waiting;
      right += answers.get({"a"}, slow, nullptr).front().bytes == "once";
    });
  while (waiting < kAskers - 1) std::this_thread::yield();
  go_on.release();
  askers.clear();
  EXPECT_EQ(right, kAskers);
  EXPECT_EQ(fetches, 1);
}

TEST_F(FactCacheTest, WhenTheAskerLeavesAnotherAsksInItsPlace) {
  std::binary_semaphore fetching{0}, leave{0};
  CancelSource gone;
  const CancelToken token(gone);
  std::jthread first([&] {
    EXPECT_THROW(answers.get({"a"}, ask([&](const std::vector<std::string> &) -> std::vector<FactAnswer> {
                               fetching.release();
                               leave.acquire();
                               throw Error(TDK_CANCELLED, "cancelled");
                             }), token.raw()), Error);
  });
  fetching.acquire();
  std::jthread second([&] { EXPECT_EQ(get("a"), "1"); });
  gone.cancel();
  leave.release();
}

TEST_F(FactCacheTest, WhoWaitsCanLeave) {
  std::binary_semaphore fetching{0}, go_on{0};
  std::jthread first([&] {
    answers.get({"a"}, ask([&](const std::vector<std::string> &) {
                  fetching.release();
                  go_on.acquire();
                  return std::vector<FactAnswer>{bytes("late")};
                }), nullptr);
  });
  fetching.acquire();
  CancelSource gone;
  const CancelToken token(gone);
  gone.cancel();
  EXPECT_THROW(answers.get({"a"}, counting(), token.raw()), Error);
  EXPECT_EQ(fetches, 0);
  go_on.release();
}
