// Candles whose amounts have exponents of their own, handed over in batches that share one each.
#pragma once

#include "kit/decimal.hpp"

#include <tapedeck/layer/candles.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace kit {

struct ExactCandle {
  std::int64_t open_time = 0;  // ns
  Decimal open, high, low, close;
  std::optional<Decimal> volume, turnover;
  std::int64_t trades = TDK_NULL_I64;
  std::uint32_t state = 0;  // TDK_CANDLE_*
};

// In order, in as few batches as exact columns allow: rows that cannot share an exponent part the
// batch. TDK_BAD_DATA that begins with `where` when one row alone does not fit, before any row is
// handed over.
void push_rows(std::span<const ExactCandle> rows, int preferred_price_exp, int preferred_volume_exp,
               const std::string &where, tapedeck::CandleWriter &out);

}  // namespace kit
