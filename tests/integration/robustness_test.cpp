// What operators do to a running backfill, and what disks and other programs do to it.
#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

constexpr std::int64_t kFrom = kNewYear2024Ms, kTo = kNewYear2024Ms + 20 * kDayMs;  // 29 pages

struct Robust : testing::Test {
  SimServer sim;
  Site site{sim.base_url()};

  Robust() {
    site.pipeline.until = "2024-01-21";
    site.pipeline.parallel = 2;
  }
  void slow_down(int ms = 60) const {
    sim.fault(R"("kind":"delay","path":"klines","count":-1,"delay_ms":)" + std::to_string(ms));
  }
  void wait_for_pages(std::uint64_t n) const {
    if (!wait_until([&] { return sim.page_requests() >= n; })) throw std::runtime_error("no page was asked for");
  }
  std::vector<Candle> truth() const { return sim.candles("BTCUSDT", "1m", kFrom, kTo); }
  std::vector<Candle> stored() const { return site.open_store().candles("BTC/USDT", "1m"); }
  void expect_complete() const {
    EXPECT_EQ(difference(stored(), truth()), "");
    EXPECT_EQ(site.open_store().text("PRAGMA integrity_check"), "ok");
  }
};

class Interrupted : public Robust, public testing::WithParamInterface<int> {
 protected:
  Outcome interrupt() {
    slow_down();
    Process process(site.command({"backfill", "FILE"}));
    wait_for_pages(6);
    process.signal(GetParam());
    const auto code = process.wait(60s);
    sim.clear_faults();
    return {code.value_or(-1), process.out(), process.err(), process.age()};
  }
};

TEST_P(Interrupted, ExitsWithThreeAndTheTable) {
  const auto said = interrupt();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, HasSubstr("BTC/USDT 1m"));
  EXPECT_THAT(said.out, HasSubstr("never asked"));
  EXPECT_THAT(said.err, HasSubstr("interrupted"));
}

TEST_P(Interrupted, TheSameCommandGoesOnWhereItStopped) {
  interrupt();
  const auto before = stored().size();
  EXPECT_GT(before, 0u);
  sim.reset();
  EXPECT_EQ(site.backfill().exit_code, 0);
  EXPECT_LE(sim.page_requests(), 29 - before / 1000 + 2);
  expect_complete();
}

TEST_P(Interrupted, StopsWithinFiveSecondsWhileTheVendorHangs) {
  sim.fault(R"("kind":"hang","path":"klines","count":-1,"after":3)");
  Process process(site.command({"backfill", "FILE"}));
  wait_for_pages(5);
  process.signal(GetParam());
  EXPECT_EQ(process.wait(promised(5s)), 3);
}

INSTANTIATE_TEST_SUITE_P(By, Interrupted, testing::Values(SIGINT, SIGTERM),
                         [](const auto &p) { return p.param == SIGINT ? "SigInt" : "SigTerm"; });

TEST_F(Robust, ASecondSignalEndsItAtOnce) {
  sim.fault(R"("kind":"hang","path":"klines","count":-1)");
  Process process(site.command({"backfill", "FILE"}));
  wait_for_pages(1);
  process.signal(SIGINT);
  process.signal(SIGINT);
  EXPECT_TRUE(process.wait(promised(5s)));
}

struct FullDisk : Robust {
  Outcome fill() {
    auto command = site.command({"backfill", "FILE"});
    command.file_size_limit = 600'000;
    return run(command);
  }
};

TEST_F(FullDisk, IsOneClearLineAndExitsWithOne) {
  const auto said = fill();
  EXPECT_EQ(said.exit_code, 1) << said.err;
  const auto lines = lines_of(said.err);
  ASSERT_EQ(lines.size(), 1u) << said.err;
  EXPECT_THAT(lines[0], testing::AllOf(testing::StartsWith("tapedeck: "), HasSubstr("market.db")));
}

TEST_F(FullDisk, LeavesAStoreWhoseLedgerIsTrue) {
  fill();
  auto store = site.open_store();
  EXPECT_EQ(store.text("PRAGMA integrity_check"), "ok");
  std::int64_t present = 0;
  for (const auto &row : store.ledger())
    if (row.state == "present") present += (row.to_ms - row.from_ms) / kMinuteMs;
  const auto rows = store.candles("BTC/USDT", "1m");
  EXPECT_EQ(present, static_cast<std::int64_t>(rows.size()));
  EXPECT_EQ(not_in(rows, truth()).size(), 0u);
}

TEST_F(FullDisk, WithRoomAgainTheSameCommandGoesOn) {
  fill();
  EXPECT_EQ(site.backfill().exit_code, 0);
  expect_complete();
}

TEST_F(Robust, AStoreLockedForSecondsIsWaitedFor) {
  site.backfill({"--to", "2024-01-02"});
  SqliteFile other(site.store(), SQLITE_OPEN_READWRITE);
  other.execute("BEGIN IMMEDIATE");
  Process process(site.command({"backfill", "FILE"}));
  wait_for_pages(5);  // three were for the first day; the next two hang on the lock
  wait_until([&] { return !process.running(); }, 3s);
  EXPECT_TRUE(process.running()) << process.err();
  other.execute("COMMIT");
  EXPECT_EQ(process.wait(60s), 0) << process.err();
  expect_complete();
}

TEST_F(Robust, TwoAtOnceOnOneStoreBothFinish) {
  slow_down(10);
  Process first(site.command({"backfill", "FILE"})), second(site.command({"backfill", "FILE"}));
  EXPECT_EQ(first.wait(60s), 0) << first.err();
  EXPECT_EQ(second.wait(60s), 0) << second.err();
  expect_complete();
  EXPECT_EQ(site.open_store().number("SELECT count(*) FROM revision"), 0);
}

TEST_F(Robust, AReaderSeesWholePagesWhileItRuns) {
  const auto expected = truth();
  sim.reset();
  slow_down();
  Process process(site.command({"backfill", "FILE"}));
  wait_for_pages(8);
  int looks = 0;
  while (process.running()) {
    const auto rows = stored();
    ASSERT_EQ(not_in(rows, expected).size(), 0u);
    ++looks;
  }
  EXPECT_GT(looks, 0);
}

TEST_F(Robust, QueryIntoAPipeThatClosesDoesNotFailLoudly) {
  site.backfill();
  Command shell;
  const auto query = site.command({"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m"});
  std::string line;
  for (const auto &a : query.arguments) line += " '" + a + "'";
  shell.program = "/bin/sh";
  shell.environment = query.environment;
  shell.arguments = {"-c", query.program.string() + line + " | head -1"};
  EXPECT_EQ(run(shell).out, "time,open,high,low,close,volume,source\n");
}

TEST_F(Robust, AFullStandardOutputIsAnError) {
  site.backfill({"--to", "2024-01-03"});
  Command shell;
  const auto query = site.command({"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m"});
  std::string line;
  for (const auto &a : query.arguments) line += " '" + a + "'";
  shell.program = "/bin/sh";
  shell.environment = query.environment;
  shell.arguments = {"-c", query.program.string() + line + " > /dev/full"};
  EXPECT_EQ(run(shell).exit_code, 1);
}

}  // namespace
