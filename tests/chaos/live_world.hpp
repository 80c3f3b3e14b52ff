// A whole live side against a simulated vendor, on a clock that the test moves: hours pass in seconds.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "ingest/testing/memory_storage.hpp"
#include "live/live_engine.hpp"
#include "observe/metrics.hpp"
#include "plugins/catalog.hpp"
#include "runtime/runtime.hpp"
#include "sim/simulator.hpp"

namespace tapedeck::chaos {

// Stands still until it is told; whoever sleeps waits for that. Threads: any.
class SteppedClock final : public Clock {
 public:
  explicit SteppedClock(Nanos now) : start_(now), now_(now) {}
  std::int64_t now_ns() override { return now_; }
  std::int64_t monotonic_ns() override { return now_ - start_; }
  tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) override;
  void set(Nanos now) { now_ = now; }

 private:
  const Nanos start_;
  std::atomic<Nanos> now_;
};

// What came in, as the vendor's plugin handed it over.
class Witness final : public LiveListener {
 public:
  void on_candle(LiveStage stage, const LiveSeries &series, const CandleRow &row, std::string_view source) noexcept override;
  void on_ticks(LiveStage, const LiveSymbol &, std::span<const Tick>, std::string_view) noexcept override {}
  void on_status(const StreamStatus &status) noexcept override;
  // Runs of slots in [from, to) whose final candle never came, over all series. A run ends where a
  // connection began: what was lost after that is another hole.
  std::size_t holes(const std::vector<std::string> &symbols, Nanos from, Nanos to) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::set<Nanos>> finals_;
  std::vector<Nanos> connected_;  // ascending
};

struct WorldSettings {
  std::uint64_t seed = 1;
  std::vector<std::string> symbols;  // canonical
  Nanos start = 0;
  std::string spool;                 // a directory
};

// Threads: one.
class LiveWorld {
 public:
  explicit LiveWorld(const WorldSettings &settings);
  ~LiveWorld();

  // Lets time pass for the vendor, then for the host: in steps of 10 s while it is connected, of a quarter
  // of a second while it is not.
  void pass(Nanos time);
  void inject(sim::Fault fault);  // of Binance's streams
  Nanos now() { return clock_.now_ns(); }
  bool connected() const;
  LivePipelineState state() const;
  void stop();
  // Every candle of a symbol as the vendor has it, in [from, to).
  CandleColumns truth(const std::string &symbol, Nanos from, Nanos to);

  std::shared_ptr<testing::MemoryStore> store = std::make_shared<testing::MemoryStore>();
  std::atomic<bool> storage_away{false};
  Witness witness;
  sim::Simulator vendor;

 private:
  void step(Nanos time);
  void await_what_was_sent();
  std::shared_ptr<Config> config_;
  SteppedClock clock_;
  Metrics metrics_;
  std::unique_ptr<PluginCatalog> catalog_;
  std::unique_ptr<Runtime> runtime_;
  LiveHub hub_;
  std::unique_ptr<LiveEngine> engine_;
  std::uint64_t not_received_ = 0;  // messages that were sent into nothing
};

}  // namespace tapedeck::chaos
