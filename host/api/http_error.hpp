// What goes wrong for a client: a status, a code for programs and a text for people.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <stdexcept>
#include <string>

namespace tapedeck::api {

// Thrown inside the API only; the connection turns it into an answer.
struct HttpError : std::runtime_error {
  HttpError(int http_status, std::string error_code, const std::string &message, std::string what_to_do = "")
      : std::runtime_error(message), status(http_status), code(std::move(error_code)), hint(std::move(what_to_do)) {}
  int status;
  std::string code;   // "unknown_symbol"
  std::string hint;   // empty: none
  std::string allow;  // 405: the methods there are
  int retry_after_s = 0;
  bool close = false;  // what the client sends next cannot be told from what it sent
};

// {"error":{"code":...,"message":...,"hint":...}}
std::string error_body(const HttpError &error);

HttpError invalid_parameter(const std::string &message, const std::string &hint = "");

// What the rest of the host reports, in HTTP's terms.
HttpError to_http_error(const Error &error);

}  // namespace tapedeck::api
