// Candles summed of shorter ones, for those that the vendor does not open where the host's grid
// has them: hours of stocks count from 09:30 in New York.
#pragma once

#include "intervals.hpp"
#include "kit/candle_rows.hpp"

#include <span>
#include <vector>

namespace twelvedata {

// The interval to sum from, which opens on the grid; null: none does.
const Interval *parts_of(const Interval &interval, bool of_exchange);

// Whether the vendor opens them where a session of an exchange begins.
bool counts_from_opening(const Interval &interval);

// `parts` ascending. A sum opens where its interval does, in UTC; its volume is unknown where one
// of its parts is. Throws TDK_BAD_DATA where amounts do not fit together.
std::vector<kit::ExactCandle> sums_of(std::span<const kit::ExactCandle> parts,
                                      const Interval &interval);

}  // namespace twelvedata
