// Stored candles into the columns of batches.
#pragma once

#include "batch_book.hpp"
#include "stream.hpp"

namespace tapedeck::postgres {

// Streams one request; the sink is called with up to batch_hint rows of one source and exponents.
class CandleReader {
 public:
  CandleReader(Connection &db, Catalogue &catalogue, const tdk_candle_request &request, const tdk_candle_sink &sink,
               const Cancel &cancel);
  // Inside a read transaction.
  void stream(std::int64_t series, bool &started);

 private:
  std::int64_t first_of_newest(std::int64_t series);
  void accept(const Result &rows, int row);
  void begin_batch(std::int64_t batch);
  bool fits(const Provenance &p) const;
  void flush();

  Connection &db_;
  Catalogue &catalogue_;
  const tdk_candle_request &request_;
  const tdk_candle_sink &sink_;
  const Cancel &cancel_;
  BatchBook batches_;
  Provenance current_;  // of the rows in the columns
  std::int64_t current_batch_ = -1;
  CandleColumns columns_;
};

}  // namespace tapedeck::postgres
