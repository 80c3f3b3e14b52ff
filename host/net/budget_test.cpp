#include "net/budget.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <random>
#include <tapedeck/layer/core.hpp>
#include <thread>

#include "base/cancel.hpp"

using namespace tapedeck;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNoon = 1'700'000'040 * kSecond;  // the start of a UTC minute

struct Bench {
  ManualClock clock{kNoon};
  Account account{"acme", clock};

  // Sends one request and has it answered at once; returns how long it waited.
  std::int64_t spend(std::uint64_t weight, std::vector<tdk_cost> costs = {}, Priority priority = Priority::Backfill) {
    return account.acquire(costs, weight, priority, nullptr).waited_ns();
  }
  std::uint64_t used(std::size_t budget = 0) { return account.snapshot().budgets.at(budget).used; }
};

tdk_status code_of(const std::function<void()> &f) {
  try {
    f();
  } catch (const Error &e) {
    return e.code();
  }
  return TDK_OK;
}

}  // namespace

TEST(Account, WithoutBudgetsWaitsForNothing) {
  Bench b;
  EXPECT_EQ(b.spend(1'000'000), 0);
}

TEST(Account, SlidingBudgetFreesUnitsOneWindowAfterTheirUse) {
  Bench b;
  b.account.define("minute", WindowKind::Sliding, 10, 60 * kSecond);
  EXPECT_EQ(b.spend(6), 0);
  b.clock.advance(20 * kSecond);
  EXPECT_EQ(b.spend(4), 0);
  EXPECT_EQ(b.spend(1), 40 * kSecond);
  EXPECT_EQ(b.spend(6), 20 * kSecond);
}

TEST(Account, FixedBudgetRefillsAtTheUtcBoundary) {
  Bench b;
  b.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  b.clock.advance(50 * kSecond);
  EXPECT_EQ(b.spend(10), 0);
  EXPECT_EQ(b.spend(10), 10 * kSecond);
  EXPECT_EQ(b.account.snapshot().budgets[0].resets_at_ns, kNoon + 120 * kSecond);
}

TEST(Account, EveryBudgetMustHaveRoom) {
  Bench b;
  b.account.define("second", WindowKind::Fixed, 2, kSecond);
  b.account.define("minute", WindowKind::Fixed, 5, 60 * kSecond);
  std::int64_t waited = 0;
  for (int i = 0; i < 5; ++i) waited += b.spend(1);
  EXPECT_EQ(waited, 2 * kSecond);
  EXPECT_EQ(b.spend(1), 58 * kSecond);
}

TEST(Account, CostsNameBudgetsAndTheWeightIsForTheOthers) {
  Bench b;
  const auto weight = b.account.define("weight", WindowKind::Fixed, 100, 60 * kSecond);
  b.account.define("raw", WindowKind::Fixed, 100, 60 * kSecond);
  b.spend(0, {{weight, 20}});
  EXPECT_EQ(b.used(0), 20u);
  EXPECT_EQ(b.used(1), 1u);
  b.spend(3, {{weight, 0}});
  EXPECT_EQ(b.used(0), 20u);
  EXPECT_EQ(b.used(1), 4u);
}

