// Sources for pipelines that name none: by the asset class of their symbols.
#pragma once

#include <vector>

#include "config/config.hpp"

namespace tapedeck {

// Adds the plugins of the modules that suit. A pipeline for whose symbols there is none, or not the same ones for
// all, is a problem.
void route_pipelines(Config &config, std::vector<Problem> &problems);

}  // namespace tapedeck
