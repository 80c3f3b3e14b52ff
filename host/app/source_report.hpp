// The state of the vendors for the API and for Prometheus.
#pragma once

#include <string>
#include <vector>

#include "api/api_server.hpp"
#include "runtime/runtime.hpp"

namespace tapedeck {

SourceStatus source_status(const SourceState &state, Nanos now);

// Exposition format 0.0.4: the accounts of the vendors and the totals of the API.
std::string source_metrics(const std::vector<SourceState> &sources);
std::string api_metrics(const ApiCounts &counts);

}  // namespace tapedeck
