// What people read: tables, counts, and a progress line that only a terminal gets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/copy/copy_ports.hpp"
#include "ingest/progress.hpp"
#include "market/time.hpp"

namespace tapedeck {

// Rows of cells, the first row the heading; columns that hold only numbers are right-aligned.
std::string format_table(const std::vector<std::vector<std::string>> &rows);

// 1051200 -> "1,051,200".
std::string with_commas(std::uint64_t n);

// Draws how far a backfill or a copy is on standard error: in place on a terminal, else a line now and then.
// Threads: one at a time.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(bool quiet);
  void draw(const BackfillProgress &progress, std::uint64_t requests, Nanos waited, Nanos elapsed);
  void draw(const CopyProgress &progress, Nanos elapsed);
  void finish();  // leaves the line

 private:
  bool due(Nanos elapsed);
  void draw_line(const std::string &line);
  bool terminal_, quiet_;
  Nanos last_line_ = 0;
  std::size_t width_ = 0;
};

}  // namespace tapedeck
