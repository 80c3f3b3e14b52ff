// Recorded candles from a CSV file (plain or .gz): columns by header, exact numbers, errors by
// line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/candle.hpp"

namespace tapedeck::sim {

/// `what()` reads `file:line: message`.
class CsvError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The rows column by column; prices and volumes are mantissas of 1e-8.
struct CsvTable {
  std::vector<std::int64_t> open_time;
  std::vector<std::int64_t> open, high, low, close, volume;

  std::size_t size() const { return open_time.size(); }
};

/// Loads candles of `step_ms`. Times must be multiples of the step (up to a day) and strictly
/// ascending. Prices are taken as they are, sensible or not: a simulator must be able to serve bad
/// data. Throws CsvError.
CsvTable load_csv(const std::filesystem::path &file, std::int64_t step_ms);

}  // namespace tapedeck::sim
