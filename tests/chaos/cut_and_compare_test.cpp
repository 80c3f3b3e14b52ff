// Hours of live candles with cuts, silences, garbage and a store that goes away: in the end the store is
// what it would be without, and the vendor was asked for the holes only.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>

#include "live_world.hpp"
#include "observe/log.hpp"
#include "support/long_tests.hpp"
#include "support/temp_dir.hpp"

namespace tapedeck::chaos {
namespace {

constexpr Nanos kStart = 1'714'557'600 * kSecond;  // 2024-05-01T10:00:00Z

struct Scale {
  std::size_t symbols;
  Nanos length;
};

// TAPEDECK_DEBUG shows what the live side says while it happens.
[[maybe_unused]] const bool debug = [] {
  if (std::getenv("TAPEDECK_DEBUG") != nullptr) start_log({LogLevel::Debug, false});
  return true;
}();

class CutAndCompare : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  std::mt19937_64 random{GetParam()};
  Scale scale = integration::long_tests() ? Scale{20, 6 * kHour} : Scale{4, kHour};

  std::vector<std::string> symbols() const {
    static const std::vector<std::string> kListed = {
        "BTC/USDT", "ETH/USDT",  "BNB/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT", "DOGE/USDT", "LTC/USDT", "DOT/USDT", "LINK/USDT",
        "AVAX/USDT", "TRX/USDT", "BTC/USDC", "ETH/USDC", "BTC/EUR",  "ETH/EUR",  "EUR/USDT",  "ETH/BTC",  "LTC/BTC",  "BNB/BTC"};
    return {kListed.begin(), kListed.begin() + static_cast<std::ptrdiff_t>(scale.symbols)};
  }
  Nanos between(Nanos least, Nanos most) { return least + static_cast<Nanos>(random() % static_cast<std::uint64_t>(most - least)); }

  sim::Fault misfortune() {
    static constexpr sim::FaultKind kKinds[] = {sim::FaultKind::Cut,         sim::FaultKind::ResetMidFrame, sim::FaultKind::HalfOpen,
                                                sim::FaultKind::Mute,        sim::FaultKind::Garbage,       sim::FaultKind::GarbageJson,
                                                sim::FaultKind::Close,       sim::FaultKind::MassReconnect, sim::FaultKind::ServerShutdown,
                                                sim::FaultKind::Duplicates,  sim::FaultKind::LateClose,     sim::FaultKind::Reorder};
    sim::Fault fault;
    fault.kind = kKinds[random() % std::size(kKinds)];
    fault.now = fault.kind == sim::FaultKind::Cut || fault.kind == sim::FaultKind::MassReconnect || fault.kind == sim::FaultKind::HalfOpen ||
                fault.kind == sim::FaultKind::Mute || fault.kind == sim::FaultKind::Close || fault.kind == sim::FaultKind::ServerShutdown;
    if (fault.kind == sim::FaultKind::LateClose) fault.delay_ms = 500;  // on top of up to 1.8 s
    fault.count = fault.now ? 1 : 1 + static_cast<std::int64_t>(random() % 5);
    return fault;
  }
  // Nobody is let in for a while.
  sim::Fault refusal() {
    sim::Fault fault;
    fault.kind = sim::FaultKind::Refuse;
    fault.status = 503;
    fault.count = -1;
    fault.duration_ms = between(5 * kSecond, 240 * kSecond) / 1'000'000;
    return fault;
  }
};

TEST_P(CutAndCompare, TheStoreIsThatOfAnUncutRunAndOnlyHolesWereAskedFor) {
  integration::TempDir directory;
  WorldSettings settings;
  settings.seed = GetParam();
  settings.symbols = symbols();
  settings.start = kStart;
  settings.spool = (directory.path() / "spool").string();
  LiveWorld world(settings);
  world.pass(2 * kMinute);
  const Nanos end = kStart + scale.length;
  Nanos next_fault = kStart + between(2 * kMinute, 10 * kMinute), next_outage = kStart + between(5 * kMinute, 30 * kMinute), back = end;
  int faults = 0, outages = 0;
  while (world.now() < end) {
    if (world.now() >= next_fault) {
      ++faults;
      const sim::Fault fault = misfortune();
      std::printf("%s %s%s\n", format_time(world.now()).c_str(), std::string(sim::name_of(fault.kind)).c_str(), fault.now ? " now" : "");
      world.inject(fault);
      if (random() % 3 == 0) world.inject(refusal());
      next_fault = world.now() + between(3 * kMinute, 25 * kMinute);
    }
    if (!world.storage_away && world.now() >= next_outage) {
      ++outages;
      world.storage_away = true;
      back = world.now() + between(5 * kSecond, 5 * kMinute);
    }
    if (world.storage_away && world.now() >= back) {
      world.storage_away = false;
      next_outage = world.now() + between(10 * kMinute, 90 * kMinute);
    }
    world.pass(std::min<Nanos>(20 * kSecond, end - world.now()));
  }
  world.storage_away = false;
  world.vendor.faults().clear();
  for (int i = 0; i < 60 && !(world.connected() && world.state().delivery.queued_rows == 0); ++i) world.pass(10 * kSecond);
  const Nanos to = end / kMinute * kMinute;
  const auto whole = [&] {
    return std::all_of(settings.symbols.begin(), settings.symbols.end(), [&](const std::string &s) {
      return world.store->in_state({s, *Interval::parse("1m")}, CoverageState::Present).covers({kStart, to});
    });
  };
  for (int i = 0; i < 80 && !whole(); ++i) world.pass(10 * kSecond);  // what failed often is asked every ten minutes
  world.stop();

  std::map<std::string, CandleColumns> truth;
  const std::uint64_t asked = world.vendor.counters("binance").by_path.at("/api/v3/klines");
  for (const auto &symbol : settings.symbols) truth[symbol] = world.truth(symbol, kStart, to);
  const std::size_t holes = world.witness.holes(settings.symbols, kStart, (world.now() - 3 * kSecond) / kMinute * kMinute);
  std::printf("seed %llu: %d faults, %d outages, %zu holes, %llu page requests\n", static_cast<unsigned long long>(GetParam()), faults,
              outages, holes, static_cast<unsigned long long>(asked));
  for (const auto &symbol : settings.symbols) {
    const Series series{symbol, *Interval::parse("1m")};
    const auto rows = world.store->rows(series);
    const tdk_candle_batch expected = truth[symbol].view();
    ASSERT_EQ(expected.count, static_cast<std::size_t>((to - kStart) / kMinute));
    for (std::size_t i = 0; i < expected.count; ++i) {
      const auto row = rows.find(expected.open_time[i]);
      ASSERT_NE(row, rows.end()) << symbol << " " << format_time(expected.open_time[i]) << " is missing";
      const testing::Values values{expected.open[i], expected.high[i], expected.low[i], expected.close[i], expected.volume[i]};
      ASSERT_EQ(row->second.values, values) << symbol << " " << format_time(expected.open_time[i]);
    }
    EXPECT_TRUE(world.store->in_state(series, CoverageState::Present).covers({kStart, to})) << symbol << ": the ledger has a hole";
  }
  EXPECT_LE(static_cast<double>(asked), static_cast<double>(holes) * 1.05 + 0.5);
}

INSTANTIATE_TEST_SUITE_P(Seed, CutAndCompare, ::testing::Range<std::uint64_t>(1, integration::long_tests() ? 51 : 3));

}  // namespace
}  // namespace tapedeck::chaos
