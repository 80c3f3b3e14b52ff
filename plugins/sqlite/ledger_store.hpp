// The ledger in its table.
#pragma once

#include "catalogue.hpp"
#include "kit/storage/ledger.hpp"

namespace tapedeck::sqlite {

using kit::Entry;

// Inside a write transaction. `fresh` is not empty.
void store_coverage(Database &db, std::int64_t series, std::int64_t source,
                    const std::vector<Entry> &fresh);
// Inside a write transaction: for every source of the series.
void cut_coverage(Database &db, std::int64_t series, std::int64_t before);

}  // namespace tapedeck::sqlite
