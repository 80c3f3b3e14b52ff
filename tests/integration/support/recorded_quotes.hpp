// Recorded minutes of bid and ask beside the ticks that they were made of, in the shared folder; read without the
// simulator's own reader.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tapedeck::integration {

// A recording of OANDA in the shared folder: ticks, and the minutes of the same days.
struct QuoteRecording {
  std::string symbol;          // canonical
  std::string ticks, minutes;  // files below the shared folder
  std::vector<std::string> days;  // those of the ticks
  std::size_t tick_count, minute_count;

  std::string vendor_symbol() const;  // "EURUSD"
  std::filesystem::path tick_file() const;
};
QuoteRecording eur_usd_2014();
QuoteRecording xau_usd_2014();

using QuotePrices = std::array<std::int64_t, 4>;            // open, high, low, close in units of 1e-8
using QuoteMinutes = std::map<std::string, QuotePrices>;  // by open time, "2014-05-01T00:00:00Z"

struct RecordedMinutes {
  QuoteMinutes bid, ask;
};
// Those of the recording's days. Throws std::runtime_error.
RecordedMinutes read_minutes(const QuoteRecording &recording);

// How many of `expected` are missing or differ, and how many there are besides; names the first five on std::cout.
std::size_t count_differing(const QuoteMinutes &found, const QuoteMinutes &expected);

}  // namespace tapedeck::integration
