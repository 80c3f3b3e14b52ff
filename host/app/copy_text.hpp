// What `tapedeck copy` says of what it did.
#pragma once

#include <string>

#include "ingest/copy/copy_report.hpp"

namespace tapedeck {

// A line for each series and for the ticks of each symbol.
std::string copy_table(const CopyReport &report);

// What is not the same, a line each; empty: nothing.
std::string copy_differences(const CopyReport &report);

// "copied 2 series, 1,051,200 candles, ... in 12.3 s; equal"
std::string copy_summary(const CopyReport &report, bool verify_only, Nanos elapsed);

}  // namespace tapedeck
