// Ticks in memory as a table that SQL can read: one statement stores all of them. Bound and stepped one by
// one they take 1.6 times as long.
#pragma once

#include "database.hpp"

#include <vector>

namespace tapedeck::sqlite {

// One on its way into the table `tick`.
struct TickRow {
  const tdk_quote *quote;
  std::int64_t symbol, source, format;  // ids
  std::int64_t kind() const noexcept { return (quote->flags & TDK_QUOTE_TRADE) != 0; }
};

// Lifecycle: the connection knows the table `tick_rows` from the constructor on; its statements must not run
// any more when this ends. Threads: as the database.
class TickRows {
 public:
  explicit TickRows(Database &db);
  TickRows(const TickRows &) = delete;
  TickRows &operator=(const TickRows &) = delete;

  // What the table holds; its columns are those of `tick`.
  std::vector<TickRow> rows;
};

}  // namespace tapedeck::sqlite
