// Candles as CSV, JSON and NDJSON, digits exactly as stored.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck {

enum class CandleFormat { Csv, Json, Ndjson };

// "time,open,high,low,close,volume,source\n"
std::string csv_header();

// Renders batch after batch into one buffer. Threads: one at a time.
class CandleText {
 public:
  explicit CandleText(CandleFormat format) : format_(format) {}

  // The final rows of a batch: CSV lines; or JSON objects, one a line (Ndjson) or with commas between
  // them across batches (Json). An unknown volume is an empty CSV field, null in JSON. Valid until the
  // next call.
  std::string_view render(const tdk_candle_batch &batch);
  std::uint64_t rows() const noexcept { return rows_; }  // so far

 private:
  CandleFormat format_;
  std::uint64_t rows_ = 0;
  std::vector<char> buffer_;  // only grows: clearing megabytes for each batch would cost more than writing them
};

}  // namespace tapedeck
