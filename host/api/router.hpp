// Which function answers which path.
#pragma once

#include <memory>
#include <string>

#include "api/http_request.hpp"
#include "api/request_cancel.hpp"
#include "api/response.hpp"
#include "api/server_state.hpp"

namespace tapedeck::api {

// What a route's function gets.
struct RouteCall {
  ServerState &server;
  const HttpRequest &request;
  Response &response;
  RequestCancel &cancel;
  std::string symbol;  // of paths that have one; decoded
  // Set by a route that has made the connection a WebSocket: the stream server's place for it.
  std::shared_ptr<Counted> stream_place = nullptr;
};

// Answers, or throws HttpError or tapedeck::Error; HttpError 404 with the nearest path, 405 with Allow.
void route(RouteCall &call);

// Whether "host" or "host:port" is a name of this machine only: localhost, 127.0.0.0/8 or [::1].
bool names_loopback(std::string_view host);

// Failures: HttpError 403 when the Host header names another machine: a web page whose name was made to
// point here (DNS rebinding) reads nothing. 400 when there is none.
void check_host(const HttpRequest &request);

}  // namespace tapedeck::api
