// Rows of a query through a cursor, some thousand at a time, so that the memory of an answer has a bound.
#pragma once

#include "connection.hpp"

namespace tapedeck::postgres {

// Lifecycle: inside a read transaction, one at a time; the cursor goes with the transaction.
class Stream {
 public:
  // `sql` begins with DECLARE rows NO SCROLL CURSOR FOR. `started` becomes true with the first row. `at_a_time`:
  // so many rows are in memory, twice.
  Stream(Connection &db, const Cancel &cancel, bool &started, const char *sql, const Params &params, int at_a_time = 2048);

  // The next rows, of which there is at least one; false at the end.
  bool next();
  // Asks for those after them already, so that the server works while these are used. No other question
  // may be asked until next().
  void ahead();
  const Result &rows() const { return rows_; }
  // After the last row: another one may begin in the same transaction.
  void close();

 private:
  Connection &db_;
  const Cancel &cancel_;
  bool &started_;
  std::string fetch_;
  int at_a_time_;
  Result rows_;
  bool last_ = false;
};

// Each row in turn.
template <class OnRow>
void each_row(Stream stream, OnRow &&on_row) {
  while (stream.next()) {
    stream.ahead();
    for (int i = 0; i < stream.rows().rows(); ++i) on_row(stream.rows(), i);
  }
}

}  // namespace tapedeck::postgres
