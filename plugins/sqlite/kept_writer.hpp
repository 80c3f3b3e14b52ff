// Candles and former values of another store, stored as they were kept there.
#pragma once

#include "candles.hpp"

#include <string>

namespace tapedeck::sqlite {

// Inside a write transaction, for one series.
class KeptWriter {
 public:
  // `name`: the series, for messages.
  KeptWriter(Database &db, std::int64_t series, std::string name)
      : db_(db), series_(series), name_(std::move(name)) {}
  // What was checked, of the source `source`. Returns how many rows were new; TDK_INVALID_ARGUMENT when another
  // value stands.
  std::uint64_t write(const tdk_kept_candles &kept, std::int64_t source);

 private:
  std::uint64_t write_standing(const tdk_candle_batch &batch, const Origin &origin);
  std::uint64_t write_former(const tdk_candle_batch &batch, const Origin &origin, const std::int64_t *replaced_at);
  bool stands(BatchBook &book, const Origin &origin, const tdk_candle_batch &batch, std::uint64_t row,
              const StoredCandle *stored);
  bool was_replaced(BatchBook &book, const Origin &origin, const tdk_candle_batch &batch, std::uint64_t row,
                    std::int64_t replaced_at);

  Database &db_;
  std::int64_t series_;
  std::string name_;
};

}  // namespace tapedeck::sqlite
