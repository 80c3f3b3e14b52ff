#include "api/connection.hpp"

#include <fcntl.h>

#include <algorithm>

#include "api/acceptor.hpp"
#include "api/request_cancel.hpp"
#include "api/router.hpp"
#include "api/stream_server.hpp"
#include "base/text.hpp"

namespace tapedeck::api {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
// How soon an idle connection notices that others wait for its thread.
constexpr std::chrono::milliseconds kIdleLook{100};

HttpError too_slow() {
  HttpError error(408, "request_timeout", "the request did not come in time");
  error.close = true;
  return error;
}

}  // namespace

void Connection::run() noexcept {
  const int most = server_.limits.requests_per_connection;
  try {
    while (served_ < most && serve_next(served_ + 1 == most)) ++served_;
    // A client that was silent anyway has no answer on its way that a reset could destroy.
    if (!idle_ && !handed_over_) wire_.finish();
  } catch (const WireLost &lost) {
    // Counted where it happened; an error answer that did not get through matters to nobody.
    if (lost.why == WireLost::Why::Slow) wire_.reset_on_close();
  } catch (const std::exception &e) {
    server_.warn("api: " + peer_ + ": " + printable(e.what(), 400));
  }
}

// False when the connection is to be closed.
bool Connection::serve_next(bool last) {
  std::optional<HttpRequest> request;
  try {
    idle_ = !await_first_byte();
    if (idle_) return false;
    request = read_request();
  } catch (const HttpError &error) {
    refuse(error);
    return false;
  }
  if (!request) return false;
  ++server_.count.requests;
  const std::int64_t began = server_.ports.clock.monotonic_ns();
  const bool keep = !last && !request->wants_close() && !server_.stop.cancelled();
  Response response(wire_, {request->method == "HEAD", request->minor > 0, keep}, server_.ports.clock.now_ns());
  answer(*request, response);
  note_request(*request, response, began);
  return response.keep_alive();
}

bool Connection::more(Deadline deadline) {
  // Who always has another byte ready must not outlast the deadline either.
  if (Deadline::clock::now() >= deadline) throw too_slow();
  switch (wire_.read(buffer_, deadline)) {
    case Read::Data: return true;
    case Read::Timeout: throw too_slow();
    case Read::Closed:
    case Read::Stopped: break;
  }
  return false;
}

// Between requests a client may stay silent for a while, but not while others wait for this thread.
bool Connection::await_first_byte() {
  const auto patience = served_ == 0 ? server_.limits.request_read : server_.limits.keep_alive;
  const Deadline end = after(patience);
  while (buffer_.empty()) {
    const Read got = wire_.read(buffer_, std::min(end, after(kIdleLook)));
    if (got == Read::Closed || got == Read::Stopped) return false;
    if (got == Read::Timeout && (Deadline::clock::now() >= end || (served_ > 0 && server_.clients_wait()))) return false;
  }
  return true;
}

bool Connection::read_head(std::size_t &end, Deadline deadline) {
  for (;;) {
    // Some clients send an empty line after a body.
    while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);
    end = buffer_.find(kHeadEnd);
    const std::size_t seen = end == std::string::npos ? buffer_.size() : end + kHeadEnd.size();
    const bool empty_line_begins = buffer_ == "\r";
    if (!empty_line_begins) check_partial_head(std::string_view(buffer_).substr(0, seen), server_.limits);
    if (end != std::string::npos) return true;
    if (!more(deadline)) return false;
  }
}

std::optional<HttpRequest> Connection::read_request() {
  const Deadline deadline = after(server_.limits.request_read);
  std::size_t end = 0;
  if (!read_head(end, deadline)) return std::nullopt;
  end += kHeadEnd.size();
  HttpRequest request = parse_head(std::string_view(buffer_).substr(0, end), server_.limits);
  buffer_.erase(0, end);
  skip_body(request, deadline);
  return request;
}

// No route of this version takes a body; it is read so that the next request can be found behind it.
void Connection::skip_body(const HttpRequest &request, Deadline deadline) {
  const std::size_t length = body_length(request, server_.limits);
  const std::string *expect = request.header("expect");
  if (length > buffer_.size() && expect != nullptr && *expect == "100-continue")
    wire_.write("HTTP/1.1 100 Continue\r\n\r\n");
  while (buffer_.size() < length)
    if (!more(deadline)) throw WireLost(WireLost::Why::Gone);
  buffer_.erase(0, length);
}

void Connection::answer(const HttpRequest &request, Response &response) {
  RequestCancel cancel(server_.stop, wire_, server_.limits.answer, server_.ports.clock);
  RouteCall call{server_, request, response, cancel, ""};
  try {
    check_host(request);
    route(call);
    if (call.stream_place) hand_over(std::move(call.stream_place));
  } catch (const WireLost &lost) {
    note_loss(request, lost, response.begun());
    throw;
  } catch (const HttpError &error) {
    fail(request, response, error);
  } catch (const Error &error) {
    fail(request, response, to_http_error(error));
  } catch (const std::exception &error) {
    fail(request, response, {500, "internal", redact_url(error.what())});
  }
}

// The stream server gets a descriptor of its own, and what the client has sent already.
void Connection::hand_over(std::shared_ptr<Counted> place) {
  handed_over_ = true;
  OwnedFd copy(fcntl(fd_, F_DUPFD_CLOEXEC, 0));
  if (copy.get() < 0) return server_.warn("api: " + peer_ + ": no descriptor is left for its stream; it is closed");
  server_.streams->adopt(std::move(copy), peer_, std::move(place), std::move(buffer_));
}

void Connection::fail(const HttpRequest &request, Response &response, const HttpError &error) {
  const std::string what = "api: " + peer_ + " " + request.method + " " + printable(redact_url(request.target)) + ": ";
  if (!response.begun()) {
    if (error.status == 500) server_.warn(what + printable(error.what(), 400));
    return response.send(error);
  }
  const bool by_client = !server_.stop.cancelled() && wire_.gone();
  if (by_client) ++server_.count.gone;
  else ++server_.count.cut;
  const std::string line = what + "cut after " + std::to_string(response.body_bytes()) + " bytes: " + printable(error.what(), 400);
  by_client ? server_.debug(line) : server_.warn(line);
  // Without chunks only a reset tells a cut body from a whole one.
  if (!response.chunked()) wire_.reset_on_close();
}

void Connection::note_loss(const HttpRequest &request, const WireLost &lost, bool begun) {
  const std::string line = "api: " + peer_ + " " + request.method + " " + printable(redact_url(request.target)) + ": " + lost.what();
  if (lost.why == WireLost::Why::Gone) {
    ++server_.count.gone;
    return server_.debug(line);
  }
  if (lost.why == WireLost::Why::Slow) ++server_.count.slow;
  if (begun) ++server_.count.cut;
  server_.warn(line);
}

void Connection::note_request(const HttpRequest &request, const Response &response, std::int64_t began_ns) {
  if (response.status() >= 500) ++server_.count.server_errors;
  const auto took_us = (server_.ports.clock.monotonic_ns() - began_ns) / 1000;
  server_.debug("api: " + peer_ + " " + request.method + " " + printable(redact_url(request.target)) + " " +
                std::to_string(response.status()) + " " + std::to_string(response.body_bytes()) + " bytes " +
                std::to_string(took_us) + " us");
}

void Connection::refuse(const HttpError &error) {
  ++server_.count.requests;
  server_.debug("api: " + peer_ + " refused: " + std::to_string(error.status) + " " + printable(error.what()));
  Response(wire_, {false, true, false}, server_.ports.clock.now_ns()).send(error);
}

}  // namespace tapedeck::api
