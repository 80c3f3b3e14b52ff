// One HTTP request to a server on loopback, and its whole answer.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tapedeck::integration {

struct HttpAnswer {
  int status = 0;  // 0: no answer; see error
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string error;
};

HttpAnswer http(std::uint16_t port, const std::string &method, const std::string &path, const std::string &body = {});
inline HttpAnswer http_get(std::uint16_t port, const std::string &path) { return http(port, "GET", path); }

}  // namespace tapedeck::integration
