// Candles that the host owns: columns as they cross the ABI.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

// Rows in ascending order of open time, at one set of exponents. Threads: one at a time.
class CandleColumns {
 public:
  void clear() noexcept;  // keeps the memory
  std::size_t size() const noexcept { return open_time_.size(); }
  bool empty() const noexcept { return open_time_.empty(); }

  // Copies a batch that passed the intake check. When the exponents differ from those of the rows
  // here, these or those are rescaled to the finer one; false, and nothing appended, when that does
  // not fit int64.
  bool append(const tdk_candle_batch &batch);

  // Removes the first forming candle and all after it; returns its open time.
  std::optional<Nanos> drop_forming();

  // Views the rows; valid until the next change.
  tdk_candle_batch view() const noexcept;
  const std::vector<std::int64_t> &open_times() const noexcept { return open_time_; }

 private:
  bool match_exponents(tdk_candle_batch &batch);
  void reserve_more(std::size_t rows);

  std::int32_t price_exp_ = 0, volume_exp_ = 0, turnover_exp_ = 0;
  std::vector<std::int64_t> open_time_, open_, high_, low_, close_, volume_, turnover_, trades_;
  std::vector<std::uint32_t> state_;
  std::vector<std::int64_t> scratch_[6];
};

}  // namespace tapedeck
