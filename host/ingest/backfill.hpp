// The batch side, run to its end: plans in, candles and ledger entries in the store.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "ingest/chunk_fetcher.hpp"
#include "ingest/plan.hpp"
#include "ingest/progress.hpp"

namespace tapedeck {

// Where a run gets its instances from; each call opens one more. Threads: the caller's only.
struct BackfillPorts {
  std::function<std::unique_ptr<Provider>(const std::string &source)> open_provider;
  std::function<std::unique_ptr<Storage>(const std::string &storage)> open_storage;
  std::function<std::string(const std::string &source)> source_version;
  std::function<ProviderInfo(const std::string &source)> info_of;
};

struct BackfillSettings {
  FetchSettings fetch;
  int rounds = 3;               // failed pages are asked again after all others
  Nanos round_pause = kSecond;  // before a further round, doubled each time
  // Failures in a row: of one source, when it does not answer; of one series, when answers are
  // unusable.
  std::uint32_t give_up_after = 12;
  std::uint64_t seed = 0;
};

// Why a source was not asked to the end.
struct StoppedSource {
  std::string source;
  std::string reason;
};

// Why a series was not asked to the end, while others of its source were.
struct SkippedSeries {
  std::string series;
  std::string source;
  std::string reason;
};

// From where on the source's candles were not final yet: no holes, a later run stores them.
struct StillForming {
  Series series;
  std::string source;
  Nanos from;
};

struct BackfillReport {
  std::vector<StoppedSource> stopped;
  std::vector<SkippedSeries> skipped;
  std::vector<StillForming> forming;
  bool cancelled = false;
};

// Asks for every chunk of `plans`, which must outlive the run, and commits each page with its
// ledger entries in one transaction. Resumable: what was committed is no chunk of the next plan.
// Throws what a store could not do (nothing of the page in hand is stored), after the series of
// other stores were served, and what opening an instance throws, before anything is asked; a
// vendor's failures are ledger entries, not exceptions. Threads: the caller's, blocking; `cancel`
// ends it between pages.
BackfillReport run_backfill(const std::vector<SeriesPlan> &plans, const BackfillPorts &ports,
                            const BackfillSettings &settings, BackfillProgress &progress,
                            Clock &clock, const CancelSource &cancel);

}  // namespace tapedeck
