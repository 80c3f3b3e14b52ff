// One candle by value, as it passes through the live side.
#pragma once

#include <tapedeck/abi.h>

#include "market/candle_columns.hpp"
#include "market/time.hpp"

namespace tapedeck {

struct CandleRow {
  Nanos open_time = 0;
  std::int64_t open = 0, high = 0, low = 0, close = 0;  // mantissas at 10^price_exp
  std::int64_t volume = TDK_NULL_I64;
  std::int64_t turnover = TDK_NULL_I64;
  std::int64_t trades = TDK_NULL_I64;
  std::int32_t price_exp = 0, volume_exp = 0, turnover_exp = 0;
  std::uint32_t state = 0;  // TDK_CANDLE_*

  bool forming() const noexcept { return (state & TDK_CANDLE_FORMING) != 0; }
  bool operator==(const CandleRow &) const = default;
};

// Row `i` of a checked batch.
CandleRow row_of(const tdk_candle_batch &batch, std::size_t i) noexcept;

// A batch of this one row; borrows it.
tdk_candle_batch batch_of(const CandleRow &row) noexcept;

}  // namespace tapedeck
