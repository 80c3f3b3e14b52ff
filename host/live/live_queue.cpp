#include "live/live_queue.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

CandlePart part_for(const LiveSeries &series, const DeliverySource &source, Nanos fetched_at) {
  CandlePart part;
  part.series = series.series;
  part.source = source.name;
  part.version = source.version;
  part.rank = source.rank;
  part.fetched_at = fetched_at;
  return part;
}

// The slot is present now; an entry that ends where it begins is made longer.
void cover(CandlePart &part, Nanos open_time) {
  const TimeRange slot{open_time, part.series.interval.next(open_time)};
  if (!part.ledger.empty() && part.ledger.back().range.to == slot.from) {
    part.ledger.back().range.to = slot.to;
    return;
  }
  LedgerEntry &entry = part.ledger.emplace_back();
  entry.range = slot;
  entry.source = part.source;
  entry.updated = part.fetched_at;
}

}  // namespace

std::size_t LiveRows::weight_of(const ChunkResult &page) noexcept {
  return std::max<std::size_t>(1, page.candles.size());
}

std::size_t LiveRows::Candle::weight() const noexcept { return page ? weight_of(*page) : 1; }

void LiveRows::clear() noexcept {
  candles.clear();
  runs.clear();
  ticks.clear();
  rows = 0;
}

void BatchMaker::take(LiveRows &from) {
  rows_.clear();
  std::swap(rows_, from);
  candle_ = run_ = run_offset_ = tick_ = 0;
}

DeliveryBatch BatchMaker::next(std::size_t limit) {
  DeliveryBatch batch;
  batch.oldest = rows_.oldest;
  part_of_.clear();
  ticks_of_.clear();
  for (; candle_ < rows_.candles.size() && batch.rows < limit; ++candle_) {
    auto &candle = rows_.candles[candle_];
    batch.rows += candle.weight();
    if (candle.page)
      add_page(batch, candle);
    else
      add_candle(batch, candle);
  }
  while (run_ < rows_.runs.size() && batch.rows < limit) {
    const auto &run = rows_.runs[run_];
    const std::size_t n = std::min(run.count - run_offset_, limit - batch.rows);
    add_ticks(batch, run, std::span(rows_.ticks).subspan(tick_, n));
    batch.rows += n;
    tick_ += n;
    run_offset_ += n;
    if (run_offset_ < run.count) break;
    ++run_;
    run_offset_ = 0;
  }
  return batch;
}

void BatchMaker::add_candle(DeliveryBatch &batch, const LiveRows::Candle &candle) {
  const auto row = batch_of(candle.row);
  const auto known = part_of_.find(candle.series);
  CandlePart *part = known == part_of_.end() ? nullptr : &batch.candles[known->second];
  // A value for a slot that is there already, or one that does not fit the exponents, comes after it in
  // a part of its own.
  const bool fits = part != nullptr && part->source == candle.source->name && part->rank == candle.source->rank &&
                    part->candles.open_times().back() < candle.row.open_time && part->candles.append(row);
  if (!fits) {
    part_of_[candle.series] = batch.candles.size();
    part = &batch.candles.emplace_back(part_for(*candle.series, *candle.source, clock_.now_ns()));
    part->candles.append(row);
  }
  if (!candle.row.forming()) cover(*part, candle.row.open_time);
}

void BatchMaker::add_page(DeliveryBatch &batch, LiveRows::Candle &candle) {
  ChunkResult &page = *candle.page;
  part_of_.erase(candle.series);  // what follows of this series comes after it
  if (page.ledger.empty() && page.candles.empty()) return;
  CandlePart &part = batch.candles.emplace_back(part_for(*candle.series, *candle.source, page.fetched_at));
  part.candles = std::move(page.candles);
  part.ledger = std::move(page.ledger);
  for (auto &entry : part.ledger) {
    entry.source = part.source;
    entry.updated = part.fetched_at;
  }
}

std::vector<Tick> &BatchMaker::ticks_of(DeliveryBatch &batch, const LiveRows::TickRun &run) {
  const auto [known, added] = ticks_of_.try_emplace({run.symbol, run.source});
  if (added) {
    auto part = std::find_if(batch.ticks.begin(), batch.ticks.end(), [&](const TickPart &p) {
      return p.source == run.source->name && p.version == run.source->version;
    });
    if (part == batch.ticks.end())
      part = batch.ticks.insert(part, {run.source->name, run.source->version, {}});
    known->second = {static_cast<std::size_t>(part - batch.ticks.begin()), part->symbols.size()};
    part->symbols.push_back({run.symbol->symbol, {}});
  }
  return batch.ticks[known->second.first].symbols[known->second.second].ticks;
}

void BatchMaker::add_ticks(DeliveryBatch &batch, const LiveRows::TickRun &run, std::span<const Tick> ticks) {
  auto &to = ticks_of(batch, run);
  for (const Tick &tick : ticks) {
    to.push_back(tick);
    if (tick.sequence == TDK_NULL_I64) to.back().sequence = made_up_sequence(run, tick);
  }
}

// Of the wall clock, and never the same twice: so it goes on ascending after a restart.
std::int64_t BatchMaker::made_up_sequence(const LiveRows::TickRun &run, const Tick &tick) {
  auto &last = made_up_[{run.symbol, run.source, tick.trade()}];
  last = std::max(last + 1, clock_.now_ns());
  return last;
}

}  // namespace tapedeck
