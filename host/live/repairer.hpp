// Asks for the holes of live series through the batch path, before any backfill.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/cancel.hpp"
#include "ingest/chunk_fetcher.hpp"
#include "live/live_shard.hpp"

namespace tapedeck {

// A source in the order of preference, as the repairer asks it.
struct RepairSource {
  std::string name;
  std::uint32_t rank = 0;
  std::uint64_t candles_per_request = 1000;
  std::size_t index = 0;  // among the shard's sources
};

struct RepairerSettings {
  std::string pipeline, storage;
  std::vector<RepairSource> sources;  // that have a history; without any nothing is asked
  std::shared_ptr<const Calendar> calendar;
  std::size_t workers = 4;
  Nanos call_timeout = kMinute;  // of one question, waits for the vendor's budgets included
};

// Ranges are asked in the order they were handed in, of the first source that answers. What came, or why
// nothing came, goes back to the shard. Lifecycle: threads are made when there is work; stop() ends them.
// Threads: any.
class Repairer {
 public:
  using OpenProvider = std::function<std::unique_ptr<Provider>(const std::string &source)>;
  Repairer(RepairerSettings settings, OpenProvider open, LiveCounts &counts, Clock &clock);
  ~Repairer();

  void add(LiveShard &shard, const std::vector<RepairRange> &ranges);
  void cancel();  // what is under way ends soon
  void stop();    // cancels and joins; nobody adds any more
  bool idle() const;

 private:
  struct Job {
    LiveShard *shard;
    RepairRange what;
  };
  class Worker;
  std::optional<Job> next();
  void work();
  void done();

  const RepairerSettings settings_;
  OpenProvider open_;
  LiveCounts &counts_;
  Clock &clock_;
  CancelSource cancel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::size_t busy_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace tapedeck
