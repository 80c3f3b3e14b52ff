#include "runtime/kept_rows.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

void KeptRows::clear() noexcept {
  rows_.clear();
  standing_ = 0;
  origins_.clear();
  numbers_.clear();
}

std::uint32_t KeptRows::intern(const KeptOrigin &origin) {
  if (!origins_.empty() && origins_.back() == origin) return static_cast<std::uint32_t>(origins_.size() - 1);
  const auto [it, added] = numbers_.try_emplace(origin, static_cast<std::uint32_t>(origins_.size()));
  if (added) origins_.push_back(origin);
  return it->second;
}

void KeptRows::append(const tdk_kept_candles &kept) {
  const tdk_candle_batch &b = *kept.batch;
  const std::uint32_t origin = intern({std::string(sv(b.source)), std::string(sv(kept.source_version)), kept.rank,
                                       b.fetched_at, b.price_exp, b.volume_exp, b.turnover_exp});
  const std::int64_t *columns[] = {b.open, b.high, b.low, b.close, b.volume, b.turnover, b.trades};
  for (std::uint64_t i = 0; i < b.count; ++i) {
    KeptRow &row = rows_.emplace_back();
    row.origin = origin;
    row.state = b.state != nullptr ? b.state[i] : 0;
    row.open_time = b.open_time[i];
    for (std::size_t c = 0; c < row.cells.size(); ++c)
      row.cells[c] = columns[c] != nullptr ? columns[c][i] : TDK_NULL_I64;
    if (kept.replaced_at != nullptr) row.replaced_at = kept.replaced_at[i];
  }
  if (kept.replaced_at == nullptr) standing_ = rows_.size();
}

void KeptRows::append(const KeptRows &from, const KeptRow &row) {
  rows_.push_back(row);
  rows_.back().origin = intern(from.origin_of(row));
  if (!row.former()) standing_ = rows_.size();
}

KeptBatches::KeptBatches(const KeptRows &rows) {
  fill(rows);
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const KeptRow &row = rows.rows()[i];
    const KeptRow *before = i > 0 ? &rows.rows()[i - 1] : nullptr;
    if (before == nullptr || before->origin != row.origin || before->former() != row.former()) starts.push_back(i);
  }
  batches_.reserve(starts.size());  // they are pointed at
  for (std::size_t s = 0; s < starts.size(); ++s) {
    const std::size_t end = s + 1 < starts.size() ? starts[s + 1] : rows.size();
    const KeptRow &row = rows.rows()[starts[s]];
    const KeptOrigin &origin = rows.origin_of(row);
    batches_.push_back(batch_at(origin, starts[s], end - starts[s]));
    kept_.push_back({sizeof(tdk_kept_candles), origin.rank, str(origin.source_version), &batches_.back(),
                     row.former() ? replaced_.data() + starts[s] : nullptr});
  }
}

void KeptBatches::fill(const KeptRows &rows) {
  for (auto *column : {&times_, &replaced_}) column->reserve(rows.size());
  for (auto &column : cells_) column.reserve(rows.size());
  states_.reserve(rows.size());
  for (const KeptRow &row : rows.rows()) {
    times_.push_back(row.open_time);
    replaced_.push_back(row.replaced_at);
    for (std::size_t c = 0; c < cells_.size(); ++c) cells_[c].push_back(row.cells[c]);
    states_.push_back(row.state);
  }
}

tdk_candle_batch KeptBatches::batch_at(const KeptOrigin &origin, std::size_t first, std::size_t count) const {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = count;
  b.price_exp = origin.price_exp;
  b.volume_exp = origin.volume_exp;
  b.turnover_exp = origin.turnover_exp;
  b.open_time = times_.data() + first;
  const std::int64_t **columns[] = {&b.open, &b.high, &b.low, &b.close, &b.volume, &b.turnover, &b.trades};
  for (std::size_t c = 0; c < cells_.size(); ++c) *columns[c] = cells_[c].data() + first;
  b.state = states_.data() + first;
  b.source = str(origin.source);
  b.fetched_at = origin.fetched_at;
  return b;
}

}  // namespace tapedeck
