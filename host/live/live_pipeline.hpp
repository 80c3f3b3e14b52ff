// The live side of one pipeline: its connections, what they bring, its repairs and its delivery.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "live/breaker.hpp"
#include "live/delivery.hpp"
#include "live/live_ports.hpp"
#include "live/live_shard.hpp"
#include "live/repairer.hpp"
#include "live/source_story.hpp"
#include "live/stream_supervisor.hpp"

namespace tapedeck {

// What a pipeline looks like from outside.
struct LivePipelineState {
  struct Source {
    std::string name;
    BreakerSnapshot breaker;
  };
  std::string name;
  std::vector<Source> sources;
  std::size_t connections = 0, connected = 0;  // wanted, and there
  bool repairing = false;                      // holes are being asked for
  DeliveryCounts delivery;
  std::uint64_t candles = 0, ticks = 0, duplicates = 0, stale = 0, late_ticks = 0, unknown = 0, unheard = 0;
  std::uint64_t repairs = 0, repair_failures = 0, losses = 0;
};

// Lifecycle: runs from its making to stop(), which cancels everything, waits for it, and has what was
// accepted in the store or the spool within about `timeout`; then it joins, which a plugin that does not come
// back can delay by the watchdog's grace. Threads: one makes and stops; the rest any. Throws what a source says to info(), or the spool to another process.
class LivePipeline {
 public:
  LivePipeline(const PipelineConfig &config, LivePorts ports);
  ~LivePipeline();

  void cancel();  // begins to stop; stop() ends it
  void stop(Nanos timeout);
  LivePipelineState state() const;
  // Every series knows where its holes begin, and nothing is being asked for.
  bool mended() const;
  // From where on the live side keeps the candles of a series; nothing before the ledger was read.
  std::optional<Nanos> keeps_from(const Series &series) const;

 private:
  std::vector<ShardSource> make_sources() const;
  void make_shards();
  void make_supervisor(LiveShard &shard, const std::vector<ShardSource> &sources);
  std::size_t symbols_per_connection(const std::vector<ShardSource> &sources) const;
  void control();
  void tick();
  void tell(SourceEvent event) const;
  void tell_breakers();
  void wind_down();
  bool ledger_is_due();
  void read_ledger();
  void lost(const StreamLink &link);
  RangeSet settled_of(Storage &storage, const Series &series) const;
  Nanos first_missing(const Series &series, const RangeSet &settled) const;
  std::optional<Nanos> end_of_backfill(const Series &series) const;

  const PipelineConfig config_;
  LivePorts ports_;
  Clock &clock_;
  const Nanos started_;
  CancelSource cancel_;  // of reading the ledger
  LiveCounts counts_;
  std::atomic<std::uint64_t> losses_{0};
  std::map<std::string, std::unique_ptr<Breaker>> breakers_;
  std::vector<std::string> streaming_;  // sources, in their order
  std::map<std::string, bool> open_;    // whose breakers were said to be open
  std::unique_ptr<Delivery> delivery_;
  std::vector<std::unique_ptr<LiveShard>> shards_;
  std::vector<std::unique_ptr<StreamSupervisor>> supervisors_;
  std::unique_ptr<Repairer> repairer_;
  std::atomic<bool> ledger_read_{false};
  Nanos next_ledger_read_ = INT64_MIN;
  bool ledger_trouble_said_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool quiet_ = false;                       // nothing comes in any more
  std::map<std::string, Nanos> keeps_from_;  // by name of the series
  std::thread control_;
};

}  // namespace tapedeck
