// Replies as OANDA words them.
#pragma once

#include <string>
#include <string_view>

#include "sim/message.hpp"

namespace tapedeck::sim::oanda {

inline constexpr const char *kJson = "application/json";

/// Ends a request with this status and `{"errorMessage":".."}`.
struct ApiError {
  int status;
  std::string message;
};

/// HTTP 400, `Invalid value specified for 'name'`.
[[noreturn]] void refuse_value(std::string_view name);
[[noreturn]] void refuse(int status, std::string message);

Reply ok(std::string body);
Reply error_answer(int status, std::string_view message);
/// What a fault of that status is answered with; HTML for 5xx, as the front end does.
Reply injected_answer(int status);

}  // namespace tapedeck::sim::oanda
