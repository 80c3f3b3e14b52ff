// Stored candles into the columns of batches.
#pragma once

#include "catalogue.hpp"
#include "stream.hpp"

#include <array>
#include <unordered_map>
#include <vector>

namespace tapedeck::postgres {

// Streams one request; the sink is called with up to batch_hint rows of one source and exponents.
class CandleReader {
 public:
  CandleReader(Connection &db, Catalogue &catalogue, const tdk_candle_request &request, const tdk_candle_sink &sink,
               const Cancel &cancel);
  // Inside a read transaction.
  void stream(std::int64_t series, bool &started);

 private:
  struct Provenance {
    std::int64_t source = 0, fetched_at = 0;
    int price_exp = 0, volume_exp = 0, turnover_exp = 0;
  };
  std::int64_t first_of_newest(std::int64_t series);
  void learn_batches(const Result &rows);
  void accept(const Result &rows, int row);
  void begin_batch(std::int64_t batch);
  bool fits(const Provenance &p) const;
  void flush();

  Connection &db_;
  Catalogue &catalogue_;
  const tdk_candle_request &request_;
  const tdk_candle_sink &sink_;
  const Cancel &cancel_;
  std::size_t capacity_;
  std::unordered_map<std::int64_t, Provenance> known_;
  Provenance current_;  // of the rows in the columns
  std::int64_t current_batch_ = -1;
  std::size_t rows_ = 0;
  std::array<std::vector<std::int64_t>, 8> columns_;
  std::vector<std::uint32_t> state_;
};

}  // namespace tapedeck::postgres
