// The provenance of rows: who they came from, when, and in which powers of ten they are counted.
#pragma once

#include "database.hpp"

#include <unordered_map>

namespace tapedeck::sqlite {

struct Provenance {
  std::int64_t source = 0;
  std::int64_t rank = 0;
  std::int64_t fetched_at = 0;
  int price_exp = 0;
  int volume_exp = 0;
  int turnover_exp = 0;
};

// Lives as long as one transaction, because what it has read is true for one only.
class BatchBook {
 public:
  explicit BatchBook(Database &db) : db_(&db) {}

  // Valid until the next call.
  const Provenance &find(std::int64_t batch) {
    if (batch != last_) look_up(batch);
    return *known_;
  }

  std::int64_t add(std::int64_t series, const Provenance &p, std::string_view source_version,
                   std::int64_t rows);
  // One candle or more no longer name the batch; settle() writes it down and deletes empty batches.
  void release(std::int64_t batch, std::int64_t rows = 1) { change_[batch] -= rows; }
  void hold(std::int64_t batch, std::int64_t rows = 1) { change_[batch] += rows; }
  void settle();

 private:
  void look_up(std::int64_t batch);
  void read_ahead(std::int64_t batch);

  Database *db_;
  std::int64_t last_ = -1;
  const Provenance *known_ = nullptr;
  std::int64_t ahead_ = 1;
  std::unordered_map<std::int64_t, Provenance> cache_;
  std::unordered_map<std::int64_t, std::int64_t> change_;
};

}  // namespace tapedeck::sqlite
