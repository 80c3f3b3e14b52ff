// The head of an HTTP/1.x request, read strictly: what is ambiguous is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/api_limits.hpp"

namespace tapedeck::api {

struct HttpHeader {
  std::string name;  // lower case
  std::string value;
};

struct HttpRequest {
  std::string method;
  std::string target;  // as it came
  std::string path;    // still percent-encoded
  std::string query;   // likewise, without its '?'
  int minor = 1;       // HTTP/1.minor
  std::vector<HttpHeader> headers;

  const std::string *header(std::string_view lower_name) const noexcept;  // the first; NULL: none
  bool wants_close() const;
};

// `head` ends with the blank line. Failures: HttpError 400, 414, 431, 505, all of which close.
HttpRequest parse_head(std::string_view head, const ApiLimits &limits);

// Refuses as soon as it can what will never be an acceptable head, so that nobody waits for more.
void check_partial_head(std::string_view received, const ApiLimits &limits);

// Length of the body. Failures: HttpError 400, 411 (chunked), 413.
std::size_t body_length(const HttpRequest &request, const ApiLimits &limits);

}  // namespace tapedeck::api
