// Rows of candles on their way out: the columns of a batch.
#pragma once

#include "result.hpp"

#include <array>
#include <vector>

namespace tapedeck::postgres {

struct Exponents {
  int price = 0, volume = 0, turnover = 0;
  bool operator==(const Exponents &) const = default;
};

class CandleColumns {
 public:
  explicit CandleColumns(std::size_t capacity);
  // The row's first columns are time, nanos, open, high, low, close, volume, turnover, trades, state. There is room.
  void push(const Result &rows, int row, const Exponents &exps);
  std::size_t size() const { return rows_; }
  bool full() const { return rows_ == state_.size(); }
  void clear() { rows_ = 0; }
  // Without who they came from; valid until the next change.
  tdk_candle_batch batch(const Exponents &exps) const;

 private:
  std::size_t rows_ = 0;
  std::array<std::vector<std::int64_t>, 8> columns_;
  std::vector<std::uint32_t> state_;
};

}  // namespace tapedeck::postgres
