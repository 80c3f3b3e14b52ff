// What a tape holds: one JSON object a line. docs/adr/0009-tapes.md says why.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_client.hpp"

namespace tapedeck {

struct TapeRecord {
  enum class Kind : std::uint8_t {
    Opened,   // the first line of every file: plugin, stream, url
    Message,  // received by a WebSocket: is_text, payload
    Sent,     // by a WebSocket: is_text, payload
    Line,     // received: payload
    Ended,    // the connection, not by us: payload says why
    Answer,   // of HTTP: method, url, status, headers, payload
  };
  Kind kind = Kind::Opened;
  std::int64_t at_ns = 0;  // wall clock
  bool is_text = true;
  std::string payload;
  std::string plugin;  // its configured name
  std::string stream;  // "websocket", "lines" or "http"
  std::string method;
  std::string url;     // redacted
  int status = 0;
  HeaderList headers;

  bool operator==(const TapeRecord &) const = default;
};

// The record as one line, with its line end. Bytes that are no UTF-8 are kept in base64.
std::string to_tape_line(const TapeRecord &record);
// Reads such a line. Throws Error(TDK_BAD_DATA): what is wrong with it. Threads: any.
TapeRecord parse_tape_line(std::string_view line);

}  // namespace tapedeck
