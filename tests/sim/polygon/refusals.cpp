#include "sim/polygon/refusals.hpp"

#include <array>

#include "sim/hashing.hpp"
#include "sim/polygon/json_writer.hpp"

namespace tapedeck::sim::polygon {

std::string request_id(std::string_view path, std::int64_t now_ms) {
  constexpr std::string_view hex = "0123456789abcdef";
  const std::uint64_t key = key_of(static_cast<std::uint64_t>(now_ms), path);
  std::string id;
  for (std::uint64_t i = 0; i < 32; ++i) id += hex[hash_at(key, i) % hex.size()];
  return id;
}

Reply refusal(const ApiError &error, const std::string &id) {
  JsonWriter body;
  const bool forbidden = error.status == 403, missing = error.status == 404;
  body.open()
      .text("status", forbidden ? "NOT_AUTHORIZED" : missing ? "NOT_FOUND" : "ERROR")
      .text("request_id", id)
      .text(forbidden || missing ? "message" : "error", error.text)
      .close();
  return make_reply(error.status, kJson, body.take());
}

Reply too_many_requests(const Settings &settings, const SimClock &clock, std::int64_t retry_at) {
  Reply reply = refusal({429,
                         "You've exceeded the maximum requests per minute, please wait or upgrade "
                         "your subscription to continue. https://massive.com/pricing"},
                        request_id("429", retry_at));
  if (settings.empty_429) reply = make_reply(429, "", "");
  if (settings.retry_after)
    reply.set("Retry-After", std::to_string(clock.wall_seconds(retry_at - clock.now_ms())));
  return reply;
}

Reply unserved() { return make_reply(404, "text/plain", "404 page not found\n"); }

Reply injected_refusal(int status, const Settings &settings, const SimClock &clock) {
  const std::string id = request_id("fault", clock.now_ms());
  if (status == 401) return refusal({401, "Unknown API Key"}, id);
  if (status == 403) return refusal({403, kNotEntitled}, id);
  if (status == 404) return unserved();
  if (status == 429)
    return too_many_requests(settings, clock, (clock.now_ms() / 60'000 + 1) * 60'000);
  if (status >= 500) {
    const std::string title = std::to_string(status) + " Server Error";
    return make_reply(status, "text/html",
                      "<html><head><title>" + title + "</title></head><body><h1>" + title +
                          "</h1></body></html>");
  }
  return refusal({status, "An error occurred"}, id);
}

}  // namespace tapedeck::sim::polygon
