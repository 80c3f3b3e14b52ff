// One client: requests read with limits and deadlines, answered one after the other.
#pragma once

#include <optional>
#include <string>

#include "api/http_request.hpp"
#include "api/response.hpp"
#include "api/server_state.hpp"
#include "api/wire.hpp"

namespace tapedeck::api {

// Threads: the one that runs it.
class Connection {
 public:
  // Borrows the descriptor; `peer` is for the log.
  Connection(int fd, std::string peer, ServerState &server)
      : server_(server), fd_(fd), peer_(std::move(peer)), wire_(fd, server.stop, server.limits.write) {}

  // Until the client or the server has enough. Throws nothing.
  void run() noexcept;

 private:
  bool serve_next(bool last);
  bool await_first_byte();
  std::optional<HttpRequest> read_request();
  bool read_head(std::size_t &end, Deadline deadline);
  void skip_body(const HttpRequest &request, Deadline deadline);
  bool more(Deadline deadline);
  void answer(const HttpRequest &request, Response &response);
  void hand_over(std::shared_ptr<Counted> place);
  void fail(const HttpRequest &request, Response &response, const HttpError &error);
  void note_loss(const HttpRequest &request, const WireLost &lost, bool begun);
  void note_request(const HttpRequest &request, const Response &response, std::int64_t began_ns);
  void refuse(const HttpError &error);

  ServerState &server_;
  int fd_;
  std::string peer_;
  Wire wire_;
  std::string buffer_;  // received, not yet used
  int served_ = 0;
  bool idle_ = false;  // it ended while no request was under way
  bool handed_over_ = false;  // it lives on as a WebSocket
};

}  // namespace tapedeck::api
