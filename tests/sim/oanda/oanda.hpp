// OANDA v20: accounts, instruments, candles, pricing and the stream of prices, as documented and as
// recorded.
#pragma once

#include <memory>

#include "sim/options.hpp"
#include "sim/sim_clock.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim::oanda {

/// `clock` must outlive the vendor. Throws std::invalid_argument or CsvError for a bad --ticks.
std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock);

}  // namespace tapedeck::sim::oanda
