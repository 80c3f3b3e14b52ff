// Rows as they were put, in memory, and how they become batches.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "ingest/chunk.hpp"
#include "live/delivery.hpp"
#include "live/delivery_batch.hpp"

namespace tapedeck {

// What was put since it was last taken. Candles and pages keep their order, ticks theirs. Not locked.
struct LiveRows {
  struct Candle {
    const LiveSeries *series;
    const DeliverySource *source;
    CandleRow row;
    std::unique_ptr<ChunkResult> page;  // then `row` is nothing
    std::size_t weight() const noexcept;
  };
  struct TickRun {
    const LiveSymbol *symbol;
    const DeliverySource *source;
    std::size_t count;
  };
  std::vector<Candle> candles;
  std::vector<TickRun> runs;
  std::vector<Tick> ticks;  // of the runs, one after another
  std::size_t rows = 0;     // a page counts as many as it has candles, and at least one
  Nanos oldest = 0;

  static std::size_t weight_of(const ChunkResult &page) noexcept;
  bool empty() const noexcept { return candles.empty() && runs.empty(); }
  void clear() noexcept;  // keeps the memory
};

// Turns rows into batches: candles by series and source, with one *present* entry for each run of slots;
// ticks by source and symbol. Threads: one.
class BatchMaker {
 public:
  explicit BatchMaker(Clock &clock) : clock_(clock) {}

  // Swaps the rows of `from` in; only when empty().
  void take(LiveRows &from);
  bool empty() const noexcept { return candle_ >= rows_.candles.size() && run_ >= rows_.runs.size(); }
  // The next `limit` rows or fewer; a page is never taken apart.
  DeliveryBatch next(std::size_t limit);

 private:
  void add_candle(DeliveryBatch &batch, const LiveRows::Candle &candle);
  void add_page(DeliveryBatch &batch, LiveRows::Candle &candle);
  void add_ticks(DeliveryBatch &batch, const LiveRows::TickRun &run, std::span<const Tick> ticks);
  std::vector<Tick> &ticks_of(DeliveryBatch &batch, const LiveRows::TickRun &run);
  std::int64_t made_up_sequence(const LiveRows::TickRun &run, const Tick &tick);

  Clock &clock_;
  LiveRows rows_;
  std::size_t candle_ = 0, run_ = 0, run_offset_ = 0, tick_ = 0;
  std::map<const LiveSeries *, std::size_t> part_of_;  // of the batch being made: the series' last part
  std::map<std::pair<const LiveSymbol *, const DeliverySource *>, std::pair<std::size_t, std::size_t>> ticks_of_;
  std::map<std::tuple<const LiveSymbol *, const DeliverySource *, bool>, std::int64_t> made_up_;
};

}  // namespace tapedeck
