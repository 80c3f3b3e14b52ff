#include "candle_columns.hpp"

namespace tapedeck::postgres {

CandleColumns::CandleColumns(std::size_t capacity) : state_(capacity) {
  for (auto &column : columns_) column.resize(capacity);
}

void CandleColumns::push(const Result &rows, int row, const Exponents &exps) {
  columns_[0][rows_] = rows.time(row, 0);
  for (int c = 1; c <= 4; ++c) columns_[static_cast<std::size_t>(c)][rows_] = rows.mantissa(row, c + 1, exps.price);
  columns_[5][rows_] = rows.mantissa(row, 6, exps.volume);
  columns_[6][rows_] = rows.mantissa(row, 7, exps.turnover);
  columns_[7][rows_] = rows.cell(row, 8);
  state_[rows_] = static_cast<std::uint32_t>(rows.integer(row, 9));
  ++rows_;
}

tdk_candle_batch CandleColumns::batch(const Exponents &exps) const {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = rows_;
  b.price_exp = exps.price;
  b.volume_exp = exps.volume;
  b.turnover_exp = exps.turnover;
  b.open_time = columns_[0].data();
  b.open = columns_[1].data();
  b.high = columns_[2].data();
  b.low = columns_[3].data();
  b.close = columns_[4].data();
  b.volume = columns_[5].data();
  b.turnover = columns_[6].data();
  b.trades = columns_[7].data();
  b.state = state_.data();
  return b;
}

}  // namespace tapedeck::postgres
