// An account that several hosts share: what is asked of the others, and how it goes on without them.
#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <tapedeck/layer/core.hpp>
#include <thread>

#include "base/cancel.hpp"
#include "net/account_share.hpp"
#include "net/budget.hpp"

using namespace tapedeck;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNoon = 1'700'000'040 * kSecond;  // the start of a UTC minute

// One counter for each limit, without windows: the arithmetic of the real one is tested where it is.
class Others final : public SharedBudget {
 public:
  struct World {
    std::mutex mutex;
    std::condition_variable changed;
    bool away = false;
    std::uint64_t epoch = 1;
    std::uint32_t hosts = 2;
    std::map<std::string, std::uint64_t> used;
    std::int64_t hold_ns = 0;
    std::vector<SharedAsk> heard;

    SharedAsk last() {
      const std::lock_guard lock(mutex);
      return heard.back();
    }
    void set_away(bool now) {
      const std::lock_guard lock(mutex);
      away = now;
    }
    // Until a report (not a request) has come that `is` true of.
    void await_report(const std::function<bool(const SharedAsk &)> &is) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] {
        return std::any_of(heard.begin(), heard.end(), [&](const SharedAsk &a) { return !a.take && is(a); });
      });
    }
  };
  explicit Others(World &world) : world_(world) {}

  SharedAnswer exchange(const SharedAsk &ask, const tdk_cancel *) override {
    const std::lock_guard lock(world_.mutex);
    if (world_.away) throw Error(TDK_UNAVAILABLE, "nobody is there");
    world_.heard.push_back(ask);
    world_.changed.notify_all();
    SharedAnswer out;
    out.epoch = world_.epoch;
    out.hosts = world_.hosts;
    out.hold_ns = world_.hold_ns;
    out.hold_reason = "the other one was told to wait";
    out.granted = ask.take && world_.hold_ns == 0;
    for (const auto &l : ask.limits) {
      world_.used[l.name] += l.alone;
      out.granted = out.granted && world_.used[l.name] + l.amount <= l.capacity;
    }
    for (const auto &l : ask.limits) {
      if (out.granted) world_.used[l.name] += l.amount;
      out.uses.push_back({world_.used[l.name], 0, 7, 3});
    }
    if (!out.granted) out.wait_ns = 10 * kSecond;
    return out;
  }

 private:
  World &world_;
};

struct Shared {
  explicit Shared(int hosts = 2, std::int64_t beat_ns = 3600 * kSecond) {
    ShareSettings settings;
    settings.account = "acme";
    settings.hosts = hosts;
    settings.beat_ns = beat_ns;
    settings.open = [this] {
      ++opened;
      return std::make_unique<Others>(world);
    };
    settings.say = [this](bool away, const std::string &text) {
      const std::lock_guard lock(said_mutex);
      said.push_back((away ? "away: " : "back: ") + text);
    };
    account.share(std::move(settings));
  }
  std::int64_t spend(std::uint64_t weight) { return account.acquire({}, weight, Priority::Backfill, nullptr).waited_ns(); }
  std::vector<std::string> lines() {
    const std::lock_guard lock(said_mutex);
    return said;
  }

  Others::World world;
  std::atomic<int> opened{0};
  std::mutex said_mutex;
  std::vector<std::string> said;
  ManualClock clock{kNoon};
  Account account{"acme", clock};
};

}  // namespace

TEST(SharedAccount, NothingIsOpenedBeforeTheFirstRequest) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  s.account.snapshot();
  s.account.estimate({}, 1, 5);
  EXPECT_EQ(s.opened, 0);
}

TEST(SharedAccount, ARequestIsOneExchange) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  EXPECT_EQ(s.spend(4), 0);
  ASSERT_EQ(s.world.heard.size(), 1u);
  const SharedAsk ask = s.world.last();
  EXPECT_TRUE(ask.take);
  EXPECT_EQ(ask.account, "acme");
  EXPECT_EQ(ask.limits.at(0).amount, 4u);
  EXPECT_EQ(ask.limits.at(0).capacity, 10u);
  EXPECT_NE(ask.lease, 0u);
}

TEST(SharedAccount, WhatEndsIsReportedWithTheNextRequest) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  s.spend(4);
  const std::uint64_t lease = s.world.last().lease;
  s.clock.advance(2 * kSecond);
  s.spend(1);
  ASSERT_EQ(s.world.last().ends.size(), 1u);
  EXPECT_EQ(s.world.last().ends[0].lease, lease);
  EXPECT_EQ(s.world.last().ends[0].ago_ns, 2 * kSecond);
  s.spend(1);
  EXPECT_EQ(s.world.last().ends.size(), 1u) << "once each";
}

TEST(SharedAccount, OthersSpendToo) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  s.world.used["minute"] = 8;
  s.spend(1);
  EXPECT_EQ(s.account.snapshot().budgets.at(0).used, 9u);
  EXPECT_EQ(s.account.snapshot().hosts, 2u);
  const CancelSource source;
  const CancelToken token(source, 5 * kSecond, s.clock);
  EXPECT_THROW(s.account.acquire({}, 4, Priority::Live, token.raw()), Error);
  EXPECT_EQ(s.world.last().priority, Priority::Live);
}

