// kill -9, again and again, in the middle of a backfill; each time the same command once more.
#include <gmock/gmock.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <random>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;

namespace {

constexpr std::uint32_t kSeed = 20'240'101;
constexpr int kKills = 20, kParallel = 4;
constexpr std::uint64_t kQuestionsPerStart = 2;  // for the first candle of each symbol

Pipeline sixty_days_of_two(Pipeline p) {
  p.symbols = {"BTC/USDT", "ETH/USDT"};
  p.since = "2024-01-01";
  p.until = "2024-03-01";
  p.parallel = kParallel;
  return p;
}

struct Undisturbed {
  Undisturbed() : site(sim.base_url()) {
    site.pipeline = sixty_days_of_two(site.pipeline);
    outcome = site.backfill();
    requests = sim.page_requests();
  }
  SimServer sim;
  Site site;
  Outcome outcome;
  std::uint64_t requests = 0;
};

// Kills a backfill after the simulator has seen 1 to 11 more requests; true when it was alive until then.
bool start_and_kill(const SimServer &sim, const Site &site, std::mt19937 &random) {
  const std::uint64_t until = sim.page_requests() + 1 + random() % 11;
  Process backfill(site.command({"backfill", "FILE"}));
  if (!wait_until([&] { return sim.page_requests() >= until || !backfill.running(); }, 60s, 1))
    throw std::runtime_error("no requests: " + backfill.err());
  wait_until([] { return false; }, Millis(random() % 15), 1);  // anywhere between two requests
  const bool alive = backfill.running();
  backfill.kill();
  return alive;
}

struct KilledOften {
  KilledOften() : site(sim.base_url()) {
    site.pipeline = sixty_days_of_two(site.pipeline);
    sim.fault(R"("kind":"delay","path":"klines","count":-1,"delay_ms":25)");
    std::mt19937 random(kSeed);
    for (int i = 0; i < kKills; ++i) kills += start_and_kill(sim, site, random);
    sim.clear_faults();
    outcome = site.backfill();
    requests = sim.page_requests();
  }
  SimServer sim;
  Site site;
  int kills = 0;
  Outcome outcome;
  std::uint64_t requests = 0;
};

class Killed : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    calm_ = std::make_unique<Undisturbed>();
    killed_ = std::make_unique<KilledOften>();
    std::printf("%d kills: %llu page requests, %llu without\n", killed_->kills,
                static_cast<unsigned long long>(killed_->requests), static_cast<unsigned long long>(calm_->requests));
  }
  static void TearDownTestSuite() {
    calm_.reset();
    killed_.reset();
  }
  static inline std::unique_ptr<Undisturbed> calm_;
  static inline std::unique_ptr<KilledOften> killed_;
};

TEST_F(Killed, TwentyTimesInTheMiddleOfIt) { EXPECT_EQ(killed_->kills, kKills); }

TEST_F(Killed, EndsWithZeroAfterwards) { EXPECT_EQ(killed_->outcome.exit_code, 0) << killed_->outcome.err; }

TEST_F(Killed, HasTheCandlesOfAnUndisturbedRun) {
  for (const std::string symbol : {"BTC/USDT", "ETH/USDT"})
    EXPECT_EQ(difference(killed_->site.open_store().candles(symbol, "1m"), calm_->site.open_store().candles(symbol, "1m")),
              "")
        << symbol;
}

TEST_F(Killed, HasTheLedgerOfAnUndisturbedRun) {
  EXPECT_EQ(killed_->site.open_store().ledger(), calm_->site.open_store().ledger());
}

TEST_F(Killed, StoresNoCandleTwice) {
  auto store = killed_->site.open_store();
  EXPECT_EQ(store.number("SELECT count(*) FROM candle"), 2 * 60 * 1440);
  EXPECT_EQ(store.number("SELECT sum(rows) FROM batch"), 2 * 60 * 1440);
  EXPECT_EQ(store.number("SELECT count(*) FROM revision"), 0);
}

TEST_F(Killed, AsksAgainOnlyWhatWasInFlight) {
  EXPECT_LE(killed_->requests, calm_->requests + kKills * (kParallel + kQuestionsPerStart));
}

TEST_F(Killed, LeavesASoundDatabase) { EXPECT_EQ(killed_->site.open_store().text("PRAGMA integrity_check"), "ok"); }

}  // namespace
