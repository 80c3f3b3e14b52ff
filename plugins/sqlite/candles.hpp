// Candles of one commit into the table, by the precedence rule.
#pragma once

#include "kit/storage/outbox_check.hpp"
#include "precedence.hpp"

#include <string_view>
#include <vector>

namespace tapedeck::sqlite {

struct StoredCandle {
  std::int64_t open_time = 0;
  std::int64_t batch = 0;
  Value value;
};

struct Tally {
  std::uint64_t inserted = 0, updated = 0, unchanged = 0, outranked = 0, revisions = 0;
};

// Where the rows of a commit belong and who they are from.
struct Origin {
  std::int64_t series = 0;
  Provenance by;
  std::string_view source_version;
  std::int64_t now = 0;  // of the wall clock: when a replaced value ceased to stand
};

// Inside a write transaction. `batch` was checked and has at least one row.
// `stored`: marks the rows that were inserted or took another value's place; may be NULL.
Tally store_candles(Database &db, const Origin &origin, const tdk_candle_batch &batch,
                    kit::StoredRows::Marks *stored);

// Inside a write transaction: counts what is new of a series.
void count_rows(Database &db, std::int64_t series, std::uint64_t candles, std::uint64_t revisions);

// Row `i` as one value; absent columns are unknown.
Value value_at(const tdk_candle_batch &batch, std::uint64_t i);

}  // namespace tapedeck::sqlite
