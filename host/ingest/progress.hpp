// How far a backfill is: counted by the run, shown by the command line.
#pragma once

#include <atomic>
#include <cstdint>

namespace tapedeck {

// At the end of a run that nothing cut short, done and failed pages make up the total; pages of a
// series or source that was given up, or after a cancellation, were never asked and are neither.
// Threads: any.
struct BackfillProgress {
  std::atomic<std::uint64_t> chunks_total{0}, chunks_done{0};
  std::atomic<std::uint64_t> chunks_failed{
      0};                              // as it stands: one that succeeds later is taken off
  std::atomic<std::uint64_t> rows{0};  // committed, new or changed
  std::atomic<std::uint64_t> closed_rows{0};  // of time when the market is closed: not stored
  std::atomic<std::uint64_t> slots_total{0}, slots_done{0};  // done: settled in the ledger
};

}  // namespace tapedeck
