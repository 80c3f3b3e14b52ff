// Quotes and trades into their table.
#pragma once

#include "catalogue.hpp"

namespace tapedeck::postgres {

// Inside a write transaction; `batch` was checked. What is there already stays as it is. Returns how many
// were not.
std::uint64_t store_ticks(Connection &db, Catalogue &catalogue, const tdk_commit_batch &batch);

}  // namespace tapedeck::postgres
