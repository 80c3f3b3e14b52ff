// The budgets that the plugin asks for, kept by the host's account, against the credit counter of
// the simulated vendor: all by one clock that only this test moves.
#include <gmock/gmock.h>

#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "kit/testing/fake_host.hpp"
#include "net/budget.hpp"
#include "sim/twelvedata/credits.hpp"
#include "twelvedata.hpp"

namespace {

using namespace tapedeck;
using sim::twelvedata::Credits;
using sim::twelvedata::Spent;

constexpr std::int64_t kSecond = 1'000'000'000, kMs = 1'000'000;
constexpr std::int64_t kNoon = 1'788'436'800;  // 2026-09-03 12:00
constexpr std::int64_t kMidnight = kNoon + 12 * 3'600;

// What the plugin defines on its host.
std::vector<kit::test::Budget> budgets_of_the_plugin() {
  kit::test::FakeHost host;
  const tdk_kv key{tapedeck::str("apikey"), tapedeck::str("k")};
  const ::twelvedata::Provider provider(tapedeck::Host(host.host()), tapedeck::Config(&key, 1));
  return host.budgets;
}

struct Paced : testing::Test {
  Paced() {
    for (const auto &b : budgets_of_the_plugin())
      account.define(b.name, b.kind == TDK_BUDGET_FIXED ? WindowKind::Fixed : WindowKind::Sliding,
                     b.capacity, b.window_ns);
  }
  // One request, answered after `latency_ms`; the vendor counts it when it arrives, in the middle.
  Spent ask(Credits &vendor, std::int64_t latency_ms = 120) {
    Spending spending = account.acquire({}, 1, Priority::Backfill, nullptr);
    clock.advance(latency_ms / 2 * kMs);
    const Spent spent = vendor.spend("k", 1, clock.now_ns() / kMs);
    clock.advance(latency_ms / 2 * kMs);
    account.observe(1, static_cast<std::uint64_t>(spent.used), &spending);
    spending.answered();
    return spent;
  }
  std::int64_t seconds() { return clock.now_ns() / kSecond; }

  ManualClock clock{kNoon * kSecond};
  Account account{"twelvedata", clock};
  sim::twelvedata::Settings settings;
};

TEST_F(Paced, NineHundredRequestsAreNeverRefusedWhetherMinutesAreOfTheClockOrSlide) {
  for (const bool sliding : {false, true}) {
    SCOPED_TRACE(sliding);
    settings.sliding_minute = sliding;
    Credits vendor(settings);
    for (int i = 0; i < 900; ++i) {
      const Spent spent = ask(vendor);
      ASSERT_EQ(spent.verdict, Spent::Verdict::Pass)
          << "request " << i << ", used " << spent.used << " and " << spent.used_day << " that day";
    }
    clock.advance(86'400 * kSecond -
                  clock.now_ns() % (86'400 * kSecond));  // a new day for the next round
  }
}

TEST_F(Paced, EightHundredTakeAHundredMinutesAndTheNextWaitsForMidnight) {
  Credits vendor(settings);
  for (int i = 0; i < 800; ++i) ask(vendor);
  EXPECT_GE(seconds() - kNoon, 99 * 60);
  EXPECT_LE(seconds() - kNoon, 101 * 60);
  ask(vendor);
  EXPECT_GE(seconds(), kMidnight);
  EXPECT_LE(seconds(), kMidnight + 1);
}

TEST_F(Paced, OthersOnTheKeyAreMadeRoomForOnceTheHeadersTell) {
  Credits vendor(settings);
  for (int i = 0; i < 6; ++i) vendor.spend("k", 1, clock.now_ns() / kMs);
  EXPECT_EQ(ask(vendor).used, 7);
  EXPECT_EQ(ask(vendor).used, 8);
  const std::int64_t before = seconds();
  EXPECT_EQ(ask(vendor).verdict, Spent::Verdict::Pass);
  EXPECT_GE(seconds() - before, 55);
}

}  // namespace
