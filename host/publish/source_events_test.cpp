#include "publish/source_events.hpp"

#include <gmock/gmock.h>

#include <tapedeck/layer/core.hpp>

#include <atomic>

#include "observe/log.hpp"

using namespace tapedeck;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// What is kept of it, as "sink key state".
struct Kept {
  std::mutex mutex;
  std::vector<std::string> events;
  std::atomic<bool> away{false};
  std::atomic<int> tries{0};
  std::vector<std::string> all() {
    std::lock_guard lock(mutex);
    return events;
  }
};

class KeepingStorage final : public Storage {
 public:
  explicit KeepingStorage(Kept &kept) : kept_(kept) {}
  CommitResult commit(const Commit &) override { return {}; }
  CommitResult commit_batch(const CommitBatch &b) override {
    ++kept_.tries;
    if (kept_.away) throw Error(TDK_UNAVAILABLE, "away");
    std::lock_guard lock(kept_.mutex);
    for (const auto &e : b.events) {
      EXPECT_EQ(e.about, OutboxEvent::About::Nothing);
      EXPECT_EQ(e.type, "source");
      const auto at = e.payload.find("\"state\":\"") + 9;
      kept_.events.push_back(std::string(e.sink) + " " + std::string(e.key) + " " +
                             std::string(e.payload.substr(at, e.payload.find('"', at) - at)));
    }
    return {};
  }
  void query(const CandleScan &, const OnBatch &, const tdk_cancel *) override {}
  std::vector<LedgerEntry> coverage(const Series &, std::string_view, TimeRange, const tdk_cancel *) override { return {}; }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return {}; }
  void health() override {}

 private:
  Kept &kept_;
};

struct SourceEventsTest : testing::Test {
  static void SetUpTestSuite() { start_log({LogLevel::Off, false}); }
  SourceEvents &start() {
    settings.storage = "store";
    settings.first_pause = settings.longest_pause = 1'000'000;
    events = std::make_unique<SourceEvents>(
        settings, [this] { return std::make_unique<KeepingStorage>(kept); }, ids, [this] { ++pokes; }, metrics, system_clock());
    return *events;
  }
  static SourceEvent event(std::string_view state) { return {"crypto", "binance", state, "", {}, kSecond}; }
  template <class F>
  static bool eventually(F &&f) {
    for (int i = 0; i < 60'000 && !f(); ++i) system_clock().sleep_ns(1'000'000, nullptr);
    return f();
  }
  Kept kept;
  SourceEventSettings settings;
  CorrelationIds ids;
  Metrics metrics;
  std::atomic<int> pokes{0};
  std::unique_ptr<SourceEvents> events;
};

TEST_F(SourceEventsTest, EachSinkGetsWhatHappens) {
  start().put(event("connected"), {"bus", "archive"});
  events->put(event("lost"), {"bus"});
  events->stop(60 * kSecond);
  EXPECT_THAT(kept.all(), ElementsAre("bus binance connected", "archive binance connected", "bus binance lost"));
  EXPECT_GE(pokes, 1);
}

TEST_F(SourceEventsTest, WaitWhileTheStoreIsAwayAndKeepTheirOrder) {
  kept.away = true;
  start().put(event("lost"), {"bus"});
  EXPECT_TRUE(eventually([&] { return kept.tries > 2; }));
  events->put(event("reconnected"), {"bus"});
  kept.away = false;
  events->stop(60 * kSecond);
  EXPECT_THAT(kept.all(), ElementsAre("bus binance lost", "bus binance reconnected"));
}

TEST_F(SourceEventsTest, WhatTheQueueCannotHoldIsCounted) {
  settings.queue = 3;
  kept.away = true;
  start();
  for (int i = 0; i < 5; ++i) events->put(event("lost"), {"bus"});
  EXPECT_THAT(metrics.text(), HasSubstr("tapedeck_publish_dropped_total{reason=\"full\",storage=\"store\"} 2"));
  kept.away = false;
  EXPECT_TRUE(eventually([&] { return kept.all().size() == 3; }));
}

TEST_F(SourceEventsTest, WhatIsLeftAtAStopIsCountedToo) {
  kept.away = true;
  start().put(event("lost"), {"bus"});
  events->stop(1'000'000);
  EXPECT_THAT(kept.all(), IsEmpty());
  EXPECT_THAT(metrics.text(), HasSubstr("tapedeck_publish_dropped_total{reason=\"stopped\",storage=\"store\"} 1"));
}

}  // namespace
