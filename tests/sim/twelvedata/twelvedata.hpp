// Twelve Data: REST market data and the WebSocket of prices, as documented and as recorded.
#pragma once

#include <memory>

#include "sim/options.hpp"
#include "sim/sim_clock.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim::twelvedata {

/// `clock` must outlive the vendor. Throws CsvError or std::invalid_argument for bad options.
std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock);

}  // namespace tapedeck::sim::twelvedata
