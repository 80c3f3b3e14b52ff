// The live side as /metrics and /api/v1/sources show it.
#pragma once

#include <string>
#include <vector>

#include "api/source_status.hpp"
#include "live/live_engine.hpp"

namespace tapedeck {

// The connections of the pipelines to this source.
void add_streams(SourceStatus &source, const std::vector<LivePipelineState> &pipelines);

std::string live_metrics(const std::vector<LivePipelineState> &pipelines);

}  // namespace tapedeck
