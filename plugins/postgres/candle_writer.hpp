// Candles of the commits of one transaction into the table, by the precedence rule.
#pragma once

#include "connection.hpp"

#include <vector>

namespace tapedeck::postgres {

struct Tally {
  std::uint64_t inserted = 0, updated = 0, unchanged = 0, outranked = 0;
};

// A commit that has rows, with the ids that it names.
struct Page {
  const tdk_commit *commit;
  std::int64_t series, source;
  std::vector<bool> *stored = nullptr;  // when somebody asks which rows were: one for each of them
};

// Inside a write transaction that holds the rows of `series`, so that nobody else changes their candles.
// Rows of a range that is new go straight into the table by COPY; others into a staging table by COPY and
// from there, all series together, by one statement that judges, keeps revisions and upserts.
class CandleWriter {
 public:
  CandleWriter(Connection &db, std::int64_t now) : db_(db), now_(now) {}
  Tally store(const std::vector<Page> &pages);

 private:
  void store_apart(const std::vector<Page> &pages);
  std::vector<bool> which_are_new(const std::vector<Page> &pages);
  void copy(const std::vector<Page> &pages);
  void stage();
  void merge();
  void count(std::int64_t verdict, std::uint64_t rows);
  void tell(const Result &verdicts, std::int64_t first_part);

  Connection &db_;
  std::int64_t now_;  // of the wall clock: when a replaced value ceased to stand
  std::vector<Page> staged_;
  std::int64_t parts_ = 0;  // of the staging table, in this transaction
  Tally tally_;
};

// The staging tables of a session. Outside a transaction.
void make_staging(Connection &db);

}  // namespace tapedeck::postgres
