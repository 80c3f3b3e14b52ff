// The statements on single candles, prepared once per connection.
#pragma once

#include "candles.hpp"

namespace tapedeck::sqlite {

// Inserts rows of one series and one batch that are known not to be there.
class CandleInserter {
 public:
  CandleInserter(Database &db, std::int64_t series, std::int64_t batch_id);
  void insert(const tdk_candle_batch &batch, std::uint64_t row);

 private:
  Database &db_;
  Use use_;
};

void replace_candle(Database &db, const Origin &origin, const tdk_candle_batch &batch,
                    std::uint64_t row, std::int64_t batch_id);
void keep_revision(Database &db, const Origin &origin, const StoredCandle &former);

// Walks the stored candles of a series upwards, from `first` to `last` inclusive.
class StoredWalk {
 public:
  StoredWalk(Database &db, std::int64_t series, std::int64_t first, std::int64_t last);
  // The stored candle at `time`, or null. Times must ascend.
  const StoredCandle *at(std::int64_t time);

 private:
  void read();
  void leap(std::int64_t time);

  Use use_;
  bool there_ = false;
  StoredCandle current_;
};

}  // namespace tapedeck::sqlite