TEST(SharedAccount, WhatTheVendorSaysIsPassedOnWithItsGrant) {
  Shared s;
  const auto handle = s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  Spending spending = s.account.acquire({}, 4, Priority::Backfill, nullptr);
  spending.answered();
  s.account.observe(handle, 50, &spending);
  s.account.observe(handle, 51);
  s.spend(1);
  const auto sights = s.world.last().sights;
  ASSERT_EQ(sights.size(), 2u);
  EXPECT_EQ(sights[0].used, 50u);
  EXPECT_EQ(sights[0].finished_before, 7u);
  EXPECT_EQ(sights[0].window_index, 3);
  EXPECT_EQ(sights[0].amount, 4u);
  EXPECT_EQ(sights[1].window_index, TDK_NULL_I64);
}

TEST(SharedAccount, AHoldIsToldAtOnce) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  s.spend(1);
  s.account.hold(30 * kSecond, "status 429");
  s.world.await_report([](const SharedAsk &a) { return a.hold_ns == 30 * kSecond && a.hold_reason == "status 429"; });
}

TEST(SharedAccount, AHoldOfAnotherHostHoldsHereToo) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 10, 60 * kSecond);
  s.world.hold_ns = 900 * kSecond;
  try {
    s.spend(1);
    ADD_FAILURE() << "nobody wants to hang for a quarter of an hour";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_RATE_LIMITED);
    EXPECT_THAT(e.what(), HasSubstr("the other one was told to wait"));
  }
}

TEST(SharedAccount, WithoutTheOthersItKeepsToItsPart) {
  Shared s(4);
  s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  s.world.away = true;
  std::uint64_t spent = 0;
  while (s.spend(1) < kSecond) ++spent;
  EXPECT_EQ(spent, 20u) << "a quarter of 100, less a twentieth for what others spent unheard";
  std::uint64_t next = 1;
  while (s.spend(1) < kSecond) ++next;
  EXPECT_EQ(next, 25u) << "then a quarter of each window";
  EXPECT_TRUE(s.account.snapshot().alone);
  EXPECT_THAT(s.lines(), ElementsAre(testing::AllOf(HasSubstr("away: "), HasSubstr("nobody is there"), HasSubstr("one part in 4"))));
}

TEST(SharedAccount, InTheWindowThatRunsItTakesItsPartOfWhatIsLeft) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  s.world.used["minute"] = 59;
  s.spend(1);
  s.world.set_away(true);
  std::uint64_t spent = 0;
  while (s.spend(1) < kSecond) ++spent;
  EXPECT_EQ(spent, 15u) << "40 are left, and there are two of us";
}

TEST(SharedAccount, AloneInTheWorldItKeepsTheWhole) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  s.world.hosts = 1;
  s.spend(1);
  EXPECT_EQ(s.account.snapshot().hosts, 2u) << "the others may not have been heard yet";
  s.clock.advance(4 * kSecond);
  s.spend(1);
  EXPECT_EQ(s.account.snapshot().hosts, 1u);
  s.world.set_away(true);
  std::uint64_t spent = 2;
  while (s.spend(1) < kSecond) ++spent;
  EXPECT_EQ(spent, 100u);
}

TEST(SharedAccount, BackWithTheOthersItTellsWhatItSpent) {
  Shared s(2, 1'000'000);
  s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  s.spend(3);
  s.world.set_away(true);
  s.clock.advance(kSecond);
  while (!s.account.snapshot().alone) std::this_thread::yield();
  s.spend(5);
  s.spend(6);
  s.world.set_away(false);
  while (s.account.snapshot().alone) std::this_thread::yield();
  {
    const std::lock_guard lock(s.world.mutex);
    EXPECT_EQ(s.world.used["minute"], 14u);
  }
  EXPECT_THAT(s.lines(), ElementsAre(HasSubstr("away: "), HasSubstr("back: ")));
  EXPECT_EQ(s.spend(1), 0);
}

TEST(SharedAccount, WhatHasToBeRestoredIsInEveryReport) {
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  s.world.used["minute"] = 30;
  s.spend(3);
  s.spend(4);
  EXPECT_EQ(s.world.last().limits.at(0).own, 3u);
  EXPECT_EQ(s.world.last().limits.at(0).known, 33u);
  EXPECT_EQ(s.world.last().epoch, 1u);
}

TEST(SharedAccount, WhoLeavesTellsWhatHasEnded) {
  Shared idle;
  idle.account.leave_others();
  EXPECT_EQ(idle.opened, 0) << "nothing was said, and nothing is to be";
  Shared s;
  s.account.define("minute", WindowKind::Fixed, 100, 60 * kSecond);
  s.spend(3);
  s.account.leave_others();
  EXPECT_FALSE(s.world.last().take);
  EXPECT_EQ(s.world.last().ends.size(), 1u);
  EXPECT_THAT(s.lines(), ElementsAre());
}

TEST(SharedAccount, TheWayMayChangeWhileItIsUsed) {
  Shared s(2, 1'000'000);
  s.account.define("minute", WindowKind::Fixed, 1'000'000, 60 * kSecond);
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      while (!over) s.spend(1);
    });
  for (int i = 0; i < 50; ++i) {
    ShareSettings again;
    again.open = [&s] { return std::make_unique<Others>(s.world); };
    s.account.share(std::move(again));
    s.spend(1);
  }
  s.account.leave_others();
  while (!s.account.snapshot().alone) std::this_thread::yield();
  over = true;
  for (auto &t : threads) t.join();
}
