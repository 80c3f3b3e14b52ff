// All live pipelines of a host: started, changed one by one when the configuration changes, stopped.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "live/history_runner.hpp"
#include "live/live_pipeline.hpp"

namespace tapedeck {

// What apply() did.
struct LiveChange {
  std::vector<std::string> started, stopped, restarted, kept;
  std::vector<std::string> failed;  // "name: why"
};

// Lifecycle: the hub of the ports outlives it. Threads: apply() and stop() one; states() any.
class LiveEngine {
 public:
  // Makes what runs equal to the configuration of `ports`: what is new is started, what is gone stopped,
  // what is written differently now (the pipeline itself, or a plugin it names) stopped and started anew,
  // and nothing else is touched. A pipeline that cannot start is in `failed` and does not run, also where it
  // ran before; the others run.
  LiveChange apply(const LivePorts &ports);
  void stop(Nanos timeout);  // all at the same time
  std::vector<LivePipelineState> states() const;

 private:
  struct Running {
    std::string fingerprint;
    std::unique_ptr<LivePipeline> live;       // NULL: no stream
    std::unique_ptr<HistoryRunner> history;   // NULL: no backfill
    void stop(Nanos timeout);
  };
  using RunningByName = std::map<std::string, std::unique_ptr<Running>>;
  static void stop_all(const RunningByName &running, Nanos timeout);  // at the same time
  static std::unique_ptr<Running> start(const PipelineConfig &pipeline, const LivePorts &ports);

  mutable std::mutex mutex_;  // of the map; a pipeline is stopped outside of it
  RunningByName running_;
};

}  // namespace tapedeck
