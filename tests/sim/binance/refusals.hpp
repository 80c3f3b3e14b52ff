// Every way Binance says no, worded as in its documentation.
#pragma once

#include "sim/binance/query.hpp"
#include "sim/message.hpp"
#include "sim/rate_limiter.hpp"
#include "sim/sim_clock.hpp"

namespace tapedeck::sim::binance {

/// HTTP 400 with code and message.
Reply api_refusal(const ApiError &error);
/// 429 or 418 with Retry-After, for a decision that is no pass.
Reply limit_refusal(const Decision &decision, const LimitRules &rules, const SimClock &clock,
                    std::int64_t now_ms);
/// 404 with an empty body, or HTML for those who accept it.
Reply not_found(const Request &request);
/// 405 with an empty body.
Reply wrong_method();
/// What Binance would send with `status`, for injected faults.
Reply injected_refusal(int status, const SimClock &clock);

}  // namespace tapedeck::sim::binance
