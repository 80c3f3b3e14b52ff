#include "candle_rows.hpp"

namespace tapedeck::postgres {
namespace {

// `first` and `last` in microseconds since 2000. The scalar subquery keeps it a look into the index for each range: as
// a join it would read the table.
constexpr const char *kNewRanges = R"sql(
SELECT p.place - 1 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS p(series_id, first, last, place)
WHERE NOT (SELECT EXISTS(SELECT 1 FROM candle k WHERE k.series_id = p.series_id::int
  AND k.time >= timestamptz '2000-01-01 00:00:00+00' + p.first * interval '1 microsecond'
  AND k.time <= timestamptz '2000-01-01 00:00:00+00' + p.last * interval '1 microsecond'))
)sql";

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

std::vector<std::size_t> new_ranges(Connection &db, const std::vector<Span> &spans) {
  std::vector<std::int64_t> series, first, last;
  for (const Span &s : spans) {
    series.push_back(s.series);
    first.push_back(moment_of(s.first).micros);
    last.push_back(moment_of(s.last).micros);
  }
  const Result r = db.run(kNewRanges, Params().integers(series).integers(first).integers(last));
  std::vector<std::size_t> out;
  for (int row = 0; row < r.rows(); ++row) out.push_back(static_cast<std::size_t>(r.integer(row, 0)));
  return out;
}

}  // namespace tapedeck::postgres
