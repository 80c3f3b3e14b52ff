// Reloads: only what changed is touched.
#include "live/live_engine.hpp"

#include <gmock/gmock.h>

#include "live/testing/live_bench.hpp"

namespace tapedeck {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kBitcoin;
using testing::LiveBench;

class Engine : public LiveBench {
 protected:
  ~Engine() override {
    timed([this] { engine.stop(2 * kSecond); });
  }
  LiveChange apply(std::vector<PipelineConfig> pipelines) {
    LiveChange change;
    const LivePorts p = ports(std::move(pipelines));
    timed([&] { change = engine.apply(p); });
    return change;
  }
  static PipelineConfig of(const std::string &name, const std::string &symbol) {
    auto p = pipeline(name);
    p.symbols[0].name = symbol;
    return p;
  }
  LiveEngine engine;
};

TEST_F(Engine, AReloadTouchesOnlyWhatChanged) {
  auto a = of("a", "BTC/USDT"), b = of("b", "ETH/USDT"), c = of("c", "SOL/USDT");
  EXPECT_THAT(apply({a, b, c}).started, ElementsAre("a", "b", "c"));
  ASSERT_TRUE(vendor.await(2));
  b.stream->stale_after = 90 * kSecond;
  const LiveChange change = apply({a, b, of("d", "XRP/USDT")});
  EXPECT_THAT(change.kept, ElementsAre("a"));
  EXPECT_THAT(change.restarted, ElementsAre("b"));
  EXPECT_THAT(change.stopped, ElementsAre("c"));
  EXPECT_THAT(change.started, ElementsAre("d"));
  EXPECT_THAT(change.failed, IsEmpty());
  ASSERT_TRUE(vendor.await(4));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto connection = vendor.connection(i);
    EXPECT_EQ(connection.open, connection.ask.candles[0].symbol == "BTC/USDT");
  }
  EXPECT_EQ(engine.states().size(), 3u);
}

TEST_F(Engine, APipelineThatCannotStartIsSaidAndTheOthersRun) {
  auto a = of("a", "BTC/USDT"), b = of("b", "ETH/USDT");
  apply({a, b});
  a.stream->candles_from = StreamConfig::CandlesFrom::Vendor;
  vendor.set_capabilities(TDK_CAP_STREAM_TRADES);
  LiveChange change = apply({a, b});
  EXPECT_THAT(change.kept, ElementsAre("b"));
  ASSERT_EQ(change.failed.size(), 1u);
  EXPECT_THAT(change.failed[0], ::testing::StartsWith("a: one streams nothing to make live candles of"));
  EXPECT_EQ(engine.states().size(), 1u);
  EXPECT_EQ(hub.find_series("BTC/USDT", kBitcoin.interval), nullptr);
  vendor.set_capabilities(TDK_CAP_STREAM_CANDLES);
  change = apply({a, b});
  EXPECT_THAT(change.started, ElementsAre("a"));
  EXPECT_NE(hub.find_series("BTC/USDT", kBitcoin.interval), nullptr);
}

TEST_F(Engine, AForeignExceptionIsAFailureOfThatPipelineOnly) {
  LivePorts p = ports({of("a", "BTC/USDT"), of("b", "ETH/USDT")});
  p.version_of = [n = std::make_shared<int>(0)](const std::string &s) {
    if ((*n)++ == 0) throw std::runtime_error("no such file");
    return s;
  };
  LiveChange change;
  timed([&] { change = engine.apply(p); });
  EXPECT_THAT(change.failed, ElementsAre("a: no such file"));
  EXPECT_THAT(change.started, ElementsAre("b"));
}

TEST_F(Engine, StopsAllAtTheSameTime) {
  std::vector<PipelineConfig> many;
  for (int i = 0; i < 8; ++i) many.push_back(of("p" + std::to_string(i), "S" + std::to_string(i) + "/USDT"));
  apply(many);
  store->on_commit = [](int) { throw Error(TDK_BUSY, "away"); };
  ASSERT_TRUE(vendor.await(7));
  EXPECT_LT(timed([this] { engine.stop(2 * kSecond); }), std::chrono::seconds(12));
  EXPECT_TRUE(engine.states().empty());
  EXPECT_TRUE(hub.pipelines().empty());
}

}  // namespace
}  // namespace tapedeck
