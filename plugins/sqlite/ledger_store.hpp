// The ledger in its table.
#pragma once

#include "catalogue.hpp"
#include "ledger.hpp"

namespace tapedeck::sqlite {

// The entries of a commit, copied and brought to one form. Throws TDK_INVALID_ARGUMENT for an
// unknown state and for ranges that are empty, not ascending or overlapping.
std::vector<Entry> checked_entries(const tdk_commit &commit);

// Inside a write transaction. `fresh` is not empty.
void store_coverage(Database &db, std::int64_t series, std::int64_t source,
                    const std::vector<Entry> &fresh);
// Inside a write transaction: for every source of the series.
void cut_coverage(Database &db, std::int64_t series, std::int64_t before);

}  // namespace tapedeck::sqlite
