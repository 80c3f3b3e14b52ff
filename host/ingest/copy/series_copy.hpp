// One series from one store into another, and the two held against each other.
#pragma once

#include "ingest/copy/copy_ports.hpp"
#include "ingest/copy/copy_report.hpp"
#include "ingest/copy/kept_difference.hpp"

namespace tapedeck {

// Lifecycle: used for one series after the other; keeps the memory of two slices. Threads: one at a time.
// Failures: what the stores throw; TDK_CANCELLED.
class SeriesCopy {
 public:
  explicit SeriesCopy(CopyPorts ports) : ports_(ports) {}

  // Slice by slice: rows that are lacking in one transaction, then what the ledger says of the slice. Where another value
  // stands nothing is overwritten, and the ledger of that slice stays behind. How many rows were new.
  std::uint64_t copy(const Series &series);

  // Reads both; `written` is not set.
  CopyPart compare(const Series &series);

 private:
  TimeRange extent(Storage &store, const Series &series) const;
  std::vector<LedgerEntry> ledger_of(Storage &store, const Series &series, TimeRange range) const;
  bool read(Storage &store, const Series &series, const SliceWalk &walk, KeptRows &out) const;
  std::uint64_t copy_rows(const Series &series, bool &conflict);
  std::uint64_t catch_up(const Series &series, const CandleBehind &behind);
  void copy_ledger(const Series &series, const std::vector<LedgerEntry> &ledger, TimeRange range);
  void compare_ledgers(const Series &series, CopyPart &part) const;

  CopyPorts ports_;
  KeptRows from_, to_;
};

}  // namespace tapedeck
