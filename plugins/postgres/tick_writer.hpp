// Quotes and trades into their table.
#pragma once

#include "catalogue.hpp"

namespace tapedeck::postgres {

// Inside a write transaction; `batch` was checked. What is there already stays as it is. Returns how many
// were not, and tells which in `stored`, unless it is NULL: one for each quote.
std::uint64_t store_ticks(Connection &db, Catalogue &catalogue, const tdk_commit_batch &batch, std::vector<bool> *stored);

}  // namespace tapedeck::postgres
