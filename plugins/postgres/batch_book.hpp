// Where rows came from: the batches that they name.
#pragma once

#include "candle_columns.hpp"
#include "catalogue.hpp"

#include <unordered_map>

namespace tapedeck::postgres {

struct Provenance {
  std::int64_t source = 0, rank = 0, fetched_at = 0;
  Exponents exps;
  std::string version;
  bool operator==(const Provenance &) const = default;
};

// Those that a reader has met, as many as it has room for.
class BatchBook {
 public:
  BatchBook(Connection &db, Catalogue &catalogue) : db_(db), catalogue_(catalogue) {}
  // Looks up those of `rows` that it does not know, and the names of their sources: before the next rows are asked
  // for, because one connection answers one question at a time. `column` has the ids.
  void learn(const Result &rows, int column);
  // Of the rows that were learned last. Valid until the next learn().
  const Provenance &find(std::int64_t id) const;

 private:
  Connection &db_;
  Catalogue &catalogue_;
  std::unordered_map<std::int64_t, Provenance> known_;
};

}  // namespace tapedeck::postgres
