// WebSocket frames (RFC 6455), for either end of a connection: bytes to messages, messages to bytes. No
// sockets and no threads in here. Why not POCO's: docs/adr/0008-own-websocket-frames.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck {

// Whose end we are. Clients mask what they send, servers do not (section 5.1).
enum class WsRole : std::uint8_t { Client, Server };

enum class WsOpcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

struct WsCloseCode {  // section 7.4.1
  static constexpr std::uint16_t kNormal = 1000;
  static constexpr std::uint16_t kGoingAway = 1001;
  static constexpr std::uint16_t kProtocolError = 1002;
  static constexpr std::uint16_t kNone = 1005;  // the Close frame named none; never sent
  static constexpr std::uint16_t kBadText = 1007;
  static constexpr std::uint16_t kPolicy = 1008;
  static constexpr std::uint16_t kTooBig = 1009;
};

struct WsClose {
  std::uint16_t code = WsCloseCode::kNone;
  std::string reason;  // UTF-8
};

// What the peer did wrong: send a Close frame with `close_code`, then drop the connection.
struct WsFailure {
  std::uint16_t close_code = 0;  // 1002, 1007 or 1009; 0: nothing is wrong
  std::string text;
};

struct WsEvent {
  enum class Kind : std::uint8_t {
    None,     // more bytes are needed
    Text,     // a whole message, UTF-8
    Binary,   // a whole message
    Ping,     // answer with a Pong of the same payload
    Pong,
    Close,    // see WsReader::close(); nothing comes after it
    Failure,  // see WsReader::failure(); nothing comes after it
  };
  Kind kind = Kind::None;
  std::string_view payload;  // unmasked; valid until the next call of room(), append() or next()
};

struct WsLimits {
  std::size_t message = std::size_t{16} * 1024 * 1024;  // bytes of payload, all fragments together
  std::size_t buffer = std::size_t{64} * 1024;          // what one read can bring; more only for larger frames
};

// Takes the peer's bytes in pieces of any size and finds the messages in them. Unfragmented messages are
// handed out where they lie in the receive buffer. A length over the limit is refused when it is read,
// and memory grows only with the bytes that have come.
// Threads: one at a time. Failures: a value, never an exception but std::bad_alloc.
class WsReader {
 public:
  explicit WsReader(WsRole role, WsLimits limits = {});

  // Where the next bytes go, never empty; filled() says how many came. Call next() until it has no more
  // before asking for room, else the buffer grows with what was not taken.
  std::span<char> room();
  void filled(std::size_t size) noexcept { end_ += size; }
  // The same for bytes that lie elsewhere.
  void append(std::string_view bytes);

  // The next message or control frame in the buffer.
  WsEvent next();

  // Meaningful after WsEvent::Kind::Close and ::Failure.
  const WsClose &close() const noexcept { return close_; }
  const WsFailure &failure() const noexcept { return failure_; }
  // Bytes of a message or frame that is not complete yet: a peer that closes now breaks it off.
  bool inside_message() const noexcept { return begin_ != end_ || assembling_; }

 private:
  struct Head {
    bool final = false;
    WsOpcode opcode = WsOpcode::Continuation;
    std::size_t size = 0;     // of the head itself
    std::uint64_t length = 0;  // of the payload
    unsigned char key[4] = {};
  };
  bool read_head(Head &head);
  bool check_first_bytes(unsigned char first, unsigned char second);
  bool check_length(const Head &head);
  WsEvent on_data(const Head &head, std::string_view payload);
  WsEvent on_message(bool is_text, std::string_view payload);
  WsEvent on_control(WsOpcode opcode, std::string_view payload);
  WsEvent on_close(std::string_view payload);
  WsEvent refuse(std::uint16_t close_code, std::string text);

  const WsRole role_;
  const WsLimits limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // what was not taken yet
  std::size_t end_ = 0;
  std::string assembled_;     // the fragments of a message
  bool assembling_ = false;   // until its last one
  bool assembled_is_text_ = false;
  bool over_ = false;
  WsClose close_;
  WsFailure failure_;
};

// Appends a frame to `out`. A client's is masked with a random key. `final` is false for all but the last
// fragment of a message, and fragments after the first are WsOpcode::Continuation. The caller keeps
// control frames at or below 125 bytes. Threads: any.
void append_ws_frame(std::string &out, WsRole role, WsOpcode opcode, std::string_view payload, bool final = true);
// Appends a Close frame; kNone: without a code. `reason` is cut after 123 bytes.
void append_ws_close(std::string &out, WsRole role, std::uint16_t code, std::string_view reason = {});

}  // namespace tapedeck
