// Random faults of the sink, of the store and of the process: every event arrives at least once, of one key in order
// by its first arrival, and what will never be taken is among the dead letters.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "publish/testing/drain_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;

namespace {

int seeds() { return std::getenv("TAPEDECK_LONG") != nullptr ? 1000 : 40; }

// The connection of a process, which may be killed: then nothing of what it does reaches the store.
class MortalOutbox final : public Outbox {
 public:
  MortalOutbox(std::shared_ptr<MemoryOutboxes> of, std::shared_ptr<std::atomic<bool>> killed) : of_(std::move(of)), killed_(std::move(killed)) {}
  void claim(const std::string &sink, const std::string &owner, Nanos now, Nanos until) override {
    live().claim(sink, owner, now, until);
  }
  std::vector<OutboxEntry> read(const OutboxRequest &request, const tdk_cancel *) override { return live().read(request); }
  void settle(std::span<const OutboxOutcome> outcomes) override { live().settle(outcomes); }
  std::uint64_t replay(const OutboxRequest &request) override { return live().replay(request); }
  std::uint64_t purge(const OutboxRequest &request) override { return live().purge(request); }
  std::vector<OutboxStat> stat(const tdk_cancel *) override { return live().stat(); }

 private:
  MemoryOutboxes &live() const {
    if (*killed_) throw Error(TDK_IO, "killed");
    return *of_;
  }
  std::shared_ptr<MemoryOutboxes> of_;
  std::shared_ptr<std::atomic<bool>> killed_;
};

struct Process {
  std::shared_ptr<std::atomic<bool>> killed = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<OutboxDrainer> drainer;
};

class DrainerProperty : public DrainBench {
 protected:
  static constexpr int kKeys = 5, kEvents = 300;

  int roll(int sides) {
    std::lock_guard lock(random_mutex_);
    return std::uniform_int_distribution<int>(0, sides - 1)(random_);
  }
  bool poison(const OutboxEntry &e) const { return std::stoi(e.payload) % 37 == 0; }

  void arm(unsigned seed) {
    random_.seed(seed);
    outbox = std::make_shared<MemoryOutboxes>();
    broker = std::make_shared<ScriptedBroker>();
    calm = false;
    settings.batch = std::size_t{1} << roll(6);
    settings.lease = 60'000'000;
    settings.publish_within = 20'000'000;
    settings.seed = seed;
    outbox->on_call = [this](const char *) {
      if (calm || roll(12) != 0) return;
      if (roll(2) == 0) throw Error(TDK_BUSY, "locked");
      throw Error(TDK_IO, "failing");
    };
    broker->judge = [this](const OutboxEntry &e) -> tdk_status {
      if (poison(e)) return TDK_BAD_DATA;
      return !calm && roll(15) == 0 ? TDK_TIMEOUT : TDK_OK;
    };
    broker->on_publish = [this](std::span<const OutboxEntry> events, const tdk_cancel *cancel) { misbehave(events, cancel); };
  }

  // Now and then it is away, for all of them or after some have arrived; or it hangs; or it crashes.
  void misbehave(std::span<const OutboxEntry> events, const tdk_cancel *cancel) {
    if (calm) return;
    const int what = roll(10);
    if (what > 3) return;
    const auto some = static_cast<std::size_t>(roll(static_cast<int>(events.size()) + 1));
    for (std::size_t i = 0; what > 0 && i < some; ++i)
      if (!poison(events[i])) broker->sneak_in(events[i]);
    if (what == 2) throw std::runtime_error("crashed");
    while (what == 3 && status_of(cancel) == TDK_OK) system_clock().sleep_ns(1'000'000, nullptr);
    throw Error(what == 3 ? TDK_TIMEOUT : TDK_UNAVAILABLE, "away");
  }

  void put_one(int i) {
    const std::string key = "k" + std::to_string(roll(kKeys));
    outbox->put("bus", key, std::to_string(i));
    (i % 37 == 0 ? dead_ : expected_[key]).push_back(std::to_string(i));
  }

  Process start(int number) {
    Process out;
    DrainerSettings s = settings;
    s.owner = "process " + std::to_string(number);
    out.drainer = std::make_unique<OutboxDrainer>(
        s, [of = outbox, killed = out.killed] { return std::make_unique<MortalOutbox>(of, killed); },
        [to = broker] { return std::make_unique<ScriptedSink>(to); }, metrics, system_clock());
    return out;
  }

  void run(unsigned seed) {
    arm(seed);
    expected_.clear();
    dead_.clear();
    std::vector<Process> processes;
    int generation = 0;
    const std::size_t beside = seed % 2 + 1;  // processes at a time
    for (int i = 1; i <= kEvents; ++i) {
      put_one(i);
      if (i % 50 != 1) continue;
      // One ends in the middle of whatever it is doing; its claim runs out.
      if (processes.size() == beside) {
        *processes.front().killed = roll(2) == 0;
        processes.erase(processes.begin());
      }
      processes.push_back(start(++generation));
      system_clock().sleep_ns(roll(5) * 1'000'000, nullptr);
    }
    calm = true;
    EXPECT_TRUE(drained()) << "seed " << seed;
    processes.clear();
    EXPECT_EQ(broker->first_arrivals(), expected_) << "seed " << seed;
    std::vector<std::string> dead;
    for (const auto &e : outbox->all(OutboxState::Dead)) dead.push_back(e.payload);
    EXPECT_EQ(dead, dead_) << "seed " << seed;
  }

  std::atomic<bool> calm{false};

 private:
  std::mutex random_mutex_;
  std::mt19937 random_;
  std::map<std::string, std::vector<std::string>> expected_;
  std::vector<std::string> dead_;
};

TEST_F(DrainerProperty, EverythingArrivesAtLeastOnceAndInOrder) {
  for (int seed = 0; seed < seeds() && !HasFailure(); ++seed) run(static_cast<unsigned>(seed));
}

}  // namespace
