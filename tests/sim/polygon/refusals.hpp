// What Polygon answers when it does not answer.
#pragma once

#include <cstdint>
#include <string>

#include "sim/message.hpp"
#include "sim/polygon/settings.hpp"
#include "sim/sim_clock.hpp"

namespace tapedeck::sim::polygon {

inline constexpr const char *kJson = "application/json";

/// Ends a request. 403 comes as NOT_AUTHORIZED with `message`, 404 as NOT_FOUND with `message`, the
/// others as ERROR with `error`.
struct ApiError {
  int status;
  std::string text;
};

inline constexpr const char *kNotEntitled =
    "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing";
inline constexpr const char *kNoTimeframe =
    "Your plan doesn't include this data timeframe. Please upgrade your plan at "
    "https://massive.com/pricing";

/// Steady for a path: `32f2331e61c4041ab6a9a8a286b1f8fa`.
std::string request_id(std::string_view path, std::int64_t now_ms);

Reply refusal(const ApiError &error, const std::string &id);
/// Until `retry_at` by the simulator's clock.
Reply too_many_requests(const Settings &settings, const SimClock &clock, std::int64_t retry_at);
/// A route that is not served: plain text.
Reply unserved();
/// For faults: a reply with `status` as Polygon words it.
Reply injected_refusal(int status, const Settings &settings, const SimClock &clock);

}  // namespace tapedeck::sim::polygon
