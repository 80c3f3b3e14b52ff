// Polygon.io (today Massive): REST and WebSockets of stocks, forex, crypto and indices, as documented
// and as recorded.
#pragma once

#include <memory>

#include "sim/options.hpp"
#include "sim/sim_clock.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim::polygon {

/// `clock` must outlive the vendor. Throws CsvError, or std::invalid_argument for a bad --csv or
/// --set.
std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock);

}  // namespace tapedeck::sim::polygon
