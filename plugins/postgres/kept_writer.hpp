// Candles as they were kept elsewhere into the tables; nothing is judged.
#pragma once

#include "catalogue.hpp"

#include <vector>

namespace tapedeck::postgres {

// A kept batch with the id of its source.
struct KeptPage {
  const tdk_kept_candles *kept;
  std::int64_t source;
};

// Inside a write transaction that holds the row of `series`. Standing values of a range that is empty go straight
// into the table by COPY; others into a staging table, where one statement compares them with what stands; former
// values likewise.
class KeptWriter {
 public:
  KeptWriter(Connection &db, std::int64_t series) : db_(db), series_(series) {}
  // Returns how many rows were not there yet. Throws TDK_INVALID_ARGUMENT: something else stands in their place.
  std::uint64_t write(const std::vector<KeptPage> &pages);

 private:
  using Pages = std::vector<KeptPage>;
  void write_standing(const Pages &run);
  void copy(const Pages &run);
  void compare(const Pages &run);
  void write_former(const Pages &pages);
  std::vector<std::int64_t> add_batches(const Pages &run);
  Params stage(const Pages &pages);

  Connection &db_;
  std::int64_t series_;
  std::int64_t parts_ = 0, rows_ = 0;  // of the staging table, in this transaction
  std::uint64_t written_ = 0;
};

// Their staging table, of a session. Outside a transaction.
void make_kept_staging(Connection &db);

}  // namespace tapedeck::postgres
