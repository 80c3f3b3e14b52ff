// The head of an HTTP/1.1 answer, for connections that go on as a stream behind it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http_client.hpp"

namespace tapedeck {

struct HttpHead {
  int status = 0;
  HeaderList headers;
  // The first header of this name in any case, empty when absent.
  std::string_view header(std::string_view name) const noexcept;
};

// Reads a whole head with its empty line, lines ending in \r\n or \n. Nothing when it is none: no
// HTTP/1.x status line, a header without a colon, names that HTTP does not allow. Threads: any.
std::optional<HttpHead> parse_http_head(std::string_view text);

}  // namespace tapedeck
