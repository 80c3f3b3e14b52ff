// The functions behind the paths; each answers one request.
#pragma once

#include "api/router.hpp"

namespace tapedeck::api {

void answer_candles(RouteCall &call);          // GET /api/v1/candles/{symbol}
void answer_coverage_list(RouteCall &call);    // GET /api/v1/coverage
void answer_coverage(RouteCall &call);         // GET /api/v1/coverage/{symbol}
void answer_sources(RouteCall &call);          // GET /api/v1/sources
void answer_latest(RouteCall &call);           // GET /api/v1/latest/{symbol}
void answer_quotes(RouteCall &call);           // GET /api/v1/quotes
void answer_quote(RouteCall &call);            // GET /api/v1/quotes/{symbol}
void answer_symbols(RouteCall &call);          // GET /api/v1/symbols
void answer_earliest(RouteCall &call);         // GET /api/v1/symbols/{symbol}/earliest
void answer_instruments(RouteCall &call);      // GET /api/v1/instruments
void answer_events(RouteCall &call);           // GET /api/v1/events/economic
void answer_stream(RouteCall &call);           // WS /api/v1/stream
void answer_health(RouteCall &call);           // GET /health
void answer_ready(RouteCall &call);            // GET /ready
void answer_metrics(RouteCall &call);          // GET /metrics
void answer_index(RouteCall &call);            // GET /

}  // namespace tapedeck::api
