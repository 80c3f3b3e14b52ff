#include "market/candle_row.hpp"

namespace tapedeck {

CandleRow row_of(const tdk_candle_batch &batch, std::size_t i) noexcept {
  const auto optional = [i](const std::int64_t *column) { return column != nullptr ? column[i] : TDK_NULL_I64; };
  return {.open_time = batch.open_time[i],
          .open = batch.open[i],
          .high = batch.high[i],
          .low = batch.low[i],
          .close = batch.close[i],
          .volume = optional(batch.volume),
          .turnover = optional(batch.turnover),
          .trades = optional(batch.trades),
          .price_exp = batch.price_exp,
          .volume_exp = batch.volume_exp,
          .turnover_exp = batch.turnover_exp,
          .state = batch.state != nullptr ? batch.state[i] : 0};
}

tdk_candle_batch batch_of(const CandleRow &row) noexcept {
  tdk_candle_batch batch{};
  batch.struct_size = sizeof batch;
  batch.count = 1;
  batch.price_exp = row.price_exp;
  batch.volume_exp = row.volume_exp;
  batch.turnover_exp = row.turnover_exp;
  batch.open_time = &row.open_time;
  batch.open = &row.open;
  batch.high = &row.high;
  batch.low = &row.low;
  batch.close = &row.close;
  batch.volume = &row.volume;
  batch.turnover = &row.turnover;
  batch.trades = &row.trades;
  batch.state = &row.state;
  return batch;
}

}  // namespace tapedeck
