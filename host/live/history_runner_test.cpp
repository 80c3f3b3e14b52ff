// The past of a pipeline, asked for beside its live side.
#include "live/history_runner.hpp"

#include <gtest/gtest.h>

#include "live/testing/live_bench.hpp"

namespace tapedeck {
namespace {

using testing::kBitcoin;
using testing::LiveBench;
using testing::minutes;
using testing::noon;

class History : public LiveBench {
 protected:
  History() { clock.advance(kHour); }
  void start(HistoryRunner::KeptFrom kept_from = {}, std::function<bool()> may_begin = [] { return true; }) {
    auto p = pipeline();
    p.backfill.emplace();
    p.backfill->since = "2024-06-01T12:00:00Z";
    const LivePorts live = ports({p});
    runner = std::make_unique<HistoryRunner>(live.config->pipelines[0], live, std::move(kept_from), std::move(may_begin));
  }
  std::unique_ptr<HistoryRunner> runner;
};

TEST_F(History, AsksForEverythingUntilNow) {
  start();
  EXPECT_TRUE(eventually([&] { return present(minutes(0, 60)); }));
}

TEST_F(History, LeavesToTheLiveSideWhatThatKeeps) {
  start([](const Series &) { return std::optional(noon(20)); });
  ASSERT_TRUE(eventually([&] { return present(minutes(0, 20)); }));
  runner.reset();
  for (const auto &ask : history->pages()) EXPECT_LE(ask.range.to, noon(20));
  EXPECT_EQ(store->rows(kBitcoin).size(), 20u);
}

TEST_F(History, WaitsUntilTheLiveSideKnowsWhereItBegins) {
  std::atomic<bool> known{false};
  start([&](const Series &) { return known ? std::optional(noon(20)) : std::nullopt; });
  EXPECT_TRUE(eventually([&] { return clock.now_ns() > noon(70); })) << "it looks again, later and later";
  EXPECT_TRUE(history->pages().empty());
  known = true;
  EXPECT_TRUE(eventually([&] { return present(minutes(0, 20)); }));
}

TEST_F(History, AStoreThatIsAwayIsTriedAgain) {
  std::atomic<bool> away{true};
  store->on_commit = [&](int) {
    if (away) throw Error(TDK_IO, "disk is full");
  };
  start();
  ASSERT_TRUE(eventually([&] { return store->commits() > 2; }));
  away = false;
  EXPECT_TRUE(eventually([&] { return present(minutes(0, 60)); }));
}

TEST_F(History, StopsWhileItWaits) {
  start({}, [] { return false; });
  runner->stop();
  EXPECT_TRUE(history->pages().empty() || present(minutes(0, 1)));
}

}  // namespace
}  // namespace tapedeck
