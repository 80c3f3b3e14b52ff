// What one ledger says of a stretch of a series and another does not.
#pragma once

#include <vector>

#include "runtime/ledger_entry.hpp"

namespace tapedeck {

// The parts of `first` in `range` that `second` lacks, or learned otherwise and not later; by source and time, each
// inside of the range. Both are as Storage::coverage() gives them.
std::vector<LedgerEntry> ledger_to_write(const std::vector<LedgerEntry> &first, const std::vector<LedgerEntry> &second,
                                         TimeRange range);

bool same_entry(const LedgerEntry &a, const LedgerEntry &b);

}  // namespace tapedeck
