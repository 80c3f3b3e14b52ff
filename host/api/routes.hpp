// The functions behind the paths; each answers one request.
#pragma once

#include "api/router.hpp"

namespace tapedeck::api {

void answer_candles(RouteCall &call);          // GET /api/v1/candles/{symbol}
void answer_coverage_list(RouteCall &call);    // GET /api/v1/coverage
void answer_coverage(RouteCall &call);         // GET /api/v1/coverage/{symbol}
void answer_sources(RouteCall &call);          // GET /api/v1/sources
void answer_stream(RouteCall &call);           // WS /api/v1/stream
void answer_health(RouteCall &call);           // GET /health
void answer_ready(RouteCall &call);            // GET /ready
void answer_metrics(RouteCall &call);          // GET /metrics
void answer_index(RouteCall &call);            // GET /

}  // namespace tapedeck::api
