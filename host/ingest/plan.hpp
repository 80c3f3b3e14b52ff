// What a backfill has to ask for: the operator's wish minus the ledger minus closed sessions.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "market/range_set.hpp"
#include "runtime/provider.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

struct SeriesPlan {
  std::string pipeline;
  Series series;
  std::vector<std::string> sources;  // in the order they are asked; may be empty where only one is
  std::string source;                // whom to ask
  std::uint32_t rank = 0;            // its place among them
  std::string storage;
  int parallel = 1;
  std::shared_ptr<const Calendar> calendar;

  TimeRange wanted;  // on the grid, without the candle that is still forming
  RangeSet missing;  // of it, what has to be asked
  RangeSet closed;   // of it, what the calendar settles and the ledger does not say yet
  std::int64_t slots_wanted = 0;
  std::int64_t slots_held = 0;       // present
  std::int64_t slots_explained = 0;  // no trades, closed, provider has none
  std::int64_t slots_missing = 0;
  bool start_unknown = false;       // nothing is settled before the first missing candle
  std::vector<TimeRange> chunks;    // of `missing`, one page of the vendor each
  std::vector<LedgerEntry> failed;  // what `source` was asked before in vain, ascending
};

struct PlanFilter {
  std::string pipeline, symbol, interval;  // empty: all
  std::string from, to;                    // empty: as the pipeline says
};

// One plan per series of the configured pipelines that have a backfill. Throws TDK_INVALID_ARGUMENT
// when the filter names nothing there is, or the range is empty.
class Planner {
 public:
  Planner(const Config &config, Nanos now) : config_(config), now_(now) {}
  std::vector<SeriesPlan> wishes(const PlanFilter &filter) const;
  // Fills in what `storage` holds and what is left, in pages of `info`.
  static void subtract_ledger(SeriesPlan &plan, Storage &storage, const ProviderInfo &info,
                              const tdk_cancel *cancel);

 private:
  void add_pipeline(const PipelineConfig &pipeline, const PlanFilter &filter,
                    std::vector<SeriesPlan> &out) const;
  TimeRange wanted(const PipelineConfig &pipeline, Interval interval,
                   const PlanFilter &filter) const;
  const Config &config_;
  Nanos now_;
};

// The candles of an interval in ranges on its grid.
std::int64_t count_slots(const RangeSet &ranges, Interval interval);

// How often some of `range` was asked in vain so far: the most of the entries in `failed`
// (ascending).
std::uint32_t tries_so_far(const std::vector<LedgerEntry> &failed, TimeRange range);

// Cuts ranges on the grid into pieces of at most `slots` candles, in order; 0: a limit of our own. A piece may
// reach over `closed` slots between two ranges: a page for each session would waste most of it.
std::vector<TimeRange> split_chunks(const RangeSet &ranges, const RangeSet &closed, Interval interval,
                                    std::uint64_t slots);

}  // namespace tapedeck
