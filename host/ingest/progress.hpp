// How far a backfill is: counted by the run, shown by the command line.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "market/time.hpp"

namespace tapedeck {

// Threads: any.
struct BackfillProgress {
  std::atomic<std::uint64_t> chunks_total{0}, chunks_done{0}, chunks_failed{0};
  std::atomic<std::uint64_t> rows{0};        // committed, new or changed
  std::atomic<std::uint64_t> slots_total{0}, slots_done{0};
};

}  // namespace tapedeck
