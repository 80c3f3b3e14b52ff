// Stored candles into the columns of batches.
#pragma once

#include "batch_book.hpp"
#include "catalogue.hpp"

#include <array>
#include <vector>

namespace tapedeck::sqlite {

// Streams one request; the sink is called with up to batch_hint rows of one source and exponents.
class CandleReader {
 public:
  CandleReader(Database &db, Catalogue &catalogue, const tdk_candle_request &request,
               const tdk_candle_sink &sink, const Cancel &cancel);
  // Inside a read transaction.
  void stream(std::int64_t series);

 private:
  std::int64_t first_of_newest(std::int64_t series);
  void accept(const Use &row);
  bool fits(const Provenance &p) const;
  void flush();

  Database &db_;
  Catalogue &catalogue_;
  BatchBook book_;
  const tdk_candle_request &request_;
  const tdk_candle_sink &sink_;
  const Cancel &cancel_;
  std::size_t capacity_;
  Provenance current_;  // of the rows in the columns
  std::int64_t current_batch_ = -1;
  std::size_t rows_ = 0;
  std::array<std::vector<std::int64_t>, 8> columns_;
  std::vector<std::uint32_t> state_;
};

}  // namespace tapedeck::sqlite
