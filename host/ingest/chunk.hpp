// One page of one series on its way: what is asked for, and what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ingest/failure.hpp"
#include "market/candle_columns.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck {

struct Chunk {
  std::size_t series = 0;  // index into the run's plans
  TimeRange range;
  std::uint32_t tries = 0;          // that failed so far, in earlier rounds and runs
  Nanos not_before = TDK_NULL_I64;  // the vendor asked for patience until then
  bool failed_before = false;       // in this run
};

struct ChunkResult {
  Chunk chunk;
  CandleColumns candles;
  // Settles the range or says that it failed; a candle that is still forming and what follows it
  // have no entry: a later run asks.
  std::vector<LedgerEntry> ledger;
  std::optional<Failure> failure;  // of all of the range, or (NextRun) of a part of it
  std::optional<Nanos> forming;    // the first candle that the vendor calls not final
  std::size_t closed_rows = 0;     // of time in which the calendar has the market closed: left out
  Nanos fetched_at = 0;

  void start(const Chunk &of);  // empties it; the memory stays
};

inline void ChunkResult::start(const Chunk &of) {
  chunk = of;
  candles.clear();
  ledger.clear();
  failure.reset();
  forming.reset();
  closed_rows = 0;
  fetched_at = 0;
}

}  // namespace tapedeck
