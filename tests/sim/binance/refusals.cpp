#include "sim/binance/refusals.hpp"

#include <boost/json.hpp>

#include "sim/binance/endpoints.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::int64_t kFirstBanMs = 120'000;

Reply json_refusal(int status, int code, const std::string &message) {
  return make_reply(status, kJson,
                    boost::json::serialize(boost::json::object{{"code", code}, {"msg", message}}));
}

Reply too_much_weight(std::int64_t limit) {
  return json_refusal(429, -1003,
                      "Too much request weight used; current limit is " + std::to_string(limit) +
                          " request weight per 1 MINUTE. Please use WebSocket Streams for live "
                          "updates to avoid polling the API.");
}

Reply too_many_requests(std::int64_t limit) {
  return json_refusal(429, -1003,
                      "Too many requests; current limit is " + std::to_string(limit) +
                          " requests per 5 MINUTE. Please use WebSocket Streams for live updates "
                          "to avoid polling the API.");
}

Reply banned(std::int64_t until_ms) {
  return json_refusal(418, -1003,
                      "Way too much request weight used; IP banned until " +
                          std::to_string(until_ms) +
                          ". Please use WebSocket Streams for live updates to avoid bans.");
}

Reply plain_html(int status, const std::string &title) {
  return make_reply(status, "text/html",
                    "<html>\r\n<head><title>" + title +
                        "</title></head>\r\n<body>\r\n<center><h1>" + title +
                        "</h1></center>\r\n</body>\r\n</html>\r\n");
}

}  // namespace

Reply api_refusal(const ApiError &error) { return json_refusal(400, error.code, error.message); }

Reply limit_refusal(const Decision &decision, const LimitRules &rules, const SimClock &clock,
                    std::int64_t now_ms) {
  Reply reply = decision.verdict == Verdict::Banned          ? banned(decision.retry_at)
                : decision.verdict == Verdict::TooMuchWeight ? too_much_weight(rules.weight)
                                                             : too_many_requests(rules.requests);
  reply.set("Retry-After", std::to_string(clock.wall_seconds(decision.retry_at - now_ms)));
  return reply;
}

Reply not_found(const Request &request) {
  if (request.header("Accept").find("text/html") == std::string_view::npos)
    return make_reply(404, "", "");
  return make_reply(404, "text/html", "<html><body><h2>404 Not found</h2></body></html>");
}

Reply wrong_method() {
  Reply reply = make_reply(405, "", "");
  reply.set("Allow", "GET, HEAD");
  return reply;
}

Reply injected_refusal(int status, const SimClock &clock) {
  Reply reply;
  switch (status) {
    case 403:
      return plain_html(403, "403 Forbidden");
    case 404:
      return make_reply(404, "", "");
    case 418:
      reply = banned(clock.now_ms() + kFirstBanMs);
      reply.set("Retry-After", std::to_string(clock.wall_seconds(kFirstBanMs)));
      return reply;
    case 429:
      reply = too_much_weight(LimitRules{}.weight);
      reply.set("Retry-After",
                std::to_string(clock.wall_seconds(60'000 - clock.now_ms() % 60'000)));
      return reply;
    case 451:
      return plain_html(451, "451 Unavailable For Legal Reasons");
    case 502:
      return plain_html(502, "502 Bad Gateway");
    case 503:
      return json_refusal(503, -1008,
                          "Server is currently overloaded with other requests. Please try again in "
                          "a few minutes.");
    case 504:
      return json_refusal(504, -1007,
                          "Timeout waiting for response from backend server. Send status unknown; "
                          "execution status unknown.");
    default:
      break;
  }
  if (status >= 500)
    return json_refusal(status, -1001,
                        "Internal error; unable to process your request. Please try again.");
  return json_refusal(status, -1000, "An unknown error occurred while processing the request.");
}

}  // namespace tapedeck::sim::binance
