#include "market/candle_columns.hpp"

#include <algorithm>

#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {

// Multiplies a column by 10^steps; false on overflow. Unknown cells stay unknown.
bool scale_up(std::vector<std::int64_t> &column, int steps) {
  std::int64_t factor = 1;
  for (int i = 0; i < steps; ++i)
    if (__builtin_mul_overflow(factor, std::int64_t{10}, &factor)) return false;
  for (auto &v : column)
    if (v != TDK_NULL_I64 && __builtin_mul_overflow(v, factor, &v)) return false;
  return true;
}

void append_column(std::vector<std::int64_t> &to, const std::int64_t *from, std::uint64_t n) {
  if (from != nullptr)
    to.insert(to.end(), from, from + n);
  else
    to.resize(to.size() + n, TDK_NULL_I64);
}

}  // namespace

void CandleColumns::clear() noexcept {
  for (auto *c : {&open_time_, &open_, &high_, &low_, &close_, &volume_, &turnover_, &trades_}) c->clear();
  state_.clear();
}

// Brings the batch and the rows here to the finer exponent of the two, group by group.
bool CandleColumns::match_exponents(tdk_candle_batch &b) {
  const auto rows_to = [](std::vector<std::vector<std::int64_t> *> columns, std::int32_t &have,
                          std::int32_t want) {
    // Scaled copies first: a column that overflows must leave the others as they were.
    std::vector<std::vector<std::int64_t>> scaled;
    for (auto *c : columns) {
      scaled.push_back(*c);
      if (!scale_up(scaled.back(), have - want)) return false;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i]->swap(scaled[i]);
    have = want;
    return true;
  };
  const auto batch_to = [&](const std::int64_t *&column, std::size_t slot, int steps) {
    if (column == nullptr) return true;
    scratch_[slot].assign(column, column + b.count);
    column = scratch_[slot].data();
    return scale_up(scratch_[slot], steps);
  };
  if (b.price_exp < price_exp_ && !rows_to({&open_, &high_, &low_, &close_}, price_exp_, b.price_exp)) return false;
  if (b.volume_exp < volume_exp_ && !rows_to({&volume_}, volume_exp_, b.volume_exp)) return false;
  if (b.turnover_exp < turnover_exp_ && !rows_to({&turnover_}, turnover_exp_, b.turnover_exp)) return false;
  const int p = b.price_exp - price_exp_, v = b.volume_exp - volume_exp_, t = b.turnover_exp - turnover_exp_;
  return (p == 0 || (batch_to(b.open, 0, p) && batch_to(b.high, 1, p) && batch_to(b.low, 2, p) &&
                     batch_to(b.close, 3, p))) &&
         (v == 0 || batch_to(b.volume, 4, v)) && (t == 0 || batch_to(b.turnover, 5, t));
}

void CandleColumns::reserve_more(std::size_t rows) {
  const std::size_t n = size() + rows;
  for (auto *c : {&open_time_, &open_, &high_, &low_, &close_, &volume_, &turnover_, &trades_})
    if (c->capacity() < n) c->reserve(std::max(n, 2 * c->capacity()));
}

bool CandleColumns::append(const tdk_candle_batch &batch) {
  tdk_candle_batch b = batch;
  if (empty()) {
    price_exp_ = b.price_exp;
    volume_exp_ = b.volume_exp;
    turnover_exp_ = b.turnover_exp;
  } else if (!match_exponents(b)) {
    return false;
  }
  const std::uint64_t n = b.count;
  reserve_more(n);
  append_column(open_time_, b.open_time, n);
  append_column(open_, b.open, n);
  append_column(high_, b.high, n);
  append_column(low_, b.low, n);
  append_column(close_, b.close, n);
  append_column(volume_, b.volume, n);
  append_column(turnover_, b.turnover, n);
  append_column(trades_, b.trades, n);
  if (b.state != nullptr)
    state_.insert(state_.end(), b.state, b.state + n);
  else
    state_.resize(state_.size() + n, 0);
  return true;
}

std::optional<Nanos> CandleColumns::drop_forming() {
  const auto forming = std::find_if(state_.begin(), state_.end(),
                                    [](std::uint32_t s) { return (s & TDK_CANDLE_FORMING) != 0; });
  if (forming == state_.end()) return std::nullopt;
  const auto kept = static_cast<std::size_t>(forming - state_.begin());
  const Nanos open_time = open_time_[kept];
  for (auto *c : {&open_time_, &open_, &high_, &low_, &close_, &volume_, &turnover_, &trades_}) c->resize(kept);
  state_.resize(kept);
  return open_time;
}

tdk_candle_batch CandleColumns::view() const noexcept {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = size();
  b.price_exp = price_exp_;
  b.volume_exp = volume_exp_;
  b.turnover_exp = turnover_exp_;
  b.open_time = open_time_.data();
  b.open = open_.data();
  b.high = high_.data();
  b.low = low_.data();
  b.close = close_.data();
  b.volume = volume_.data();
  b.turnover = turnover_.data();
  b.trades = trades_.data();
  b.state = state_.data();
  return b;
}

}  // namespace tapedeck
