// Sources for pipelines that name none: by the asset class of their symbols.
#pragma once

#include <vector>

#include "config/config.hpp"

namespace tapedeck {

// Adds the plugins of the modules that suit. A pipeline whose symbols have different ones becomes one for each asset
// class: "majors" of EUR/USD and BTC/USDT becomes "majors.forex" and "majors.crypto". A symbol for which there is
// none is a problem.
void route_pipelines(Config &config, std::vector<Problem> &problems);

}  // namespace tapedeck
