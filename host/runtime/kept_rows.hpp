// Candles with all that a store keeps of them: whence they are, and the values that gave way.
#pragma once

#include <tapedeck/abi.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

struct KeptOrigin {
  std::string source, source_version;
  std::uint32_t rank = 0;
  Nanos fetched_at = 0;
  std::int32_t price_exp = 0, volume_exp = 0, turnover_exp = 0;
  auto operator<=>(const KeptOrigin &) const = default;
};

struct KeptRow {
  std::uint32_t origin = 0;  // of the rows it is among
  std::uint32_t state = 0;
  Nanos open_time = 0;
  std::array<std::int64_t, 7> cells{};  // open, high, low, close, volume, turnover, trades
  Nanos replaced_at = TDK_NULL_I64;     // of a former value
  bool former() const noexcept { return replaced_at != TDK_NULL_I64; }
};

// As Transfer reads and writes them: the standing values by open time, then the former ones by open time, those of one
// in the order in which they gave way. Threads: one at a time.
class KeptRows {
 public:
  void clear() noexcept;  // keeps the memory of the rows
  // Copies; what came before the first former value is standing.
  void append(const tdk_kept_candles &kept);
  void append(const KeptRows &from, const KeptRow &row);

  const std::vector<KeptRow> &rows() const noexcept { return rows_; }
  std::size_t size() const noexcept { return rows_.size(); }
  bool empty() const noexcept { return rows_.empty(); }
  std::size_t standing() const noexcept { return standing_; }  // so many come first
  const KeptOrigin &origin_of(const KeptRow &row) const noexcept { return origins_[row.origin]; }

 private:
  std::uint32_t intern(const KeptOrigin &origin);
  std::vector<KeptRow> rows_;
  std::size_t standing_ = 0;
  std::vector<KeptOrigin> origins_;
  std::map<KeptOrigin, std::uint32_t> numbers_;
};

// The rows in columns, as they cross the ABI: one batch for each run of rows of one origin and kind.
// Lifecycle: borrows the rows' texts; `all()` is valid as long as this lives.
class KeptBatches {
 public:
  explicit KeptBatches(const KeptRows &rows);
  KeptBatches(const KeptBatches &) = delete;
  KeptBatches &operator=(const KeptBatches &) = delete;
  const std::vector<tdk_kept_candles> &all() const noexcept { return kept_; }

 private:
  void fill(const KeptRows &rows);
  tdk_candle_batch batch_at(const KeptOrigin &origin, std::size_t first, std::size_t count) const;
  std::vector<std::int64_t> times_, replaced_;
  std::array<std::vector<std::int64_t>, 7> cells_;
  std::vector<std::uint32_t> states_;
  std::vector<tdk_candle_batch> batches_;
  std::vector<tdk_kept_candles> kept_;
};

}  // namespace tapedeck
