// The monthly partitions of the candles' table, made before they are needed.
#pragma once

#include "connection.hpp"

#include <set>

namespace tapedeck::postgres {

// Threads: one at a time. Does nothing where the candles are in a hypertable, which makes its own chunks.
class Partitions {
 public:
  explicit Partitions(Connection &db) : db_(db) {}

  // The months that the rows of a batch lie in. Outside a transaction.
  void cover(const std::vector<const tdk_candle_batch *> &batches);
  // This month and the next three, when a day has passed since the last time.
  void keep_ahead(std::int64_t now);
  // What was known may be no more.
  void forget() { known_.clear(), last_ahead_ = INT64_MIN; }

 private:
  void make(const std::set<std::int64_t> &months);

  Connection &db_;
  std::set<std::int64_t> known_;
  std::int64_t last_ahead_ = INT64_MIN;
};

// Months since January of the year 0, of an instant.
std::int64_t month_of(std::int64_t ns);
// When a month begins; far months saturate.
std::int64_t begin_of_month(std::int64_t month);

}  // namespace tapedeck::postgres
