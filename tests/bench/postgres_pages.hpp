// Pages on their way into a store as a backfill brings them, without a vendor.
#pragma once

#include "sqlite_reference.hpp"

#include <tapedeck/abi.h>

#include <string>
#include <utility>
#include <vector>

namespace tapedeck::bench {

using StoreOptions = std::vector<std::pair<std::string, std::string>>;  // of the postgres plugin

// By as many threads as a source has workers, through the host's StoreWriter. Throws what ended the writing.
void write_pages(const StoreOptions &options, const tdk_host *host, const std::vector<Chunk> &pages, int workers);

}  // namespace tapedeck::bench