TEST(Account, RefusesWhatNeverFits) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  EXPECT_EQ(code_of([&] { b.spend(11); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(code_of([&] { b.spend(1, {{h, UINT64_MAX}, {h, UINT64_MAX}}); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(code_of([&] { b.spend(1, {{h + 1, 1}}); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(code_of([&] { b.spend(1, {{0, 1}}); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(code_of([&] { b.account.define("x", WindowKind::Fixed, 0, 1); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(code_of([&] { b.account.define("x", WindowKind::Fixed, 1, 0); }), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(code_of([&] { b.account.observe(9, 1); }), TDK_INVALID_ARGUMENT);
  EXPECT_THAT(b.account.snapshot().waiting, testing::ElementsAre(0, 0, 0));
}

TEST(Account, RedefiningKeepsTheHandleAndWhatIsSpent) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  b.spend(8);
  EXPECT_EQ(b.account.define("minute", WindowKind::Sliding, 12, 60 * kSecond), h);
  EXPECT_EQ(b.used(), 8u);
  EXPECT_EQ(b.spend(5), 60 * kSecond);
}

TEST(Account, VendorCorrectsTheCountUpward) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  b.spend(1);
  b.account.observe(h, 99);
  EXPECT_EQ(b.spend(2), 60 * kSecond);
}

TEST(Account, VendorCorrectsTheCountDownwardWhenNothingElseIsUnderWay) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  b.spend(90);
  Spending mine = b.account.acquire({}, 5, Priority::Live, nullptr);
  mine.answered();
  b.account.observe(h, 7, &mine);
  EXPECT_EQ(b.used(), 7u);
}

TEST(Account, RequestsTheVendorHasNotSeenYetStayCounted) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Sliding, 100, 60 * kSecond);
  Spending slow = b.account.acquire({}, 30, Priority::Live, nullptr);
  Spending mine = b.account.acquire({}, 5, Priority::Live, nullptr);
  mine.answered();
  b.account.observe(h, 5, &mine);
  EXPECT_EQ(b.used(), 35u);
  // An answer overtaken by a later one carries an old figure.
  slow.answered();
  b.account.observe(h, 5, &mine);
  EXPECT_EQ(b.used(), 35u);
}

TEST(Account, FigureWithoutItsRequestNeverLowersTheCount) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  b.spend(50);
  b.account.observe(h, 10);
  EXPECT_EQ(b.used(), 50u);
}

TEST(Account, FigureOfTheLastWindowIsNotTakenForThisOne) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  b.clock.advance(59 * kSecond);
  Spending mine = b.account.acquire({}, 5, Priority::Live, nullptr);
  b.clock.advance(2 * kSecond);
  mine.answered();
  b.account.observe(h, 95, &mine);
  EXPECT_EQ(b.used(), 5u) << "its own units may have been counted in the new window";
}

TEST(Account, AbsurdFigureFillsTheWindowAndNoMore) {
  Bench b;
  const auto h = b.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  b.account.observe(h, UINT64_MAX);
  EXPECT_EQ(b.used(), 100u);
  EXPECT_EQ(b.spend(1), 60 * kSecond);
}

TEST(Account, HoldStopsEverythingAndTheLongestWins) {
  Bench b;
  b.account.hold(30 * kSecond, "status 429");
  b.account.hold(10 * kSecond, "shorter");
  EXPECT_EQ(b.account.snapshot().hold_until_ns, kNoon + 30 * kSecond);
  EXPECT_EQ(b.account.snapshot().hold_reason, "status 429");
  EXPECT_EQ(b.spend(1, {}, Priority::Live), 30 * kSecond);
  EXPECT_EQ(b.account.snapshot().hold_until_ns, 0);
}

TEST(Account, RefusalsInARowHoldLongerAndLonger) {
  Bench b;
  EXPECT_EQ(b.account.hold_growing("429"), 2 * kSecond);
  EXPECT_EQ(b.account.hold_growing("429"), 2 * kSecond) << "the same refusal, seen by another thread";
  b.spend(1);
  EXPECT_EQ(b.account.hold_growing("429"), 4 * kSecond);
  b.spend(1);
  b.account.note_answer(200, 1);
  EXPECT_EQ(b.account.hold_growing("429"), 2 * kSecond);
}

TEST(Account, WallClockSetBackDoesNotRefillTheWindow) {
  BudgetWindow window("m", WindowKind::Fixed, 10, 60 * kSecond);
  window.answered(window.charge(10, {kNoon, 0}), {kNoon, 0});
  EXPECT_EQ(window.used({kNoon - 5 * kSecond, 1}), 10u);
  EXPECT_EQ(window.used({kNoon, 2}), 10u);
}

TEST(Account, CancelledWaiterLeavesAtOnce) {
  Account account("acme", system_clock());
  account.define("hour", WindowKind::Sliding, 1, 3600 * kSecond);
  account.acquire({}, 1, Priority::Live, nullptr);
  CancelSource source;
  CancelToken token(source);
  std::thread canceller([&] { source.cancel(); });
  EXPECT_EQ(code_of([&] { account.acquire({}, 1, Priority::Live, token.raw()); }), TDK_CANCELLED);
  canceller.join();
  EXPECT_EQ(code_of([&] { account.acquire({}, 1, Priority::Live, CancelToken(source, 1).raw()); }), TDK_CANCELLED);
}

TEST(Account, LongHoldIsSaidInsteadOfWaitedFor) {
  Bench b;
  b.account.hold(3 * 86400 * kSecond, "banned");
  try {
    b.account.acquire({}, 1, Priority::Live, nullptr);
    FAIL() << "waited for three days";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_RATE_LIMITED);
    EXPECT_EQ(e.retry_after_ms(), 3 * 86'400'000);
    EXPECT_NE(std::string(e.what()).find("banned"), std::string::npos) << e.what();
  }
}

TEST(Account, CallersDeadlineEndsTheWait) {
  Account account("acme", system_clock());
  account.hold(60 * kSecond, "banned");
  CancelSource source;
  CancelToken token(source, 1'000'000);
  EXPECT_EQ(code_of([&] { account.acquire({}, 1, Priority::Live, token.raw()); }), TDK_TIMEOUT);
}

// Waiters of all classes queue up behind a request that is under way, in the worst order; they must
// leave by class and then by arrival.
TEST(Account, HigherClassesLeaveFirstAndEachClassInOrder) {
  Bench b;
  b.account.define("one", WindowKind::Sliding, 1, 1);
  Spending first = b.account.acquire({}, 1, Priority::Live, nullptr);
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  const Priority classes[] = {Priority::Backfill, Priority::Repair, Priority::Backfill,
                              Priority::Live,     Priority::Repair, Priority::Live};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      Spending s = b.account.acquire({}, 1, classes[i], nullptr);
      const std::lock_guard lock(mutex);
      order.push_back(i);
    });
    const auto queued = [&] {
      const auto waiting = b.account.snapshot().waiting;
      return waiting[0] + waiting[1] + waiting[2];
    };
    while (queued() < static_cast<unsigned>(i + 1)) std::this_thread::yield();
  }
  first.answered();
  for (auto &t : threads) t.join();
  EXPECT_THAT(order, testing::ElementsAre(3, 5, 1, 4, 0, 2));
}

// A vendor that counts each request somewhere between its leaving and its answer, as vendors do.
TEST(Account, ManyThreadsNeverOverspend) {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    ManualClock clock(kNoon + seed * 777);
    Account account("acme", clock);
    const auto kind = seed % 2 == 0 ? WindowKind::Fixed : WindowKind::Sliding;
    const std::int64_t window = 1000;
    const auto h = account.define("w", kind, 20, window);
    std::mutex mutex;
    std::vector<std::pair<std::int64_t, std::uint64_t>> arrivals;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        std::mt19937 random(seed * 100 + t);
        for (int i = 0; i < 150; ++i) {
          const std::uint64_t cost = random() % 5 + 1;
          Spending s = account.acquire({}, cost, Priority(random() % 3), nullptr);
          clock.advance(static_cast<std::int64_t>(random() % 20));
          std::uint64_t vendor = 0;
          {
            const std::lock_guard lock(mutex);
            const std::int64_t at = clock.now_ns();
            arrivals.emplace_back(at, cost);
            for (auto &[when, n] : arrivals)
              if (kind == WindowKind::Fixed ? when / window == at / window : when > at - window) vendor += n;
          }
          clock.advance(static_cast<std::int64_t>(random() % 20));
          s.answered();
          if (random() % 2 == 0) account.observe(h, vendor, &s);
        }
      });
    for (auto &t : threads) t.join();
    for (const auto &[end, ignored] : arrivals) {
      std::uint64_t sum = 0;
      for (const auto &[when, n] : arrivals)
        if (kind == WindowKind::Fixed ? when / window == end / window : when <= end && when > end - window) sum += n;
      ASSERT_LE(sum, 20u) << "seed " << seed << ", window that ends at " << end;
    }
  }
}

TEST(Account, EstimateComesNearTheRun) {
  for (const auto kind : {WindowKind::Sliding, WindowKind::Fixed}) {
    Bench b;
    const auto h = b.account.define("weight", kind, 600, 60 * kSecond);
    b.account.define("second", WindowKind::Sliding, 5, kSecond);
    b.spend(1, {{h, 100}});
    b.account.hold(7 * kSecond, "429");
    const std::vector<tdk_cost> costs = {{h, 7}};
    const std::int64_t expected = b.account.estimate(costs, 1, 1000);
    std::int64_t taken = 0;
    for (int i = 0; i < 1000; ++i) taken += b.spend(1, costs);
    EXPECT_NEAR(static_cast<double>(expected), static_cast<double>(taken), 0.1 * static_cast<double>(taken));
    EXPECT_GT(taken, 9 * 60 * kSecond);
  }
}

TEST(Account, EstimateOfAHugeBackfillIsQuickAndProportional) {
  Bench b;
  b.account.define("second", WindowKind::Fixed, 1, kSecond);
  const double expected = 5e6 * static_cast<double>(kSecond);
  EXPECT_NEAR(static_cast<double>(b.account.estimate({}, 1, 5'000'000)), expected, 0.01 * expected);
}

TEST(Account, SnapshotTellsWhatOperatorsAskFor) {
  Bench b;
  b.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  b.spend(9);
  b.spend(2);
  b.account.note_answer(200, 5);
  b.account.note_failure("connection refused");
  const AccountSnapshot s = b.account.snapshot();
  EXPECT_EQ(s.requests, 2u);
  EXPECT_EQ(s.waited_ns, 60 * kSecond);
  EXPECT_EQ(s.failures, 1u);
  EXPECT_EQ(s.last_status, 200);
  EXPECT_EQ(s.last_error, "connection refused");
  EXPECT_EQ(s.budgets[0].name, "minute");
  EXPECT_EQ(s.budgets[0].used, 2u);
}

TEST(Account, TheLastErrorStaysBesideItsTime) {
  Bench b;
  b.account.note_answer(503, 5);
  EXPECT_EQ(b.account.snapshot().last_error, "HTTP 503");
  b.account.note_answer(200, 5);
  EXPECT_EQ(b.account.snapshot().last_error, "HTTP 503") << "last_error_ns speaks of it";
}
