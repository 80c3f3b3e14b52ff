// The live side as /metrics shows it.
#pragma once

#include <string>
#include <vector>

#include "live/live_engine.hpp"

namespace tapedeck {

std::string live_metrics(const std::vector<LivePipelineState> &pipelines);

}  // namespace tapedeck
