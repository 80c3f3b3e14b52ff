// The batch side of a pipeline while the host runs: asks for what is missing of its past, and again for
// what failed.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "base/cancel.hpp"
#include "ingest/backfill.hpp"
#include "live/live_ports.hpp"

namespace tapedeck {

// Lifecycle: runs from its making until nothing is missing or stop(). Threads: one makes and stops.
// Failures: none come out; a vendor's are in the ledger, others are logged, and tried again later.
class HistoryRunner {
 public:
  // `may_begin`: asked every 100 ms, for at most 15 s; the live side's own holes go first. `until`: what
  // the live side does not keep; TDK_NULL_I64: everything.
  HistoryRunner(const PipelineConfig &pipeline, LivePorts ports, Nanos until, std::function<bool()> may_begin);
  ~HistoryRunner();
  void stop();

 private:
  void run();
  bool run_once();  // true: nothing is left
  std::vector<SeriesPlan> plans() const;
  bool sleep(Nanos time);

  const PipelineConfig pipeline_;
  LivePorts ports_;
  const Nanos until_;
  std::function<bool()> may_begin_;
  CancelSource cancel_;
  std::thread thread_;
};

}  // namespace tapedeck
