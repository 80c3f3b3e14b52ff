#include "api/http_error.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "query/series_not_found.hpp"

namespace tapedeck::api {
namespace {

int status_of_code(tdk_status code) {
  switch (code) {
    case TDK_INVALID_ARGUMENT:
    case TDK_NOT_SUPPORTED: return 400;
    case TDK_NOT_FOUND: return 404;
    case TDK_CANCELLED:
    case TDK_STOP:
    case TDK_RATE_LIMITED:
    case TDK_UNAVAILABLE:
    case TDK_BUSY: return 503;
    case TDK_TIMEOUT: return 504;
    default: return 500;
  }
}

std::string public_code(tdk_status code) {
  if (code == TDK_INVALID_ARGUMENT) return "invalid_parameter";
  if (code == TDK_CANCELLED || code == TDK_STOP) return "unavailable";
  return std::string(status_of_code(code) == 500 ? "internal" : status_name(code));
}

}  // namespace

std::string error_body(const HttpError &error) {
  std::string body = "{\"error\":{\"code\":" + json_quoted(error.code) + ",\"message\":" + json_quoted(error.what());
  if (!error.hint.empty()) body += ",\"hint\":" + json_quoted(error.hint);
  return body + "}}\n";
}

HttpError invalid_parameter(const std::string &message, const std::string &hint) {
  return {400, "invalid_parameter", message, hint};
}

HttpError to_http_error(const Error &error) {
  if (const auto *missing = dynamic_cast<const SeriesNotFound *>(&error))
    return {404, missing->symbol_known() ? "unknown_interval" : "unknown_symbol", error.what(), missing->hint()};
  HttpError out(status_of_code(error.code()), public_code(error.code()), redact_url(error.what()));
  if (out.status == 503)
    out.retry_after_s = static_cast<int>(std::clamp<std::int64_t>((error.retry_after_ms() + 999) / 1000, 1, 3600));
  return out;
}

}  // namespace tapedeck::api
