// A pipeline over a scripted vendor and a store in memory, on a clock of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ingest/testing/memory_storage.hpp"
#include "live/live_ports.hpp"
#include "live/testing/scripted_stream.hpp"
#include "live/testing/spool_files.hpp"
#include "market/candle_row.hpp"

namespace tapedeck::testing {

constexpr Nanos kNoon = 1'717'243'200 * kSecond;  // 2024-06-01T12:00:00Z
constexpr Nanos noon(std::int64_t minutes, Nanos more = 0) { return kNoon + minutes * kMinute + more; }
constexpr TimeRange minutes(std::int64_t from, std::int64_t to) { return {noon(from), noon(to)}; }

inline const Series kBitcoin{"BTC/USDT", *Interval::parse("1m")};

class LiveBench : public ::testing::Test {
 protected:
  LiveBench();

  // Pipeline "p": BTC/USDT, 1m, of source "one" to storage "store".
  static PipelineConfig pipeline(const std::string &name = "p");
  LivePorts ports(std::vector<PipelineConfig> pipelines);

  // The market's candle of a minute after noon, to connection `n`.
  void candle(std::size_t n, std::int64_t minute, bool forming = false);
  void connected(std::size_t n) { vendor.event(n, {TDK_STREAM_CONNECTED, std::nullopt, {}, ""}); }
  static CandleRow row(std::int64_t minute, bool forming = false);

  // Lets time pass, 20 ms in each real one, until `f` holds; false when it does not within `limit`.
  template <class F>
  bool until(F &&f, Nanos limit = 5 * kMinute) {
    for (Nanos t = 0; t < limit && !f(); t += 20'000'000) pass_a_little();
    return f();
  }
  // Lets time stand still.
  template <class F>
  static bool eventually(F &&f) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!f() && std::chrono::steady_clock::now() < end) rest();
    return f();
  }
  void pass(Nanos time) {
    until([] { return false; }, time);
  }
  // Runs `f` while time goes on; how long that took, really.
  template <class F>
  std::chrono::milliseconds timed(F &&f) {
    const auto began = std::chrono::steady_clock::now();
    std::jthread time([this](const std::stop_token &stop) {
      while (!stop.stop_requested()) {
        clock.advance(1'000'000);
        rest();
      }
    });
    f();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  }
  bool present(TimeRange range) const { return store->in_state(kBitcoin, CoverageState::Present).covers(range); }

  SpoolFiles files;
  ManualClock clock{kNoon};
  std::shared_ptr<Vendor> history = std::make_shared<Vendor>(clock, FakeMarket{});
  ScriptedStreams vendor;
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  LiveHub hub;
  Metrics metrics;

 private:
  static void rest();
  void pass_a_little();
};

}  // namespace tapedeck::testing
