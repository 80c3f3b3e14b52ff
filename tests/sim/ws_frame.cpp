#include "sim/ws_frame.hpp"

#include <algorithm>
#include <array>

namespace tapedeck::sim {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMaxControl = 125;
constexpr std::size_t kMaskBytes = 4;

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_opcode(std::uint8_t value) { return value <= 2 || (value >= 8 && value <= 10); }

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

void append_big_endian(std::string &out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t big_endian(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | byte_at(text, at + i);
  return value;
}

/// Bytes that hold an extended length, by the seven-bit one.
std::size_t extension(std::uint8_t length) { return length == 126 ? 2 : length == 127 ? 8 : 0; }

}  // namespace

void append_frame(std::string &out, Opcode opcode, std::string_view payload) {
  out += static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode));
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else if (payload.size() < 1 << 16) {
    out += static_cast<char>(126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(127);
    append_big_endian(out, payload.size(), 8);
  }
  out += payload;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_big_endian(payload, code, 2);
  return payload.append(reason.substr(0, kMaxControl - 2));
}

Decoded take_frame(std::string &buffer, Frame &frame) {
  if (buffer.size() < 2) return Decoded::NeedMore;
  const std::uint8_t first = byte_at(buffer, 0);
  const std::uint8_t second = byte_at(buffer, 1);
  if ((first & kReserved) != 0 || !is_opcode(first & 0x0f) || (second & kMasked) == 0)
    return Decoded::Broken;
  frame.opcode = static_cast<Opcode>(first & 0x0f);
  frame.final = (first & kFinal) != 0;
  const std::uint8_t short_length = second & 0x7f;
  if (is_control(frame.opcode) && (!frame.final || short_length > kMaxControl))
    return Decoded::Broken;
  const std::size_t extended = extension(short_length);
  const std::size_t head = 2 + extended + kMaskBytes;
  if (buffer.size() < head) return Decoded::NeedMore;
  const std::uint64_t length = extended == 0 ? short_length : big_endian(buffer, 2, extended);
  if (length > kMaxClientFrame) return Decoded::Broken;
  if (buffer.size() < head + length) return Decoded::NeedMore;
  frame.payload = buffer.substr(head, length);
  for (std::size_t i = 0; i < frame.payload.size(); ++i)
    frame.payload[i] = static_cast<char>(byte_at(frame.payload, i) ^
                                         byte_at(buffer, head - kMaskBytes + i % kMaskBytes));
  buffer.erase(0, head + length);
  return Decoded::Frame;
}

}  // namespace tapedeck::sim
