// Rows of closed time that a page brings along.
#pragma once

#include "market/candle_columns.hpp"
#include "market/range_set.hpp"

namespace tapedeck {

// Takes the rows that open in `closed` out; how many they were. Whether a page reaches over closed time is a matter
// of its length: what is stored must not depend on it.
std::size_t leave_out(CandleColumns &rows, const RangeSet &closed);

}  // namespace tapedeck
