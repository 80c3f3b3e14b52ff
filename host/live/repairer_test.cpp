// Ranges, asked of the first source that answers.
#include "live/repairer.hpp"

#include <gtest/gtest.h>

#include "live/testing/shard_bench.hpp"

namespace tapedeck {
namespace {

using testing::Fault;
using testing::kBitcoin;
using testing::minutes;
using testing::noon;
using testing::ShardBench;

// Hangs when the test says so, and is of no use then.
class Fragile final : public testing::ScriptedProvider {
 public:
  Fragile(std::shared_ptr<testing::Vendor> vendor, const std::atomic<bool> &hangs) : ScriptedProvider(std::move(vendor)), hangs_(hangs) {}
  void fetch_candles(const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) override {
    hung_ = hung_ || hangs_;
    if (hung_) throw Error(TDK_UNAVAILABLE, "wedged in fetch_candles");
    ScriptedProvider::fetch_candles(ask, out, cancel);
  }
  bool usable() const override { return !hung_; }

 private:
  const std::atomic<bool> &hangs_;
  bool hung_ = false;
};

class Repairs : public ShardBench {
 protected:
  Repairs() {
    clock.advance(kHour);
    std::vector<ShardSource> sources;
    for (const char *name : {"zero", "one", "two"}) {
      const auto rank = static_cast<std::uint32_t>(sources.size());
      sources.push_back({name, CandleOrigin::Vendor, {name, name, rank}, {name, name, rank + 3}});
    }
    make_shard(std::move(sources));
    shard->holes_due();  // from now on there is no connection: the first holes are due in five minutes
    clock.advance(5 * kMinute);
  }
  // "zero" has no history.
  void make() {
    RepairerSettings settings{"p", "store", {{"one", 1, 10, 1}, {"two", 2, 10, 2}}, nullptr, 4};
    repairer = std::make_unique<Repairer>(
        settings,
        [this](const std::string &source) -> std::unique_ptr<Provider> {
          ++opened[source == "one" ? 0 : 1];
          return std::make_unique<Fragile>(source == "one" ? history : second, hangs);
        },
        counts, clock);
  }
  // Asks for what is due; waits for the answers.
  void repair() {
    clock.advance(2 * kHour);  // longer than an outage makes it wait
    repairer->add(*shard, shard->holes_due());
    EXPECT_TRUE(eventually([&] { return repairer->idle(); }));
  }
  void stored() {
    timed([this] { delivery->drain(10 * kSecond); });
  }

  std::shared_ptr<testing::Vendor> second = std::make_shared<testing::Vendor>(clock, testing::FakeMarket{});
  std::atomic<int> opened[2]{0, 0};
  std::atomic<bool> hangs{false};
  std::unique_ptr<Repairer> repairer;
};

TEST_F(Repairs, AsksInPagesOfTheVendorAndKnowsWhoAnswered) {
  make();
  repair();
  stored();
  EXPECT_TRUE(present(minutes(0, 184)));
  EXPECT_EQ(history->pages().size(), 19u);
  EXPECT_TRUE(second->asks().empty());
  EXPECT_EQ(store->rows(kBitcoin).at(noon(0)).source, "one");
  EXPECT_EQ(store->rows(kBitcoin).at(noon(0)).rank, 1u);
  EXPECT_EQ(counts.repairs, 19u);
  repair();
  EXPECT_EQ(history->pages().size(), 31u) << "only the two hours since";
}

TEST_F(Repairs, GoesToTheNextSourceThatAnswers) {
  history->script = [](const CandleAsk &, int) { return Fault::thrown(TDK_UNAVAILABLE); };
  make();
  repair();
  stored();
  EXPECT_TRUE(present(minutes(0, 184)));
  EXPECT_EQ(store->rows(kBitcoin).at(noon(0)).source, "two");
}

TEST_F(Repairs, AnInstanceThatHungIsReplacedAndTheRangeAskedAgain) {
  hangs = true;
  make();
  repair();
  stored();
  EXPECT_FALSE(present(minutes(0, 1)));
  const int before = opened[0];
  hangs = false;
  repair();
  stored();
  EXPECT_TRUE(present(minutes(0, 304)));
  EXPECT_GT(opened[0], before);
}

TEST_F(Repairs, WhatIsUnderWayIsNotAskedTwice) {
  std::atomic<bool> go{false};
  history->on_call = [&](int) { eventually([&] { return go.load(); }); };
  make();
  repairer->add(*shard, shard->holes_due());
  clock.advance(10 * kSecond);
  EXPECT_TRUE(shard->holes_due().empty());
  go = true;
  EXPECT_TRUE(eventually([&] { return repairer->idle(); }));
  EXPECT_EQ(history->pages().size(), 7u);
}

TEST_F(Repairs, StopsWithWorkWaiting) {
  std::atomic<bool> inside{false};
  history->on_call = [&](int) { inside = true; };
  make();
  repairer->add(*shard, shard->holes_due());
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  repairer->stop();
  EXPECT_LE(history->pages().size(), 7u);
}

}  // namespace
}  // namespace tapedeck
