// A backfill in a storm: random faults of every kind, kills, and looks at the store in between, which
// must never hold a row the vendor does not have or a word that is not so. After the storm: everything.
#include <gmock/gmock.h>

#include <cstdio>
#include <random>

#include "support/long_tests.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;

namespace {

constexpr std::int64_t kFrom = kNewYear2024Ms, kTo = kNewYear2024Ms + 15 * kDayMs;
constexpr int kRuns = 5;

class Storm : public testing::TestWithParam<std::uint32_t> {
 protected:
  SimServer sim{{"--limits", "off", "--seed", std::to_string(GetParam())}};
  Site site{sim.base_url()};
  std::mt19937 random{GetParam()};
  std::vector<Candle> btc, eth;

  void SetUp() override {
    if (!long_tests()) GTEST_SKIP() << "set TAPEDECK_LONG";
    site.pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
    site.pipeline.until = "2024-01-16";
    site.pipeline.parallel = 1 + static_cast<int>(random() % 6);
    btc = sim.candles("BTCUSDT", "1m", kFrom, kTo);
    eth = sim.candles("ETHUSDT", "1m", kFrom, kTo);
  }

  void brew() {
    static constexpr const char *kKinds[] = {"reset", "close", "truncated_json", "html_200", "empty_200", "empty_body",
                                             "duplicate_rows", "unordered_rows", "short_page", "garbage", "delay",
                                             "slow_drip", "status"};
    static constexpr int kStatuses[] = {500, 502, 503, 429, 418, 404};
    sim.clear_faults();
    for (std::size_t i = 0; i < 3 + random() % 3; ++i) {
      const double probability = 0.03 + 0.01 * static_cast<double>(random() % 35);
      sim.fault(R"("kind":")" + std::string(kKinds[random() % std::size(kKinds)]) +
                R"(","count":-1,"retry_after_s":1,"delay_ms":)" + std::to_string(1 + random() % 60) + R"(,"status":)" +
                std::to_string(kStatuses[random() % std::size(kStatuses)]) + R"(,"probability":)" +
                std::to_string(probability));
    }
  }

  // Runs to its end, or a random while; each run has three days more to ask for.
  std::string run_through(int run) {
    char to[16];
    std::snprintf(to, sizeof to, "2024-01-%02d", 1 + 3 * (run + 1));
    Process backfill(site.command({"backfill", "FILE", "--to", to}));
    if (random() % 3 != 0) {
      const auto ended = backfill.wait(100s);
      EXPECT_TRUE(ended && (*ended == 0 || *ended == 3)) << backfill.err();
      return "exit " + std::to_string(ended.value_or(-1));
    }
    backfill.wait(Millis(200 + random() % 2500));
    backfill.kill();
    return "killed";
  }

  void expect_truth_so_far(const std::string &when) {
    if (!std::filesystem::exists(site.store())) return;
    auto store = site.open_store();
    if (store.number("SELECT count(*) FROM sqlite_schema WHERE name = 'candle'") == 0) return;
    ASSERT_EQ(store.text("PRAGMA quick_check"), "ok") << when;
    const auto b = store.candles("BTC/USDT", "1m"), e = store.candles("ETH/USDT", "1m");
    ASSERT_EQ(not_in(b, btc).size() + not_in(e, eth).size(), 0u) << "wrong rows, " << when;
    std::int64_t present = 0;
    for (const auto &row : store.ledger()) {
      ASSERT_THAT(row.state, testing::AnyOf("present", "failed")) << row << ", " << when;
      if (row.state == "present") present += (row.to_ms - row.from_ms) / kMinuteMs;
    }
    ASSERT_EQ(present, static_cast<std::int64_t>(b.size() + e.size())) << when;
  }
};

TEST_P(Storm, LeavesNothingWrongAndNothingOut) {
  for (int i = 0; i < kRuns; ++i) {
    brew();
    const std::string end = run_through(i);
    std::printf("run %d: %s\n", i, end.c_str());
    ASSERT_NO_FATAL_FAILURE(expect_truth_so_far("run " + std::to_string(i) + ", " + end));
  }
  sim.clear_faults();
  const auto last = site.backfill();
  EXPECT_EQ(last.exit_code, 0) << last.out << last.err;
  EXPECT_EQ(difference(site.open_store().candles("BTC/USDT", "1m"), btc), "");
  EXPECT_EQ(difference(site.open_store().candles("ETH/USDT", "1m"), eth), "");
}

INSTANTIATE_TEST_SUITE_P(Seed, Storm, testing::Range(1U, 21U),
                         [](const auto &p) { return "Number" + std::to_string(p.param); });

}  // namespace
