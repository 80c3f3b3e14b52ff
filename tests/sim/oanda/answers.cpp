#include "sim/oanda/answers.hpp"

#include "sim/text.hpp"

namespace tapedeck::sim::oanda {

void refuse(int status, std::string message) { throw ApiError{status, std::move(message)}; }

void refuse_value(std::string_view name) {
  refuse(400, concat({"Invalid value specified for ", quoted(name)}));
}

Reply ok(std::string body) { return make_reply(200, kJson, std::move(body)); }

Reply error_answer(int status, std::string_view message) {
  return make_reply(status, kJson, concat({"{\"errorMessage\":\"", message, "\"}"}));
}

Reply injected_answer(int status) {
  switch (status) {
    case 401:
      return error_answer(401, "Insufficient authorization to perform request.");
    case 403:
      return error_answer(403, "The provided request was forbidden.");
    case 404:
      return error_answer(404, "The entity does not exist");
    case 429:
      return error_answer(429, "Rate limit violation. Allowed rate: 120 requests per second");
    default:
      break;
  }
  if (status < 500) return error_answer(status, "The request could not be served");
  return make_reply(status, "text/html",
                    concat({"<html><head><title>", std::to_string(status),
                            "</title></head><body><center><h1>Service unavailable</h1></center>"
                            "<hr><center>cloudflare</center></body></html>"}));
}

}  // namespace tapedeck::sim::oanda
