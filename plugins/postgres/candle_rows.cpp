#include "candle_rows.hpp"

namespace tapedeck::postgres {
namespace {

constexpr const char *kIsNew =
    "SELECT NOT EXISTS(SELECT 1 FROM candle WHERE series_id = $1::int AND time >= $2 AND time <= $4)";

}  // namespace

std::int64_t cell(const std::int64_t *column, std::uint64_t row) { return column ? column[row] : TDK_NULL_I64; }

std::int32_t state_of(const tdk_candle_batch &b, std::uint64_t row) {
  return b.state ? static_cast<std::int32_t>(b.state[row]) : 0;
}

void put_prices(CopyIn &out, const tdk_candle_batch &b, std::uint64_t row) {
  out.decimal(b.open[row], b.price_exp);
  out.decimal(b.high[row], b.price_exp);
  out.decimal(b.low[row], b.price_exp);
  out.decimal(b.close[row], b.price_exp);
  out.decimal(cell(b.volume, row), b.volume_exp);
  out.decimal(cell(b.turnover, row), b.turnover_exp);
}

void copy_candles(CopyIn &out, const tdk_candle_batch &b, std::int64_t series, std::int64_t batch_id) {
  for (std::uint64_t i = 0; i < b.count; ++i) {
    const Moment time = moment_of(b.open_time[i]);
    out.begin_row();
    out.integer(time.micros);
    out.integer(batch_id);
    out.cell(cell(b.trades, i));
    out.integer(static_cast<std::int32_t>(series));
    out.integer(state_of(b, i));
    out.integer(time.nanos);
    put_prices(out, b, i);
  }
}

bool is_new_range(Connection &db, std::int64_t series, std::int64_t first, std::int64_t last) {
  return db.run(kIsNew, Params().integer(series).moment(moment_of(first)).moment(moment_of(last))).truth(0, 0);
}

}  // namespace tapedeck::postgres
