// Stored candles and former values with all that is known of them.
#pragma once

#include "database.hpp"

#include <array>
#include <string>
#include <vector>

namespace tapedeck::sqlite {

// Streams the rows of one series and range in batches of one provenance each. Inside a read transaction.
class KeptReader {
 public:
  KeptReader(Database &db, const tdk_range &range, const tdk_kept_candle_sink &sink, const Cancel &cancel);
  void stream(std::int64_t series);

 private:
  // What one batch has in common.
  struct By {
    std::string source, version;
    std::int64_t rank = 0, fetched_at = 0;
    int price_exp = 0, volume_exp = 0, turnover_exp = 0;
    bool operator==(const By &) const = default;
  };
  enum class Rows { Standing, Former };

  void stream(std::int64_t series, Rows rows);
  void accept(const Use &row, Rows rows);
  By read_by(std::int64_t batch);
  void flush(Rows rows);

  Database &db_;
  const tdk_range &range_;
  const tdk_kept_candle_sink &sink_;
  const Cancel &cancel_;
  By by_;
  std::int64_t batch_ = -1;  // which by_ was read for
  std::array<std::vector<std::int64_t>, 8> columns_;
  std::vector<std::uint32_t> state_;
  std::vector<std::int64_t> replaced_at_;
};

}  // namespace tapedeck::sqlite
