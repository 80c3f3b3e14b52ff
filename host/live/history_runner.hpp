// The batch side of a pipeline while the host runs: asks for what is missing of its past, and again for
// what failed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "base/cancel.hpp"
#include "ingest/source_order.hpp"
#include "live/live_ports.hpp"

namespace tapedeck {

// Lifecycle: runs from its making until nothing is missing or stop(). Threads: one makes and stops.
// Failures: none come out; a vendor's are in the ledger, others are logged, and tried again later.
class HistoryRunner {
 public:
  // From when on the live side keeps a series itself; nothing: not known yet.
  using KeptFrom = std::function<std::optional<Nanos>(const Series &series)>;
  // `may_begin`: asked every 100 ms, for at most 15 s; the live side's own holes go first. `kept_from`: empty
  // when there is no live side.
  HistoryRunner(const PipelineConfig &pipeline, LivePorts ports, KeptFrom kept_from, std::function<bool()> may_begin);
  ~HistoryRunner();
  void cancel();  // begins to stop; stop() ends it
  void stop();

 private:
  void run();
  bool run_once();  // true: nothing is left
  std::vector<SeriesPlan> plans() const;
  void leave_to_the_live_side(SeriesPlan &plan) const;
  bool sleep(Nanos time);

  const PipelineConfig pipeline_;
  LivePorts ports_;
  const KeptFrom kept_from_;
  std::function<bool()> may_begin_;
  CancelSource cancel_;
  std::thread thread_;
};

}  // namespace tapedeck
