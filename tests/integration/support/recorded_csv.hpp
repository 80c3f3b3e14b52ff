// Recorded candles of the shared folder, read without the simulator's own reader.
#pragma once

#include <filesystem>
#include <vector>

#include "support/candle.hpp"

namespace tapedeck::integration {

// $TAPEDECK_SHARED, else the folder beside the sources; may not exist.
std::filesystem::path shared_folder();

// A gzipped CSV with the columns time_ms,open,close,high,low,volume. Throws std::runtime_error.
std::vector<Candle> read_bitfinex(const std::filesystem::path &file);

}  // namespace tapedeck::integration
