// WebSocket frames (RFC 6455) as bytes: pure functions, no sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapedeck::sim {

enum class Opcode : std::uint8_t {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10,
};

struct Frame {
  Opcode opcode = Opcode::Text;
  bool final = true;
  std::string payload;
};

inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocol = 1002;
inline constexpr std::uint16_t kClosePolicy = 1008;

/// Longest message a client may send.
inline constexpr std::size_t kMaxClientFrame = 1 << 17;

/// Appends a whole frame as a server sends it: unmasked.
void append_frame(std::string &out, Opcode opcode, std::string_view payload);
/// Payload of a Close frame.
std::string close_payload(std::uint16_t code, std::string_view reason);

enum class Decoded { Frame, NeedMore, Broken };

/// Takes the first frame of a client off `buffer`. Broken: not masked, reserved bits or opcode, a
/// control frame that is fragmented or long, or more than kMaxClientFrame.
Decoded take_frame(std::string &buffer, Frame &frame);

}  // namespace tapedeck::sim
