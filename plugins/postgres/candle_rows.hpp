// Candles of a batch, row by row, on their way into a table.
#pragma once

#include "copy_in.hpp"

#include <vector>

namespace tapedeck::postgres {

// Rows into `candle` by COPY, all of one batch of the table's.
inline constexpr const char *kCopyCandles =
    "COPY candle(time, batch_id, trades, series_id, state, nanos, open, high, low, close, volume, turnover)"
    " FROM STDIN (FORMAT binary)";
inline constexpr std::int16_t kCopyCandlesFields = 12;
void copy_candles(CopyIn &out, const tdk_candle_batch &batch, std::int64_t series, std::int64_t batch_id);

std::int64_t cell(const std::int64_t *column, std::uint64_t row);
std::int32_t state_of(const tdk_candle_batch &batch, std::uint64_t row);
void put_prices(CopyIn &out, const tdk_candle_batch &batch, std::uint64_t row);  // open to turnover, six fields

// Open times of a series, both ends included.
struct Span {
  std::int64_t series, first, last;
};
// Those in which no candle lies, by their places in `spans`.
std::vector<std::size_t> new_ranges(Connection &db, const std::vector<Span> &spans);

}  // namespace tapedeck::postgres
