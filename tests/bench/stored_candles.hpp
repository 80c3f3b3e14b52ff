// Candles read back from a store, so that a reference can be given the very same ones.
#pragma once

#include "sqlite_reference.hpp"

#include <string>
#include <vector>

namespace tapedeck::bench {

// All candles of a store of the sqlite plugin, series by series, ascending, a thousand to a chunk.
// Throws std::runtime_error.
std::vector<Chunk> stored_candles(const std::string &file);

}  // namespace tapedeck::bench
