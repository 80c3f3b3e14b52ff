// The checks that every batch of a plugin passes before the host reads it.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>

namespace tapedeck {

// One per call, since order and limit hold across its batches. Sticky: after the first refusal
// every batch is refused with the same text. Cost: below 1 ns a row and column. Threads: one.
class BatchIntake {
 public:
  enum class Prices {
    Checked,
    AsStored
  };  // AsStored: a storage may hold what somebody wrote by hand

  // `range` is of open times; `limit` rows at most, 0: any number.
  explicit BatchIntake(tdk_range range, std::uint64_t limit = 0, Prices prices = Prices::Checked);
  // From here on several rows may have one open time, and they may begin before those so far: former values.
  void expect_former_values();

  // NULL when the host may read the batch, else what is wrong with it ("row 17: low is above
  // open"); the text lives as long as this object. Columns whose pointers are wild cannot be told
  // and crash.
  const char *check(const tdk_candle_batch *batch);

  const char *refused() const { return reason_.empty() ? nullptr : reason_.c_str(); }
  std::uint64_t rows() const { return rows_; }

 private:
  bool refuse(std::string reason);
  bool shape_is_fine(const tdk_candle_batch *batch);
  bool times_are_fine(const tdk_candle_batch &batch);
  bool prices_are_fine(const tdk_candle_batch &batch);
  bool amounts_are_fine(const tdk_candle_batch &batch);

  tdk_range range_;
  std::uint64_t limit_;
  Prices prices_;
  std::uint64_t rows_ = 0;
  std::int64_t last_time_ = 0;
  bool former_ = false;
  std::string reason_;
};

}  // namespace tapedeck
