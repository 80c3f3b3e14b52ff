// Candles with all that is known of them, standing ones and those that gave way.
#pragma once

#include "batch_book.hpp"
#include "stream.hpp"

namespace tapedeck::postgres {

// Streams one range; the sink is called with rows of one provenance, some thousand at most.
class KeptReader {
 public:
  KeptReader(Connection &db, Catalogue &catalogue, const tdk_kept_candle_sink &sink, const Cancel &cancel);
  // Inside a read transaction.
  void stream(std::int64_t series, const tdk_range &range, bool &started);

 private:
  void pass(const char *sql, const Params &params, bool &started);
  void accept(const Result &rows, int row);
  void flush();

  Connection &db_;
  Catalogue &catalogue_;
  const tdk_kept_candle_sink &sink_;
  const Cancel &cancel_;
  BatchBook batches_;
  Provenance current_;  // of the rows in the columns
  std::int64_t current_batch_ = -1;
  CandleColumns columns_;
  bool former_ = false;
  std::vector<std::int64_t> replaced_at_;
};

}  // namespace tapedeck::postgres
