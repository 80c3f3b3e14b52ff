// The answer to one request: whole, or streamed in chunks of any size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/http_error.hpp"
#include "api/http_request.hpp"
#include "api/wire.hpp"
#include "market/time.hpp"

namespace tapedeck::api {

inline constexpr std::string_view kJson = "application/json";

// "HTTP/1.1 503 Service Unavailable" without the version.
std::string_view reason_phrase(int status) noexcept;
// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(Nanos time);

// Threads: one. Failures: WireLost.
class Response {
 public:
  struct Mode {
    bool head_only = false;  // HEAD: the header of the answer, never its body
    bool chunked = true;     // false: HTTP/1.0, where the end of the connection ends the body
    bool keep_alive = true;
  };
  Response(Wire &wire, Mode mode, Nanos now) : wire_(wire), mode_(mode), now_(now) {}

  void header(std::string_view name, std::string_view value);  // before send() or begin()
  void send(int status, std::string_view content_type, std::string_view body);
  void send(const HttpError &error);

  // 101: from here the connection is a WebSocket's.
  void switch_to_websocket(std::string_view accept_key);

  // 200 and a body of unknown length: begin, write as often as wanted, end. Without end() the client
  // sees that the body is cut.
  void begin(std::string_view content_type);
  void write(std::string_view piece);
  void end();

  bool head_only() const noexcept { return mode_.head_only; }
  bool begun() const noexcept { return status_ != 0; }
  bool complete() const noexcept { return complete_; }
  bool chunked() const noexcept { return mode_.chunked; }
  bool keep_alive() const noexcept { return complete_ && mode_.keep_alive; }
  int status() const noexcept { return status_; }
  std::uint64_t body_bytes() const noexcept { return body_bytes_; }

 private:
  std::string head(int status, std::string_view content_type) const;
  Wire &wire_;
  Mode mode_;
  Nanos now_;
  std::string extra_;
  int status_ = 0;
  bool complete_ = false;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace tapedeck::api
