// The opening handshake of the stream (RFC 6455, section 4.2).
#include <algorithm>
#include <memory>

#include "api/routes.hpp"
#include "base/text.hpp"
#include "net/base64.hpp"
#include "net/ws_handshake.hpp"

namespace tapedeck::api {
namespace {

constexpr std::size_t kKeyBytes = 16;

std::vector<std::string> values_of(const HttpRequest &request, std::string_view name) {
  std::vector<std::string> out;
  for (const auto &h : request.headers)
    if (h.name == name) out.push_back(h.value);
  return out;
}

bool names_token(const HttpRequest &request, std::string_view header, std::string_view token) {
  const auto values = values_of(request, header);
  return std::any_of(values.begin(), values.end(), [&](const auto &v) { return has_token(v, token); });
}

HttpError bad_handshake(const std::string &what) {
  return {400, "bad_handshake", "this is no WebSocket handshake: " + what};
}

// HTTP/1.0 need not have a Host.
std::string host_of(const HttpRequest &request) {
  const std::string *host = request.header("host");
  return host != nullptr ? *host : "localhost";
}

// The Sec-WebSocket-Key.
std::string check_handshake(const HttpRequest &request) {
  if (!names_token(request, "upgrade", "websocket"))
    throw HttpError(426, "upgrade_required", "this path is a WebSocket", "open ws://" + host_of(request) + request.path);
  if (request.method != "GET" || request.minor == 0) throw bad_handshake("it has to be GET in HTTP/1.1");
  if (!names_token(request, "connection", "upgrade")) throw bad_handshake("the Connection header does not name Upgrade");
  const auto versions = values_of(request, "sec-websocket-version");
  if (versions != std::vector<std::string>{"13"})
    throw HttpError(426, "upgrade_required", "only version 13 of the WebSocket protocol is spoken here");
  const auto keys = values_of(request, "sec-websocket-key");
  if (keys.size() != 1 || from_base64(keys[0]).value_or("").size() != kKeyBytes)
    throw bad_handshake("Sec-WebSocket-Key is not 16 bytes in base64");
  return keys[0];
}

// Any web page may open a WebSocket to this machine; the browser says which one it was.
void check_origin(const HttpRequest &request) {
  for (const auto &origin : values_of(request, "origin")) {
    const std::size_t scheme = origin.find("://");
    const std::string host = scheme == std::string::npos ? "" : origin.substr(scheme + 3);
    if (!names_loopback(host) && host != host_of(request))
      throw HttpError(403, "forbidden_origin", "pages of '" + printable(origin, 60) + "' may not read this stream",
                      "open it from a page on http://127.0.0.1 or http://localhost, or from a program");
  }
}

}  // namespace

void answer_stream(RouteCall &call) {
  if (call.server.streams == nullptr)
    throw HttpError(503, "not_streaming", "nothing is streamed here", "give a pipeline 'stream:' in the configuration");
  const std::string key = check_handshake(call.request);
  check_origin(call.request);
  auto place = std::make_shared<Counted>(call.server.count.stream_clients);
  if (place->now() > call.server.limits.stream.clients) {
    HttpError busy(503, "busy", "too many clients read the stream", "try again in a second");
    busy.retry_after_s = 1;
    throw busy;
  }
  call.response.switch_to_websocket(ws_accept_of(key));
  call.stream_place = std::move(place);
}

}  // namespace tapedeck::api
