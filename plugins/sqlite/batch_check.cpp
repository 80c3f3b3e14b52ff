#include "candles.hpp"

namespace tapedeck::sqlite {
namespace {

[[noreturn]] void refuse(std::uint64_t row, const char *what) {
  throw Error(TDK_INVALID_ARGUMENT, "storing candles: row " + std::to_string(row) + " " + what +
                                        "; nothing of this commit is stored");
}

void check_exponent(const char *of, std::int32_t exp) {
  if (exp < -18 || exp > 18)
    throw Error(TDK_INVALID_ARGUMENT, "storing candles: the exponent of the " + std::string(of) +
                                          " is " + std::to_string(exp) + "; give one of -18 to 18");
}

}  // namespace

void check_batch(const tdk_candle_batch &b) {
  check_exponent("prices", b.price_exp);
  check_exponent("volume", b.volume_exp);
  check_exponent("turnover", b.turnover_exp);
  if (b.count == 0) return;
  if (!b.open_time || !b.open || !b.high || !b.low || !b.close)
    throw Error(TDK_INVALID_ARGUMENT,
                "storing candles: a column is missing; give open_time, open, high, low and close");
  for (std::uint64_t i = 0; i < b.count; ++i) {
    if (i > 0 && b.open_time[i] <= b.open_time[i - 1])
      refuse(i, "is not later than the row before");
    if (b.open[i] == TDK_NULL_I64 || b.high[i] == TDK_NULL_I64 || b.low[i] == TDK_NULL_I64 ||
        b.close[i] == TDK_NULL_I64)
      refuse(i, "lacks a price");
  }
}

Value value_at(const tdk_candle_batch &b, std::uint64_t i) {
  Value v;
  v.open = b.open[i];
  v.high = b.high[i];
  v.low = b.low[i];
  v.close = b.close[i];
  if (b.volume) v.volume = b.volume[i];
  if (b.turnover) v.turnover = b.turnover[i];
  if (b.trades) v.trades = b.trades[i];
  if (b.state) v.state = b.state[i];
  return v;
}

}  // namespace tapedeck::sqlite
