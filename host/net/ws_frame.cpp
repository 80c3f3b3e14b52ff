#include "net/ws_frame.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "base/utf8.hpp"


namespace tapedeck {
namespace {

constexpr std::size_t kMaxControl = 125;
constexpr std::size_t kMaxReason = kMaxControl - 2;
constexpr unsigned char kFinal = 0x80, kReserved = 0x70, kOpcode = 0x0F, kMasked = 0x80, kLength = 0x7F;
constexpr unsigned char kLength16 = 126, kLength64 = 127;

bool is_control(WsOpcode opcode) noexcept { return (static_cast<unsigned>(opcode) & 8U) != 0; }

bool is_known(WsOpcode opcode) noexcept { return opcode <= WsOpcode::Binary ||
                                                 (opcode >= WsOpcode::Close && opcode <= WsOpcode::Pong); }

// Section 7.4: 1004 to 1006 and 1015 never travel, up to 2999 the rest is unassigned.
bool may_travel(std::uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

std::uint64_t big_endian(const char *data, std::size_t size) noexcept {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out = out << 8 | static_cast<unsigned char>(data[i]);
  return out;
}

void append_big_endian(std::string &out, std::uint64_t value, std::size_t size) {
  while (size-- > 0) out += static_cast<char>(value >> (size * 8) & 0xFF);
}

// Masking and unmasking are the same.
void mask(char *data, std::size_t size, const unsigned char (&key)[4]) noexcept {
  unsigned char twice[8];
  std::memcpy(twice, key, 4);
  std::memcpy(twice + 4, key, 4);
  std::uint64_t wide = 0;
  std::memcpy(&wide, twice, sizeof wide);
  std::size_t i = 0;
  for (; i + sizeof wide <= size; i += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + i, sizeof word);
    word ^= wide;
    std::memcpy(data + i, &word, sizeof word);
  }
  for (; i < size; ++i) data[i] = static_cast<char>(static_cast<unsigned char>(data[i]) ^ key[i & 3]);
}

// Unpredictable, so that no page or proxy can be made to see a request of the sender's choosing (10.3).
void make_key(unsigned char (&key)[4]) noexcept {
  while (getrandom(key, sizeof key, 0) != static_cast<ssize_t>(sizeof key)) {
  }
}

}  // namespace

WsReader::WsReader(WsRole role, WsLimits limits) : role_(role), limits_(limits) {}

std::span<char> WsReader::room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > 4 * limits_.buffer) buffer_ = {};  // one giant must not stay allocated for ever
  }
  if (buffer_.empty()) buffer_.resize(std::max<std::size_t>(limits_.buffer, 16));
  if (begin_ > 0 && buffer_.size() - end_ < buffer_.size() / 2) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < buffer_.size() / 4) buffer_.resize(buffer_.size() * 2);
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void WsReader::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto space = room();
    const std::size_t size = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), size);
    filled(size);
    bytes.remove_prefix(size);
  }
}

WsEvent WsReader::refuse(std::uint16_t close_code, std::string text) {
  over_ = true;
  failure_ = {close_code, std::move(text)};
  return {WsEvent::Kind::Failure, {}};
}

WsEvent WsReader::next() {
  if (!assembling_) assembled_.clear();  // its view ends here
  while (!over_) {
    Head head;
    if (!read_head(head)) break;
    if (end_ - begin_ - head.size < head.length) return {};
    char *data = buffer_.data() + begin_ + head.size;
    const auto size = static_cast<std::size_t>(head.length);
    if (role_ == WsRole::Server) mask(data, size, head.key);
    begin_ += head.size + size;
    const std::string_view payload(data, size);
    const WsEvent event = is_control(head.opcode) ? on_control(head.opcode, payload) : on_data(head, payload);
    if (event.kind != WsEvent::Kind::None) return event;
  }
  return failure_.close_code != 0 ? WsEvent{WsEvent::Kind::Failure, {}} : WsEvent{};
}

// False: bytes are missing, or the frame is refused.
bool WsReader::read_head(Head &head) {
  const std::size_t there = end_ - begin_;
  if (there < 2) return false;
  const char *data = buffer_.data() + begin_;
  const auto first = static_cast<unsigned char>(data[0]);
  const auto second = static_cast<unsigned char>(data[1]);
  if (!check_first_bytes(first, second)) return false;
  head.final = (first & kFinal) != 0;
  head.opcode = static_cast<WsOpcode>(first & kOpcode);
  const unsigned char length = second & kLength;
  const std::size_t more = length == kLength16 ? 2 : length == kLength64 ? 8 : 0;
  const std::size_t key = role_ == WsRole::Server ? 4 : 0;
  if (there < 2 + more + key) return false;
  head.size = 2 + more + key;
  // A length in more bytes than it needs is read all the same, as most clients do.
  head.length = more == 0 ? length : big_endian(data + 2, more);
  if (key > 0) std::memcpy(head.key, data + 2 + more, sizeof head.key);
  return check_length(head);
}

bool WsReader::check_first_bytes(unsigned char first, unsigned char second) {
  const auto opcode = static_cast<WsOpcode>(first & kOpcode);
  const char *wrong = nullptr;
  if ((first & kReserved) != 0)
    wrong = "reserved bits are set, but no extension was agreed on";
  else if (!is_known(opcode))
    wrong = "a frame has a reserved opcode";
  else if (((second & kMasked) != 0) != (role_ == WsRole::Server))
    wrong = role_ == WsRole::Server ? "a client's frame is not masked" : "a server's frame is masked";
  else if (is_control(opcode) && (first & kFinal) == 0)
    wrong = "a control frame is fragmented";
  else if (is_control(opcode) && (second & kLength) > kMaxControl)
    wrong = "a control frame is longer than 125 bytes";
  else if (opcode == WsOpcode::Continuation && !assembling_)
    wrong = "a fragment continues no message";
  else if (!is_control(opcode) && opcode != WsOpcode::Continuation && assembling_)
    wrong = "a message begins inside another one";
  if (wrong != nullptr) refuse(WsCloseCode::kProtocolError, wrong);
  return wrong == nullptr;
}

bool WsReader::check_length(const Head &head) {
  if (head.length >> 63 != 0) {
    refuse(WsCloseCode::kProtocolError, "a frame's length has its highest bit set");
    return false;
  }
  if (is_control(head.opcode)) return true;
  if (head.length <= limits_.message - assembled_.size()) return true;
  refuse(WsCloseCode::kTooBig, "a message is over the limit of " + std::to_string(limits_.message) + " bytes");
  return false;
}

WsEvent WsReader::on_data(const Head &head, std::string_view payload) {
  if (head.opcode != WsOpcode::Continuation) {
    if (head.final) return on_message(head.opcode == WsOpcode::Text, payload);
    assembling_ = true;
    assembled_is_text_ = head.opcode == WsOpcode::Text;
  }
  assembled_ += payload;
  if (!head.final) return {};
  assembling_ = false;
  return on_message(assembled_is_text_, assembled_);
}

WsEvent WsReader::on_message(bool is_text, std::string_view payload) {
  if (!is_text) return {WsEvent::Kind::Binary, payload};
  if (!is_utf8(payload)) return refuse(WsCloseCode::kBadText, "a text message is not UTF-8");
  return {WsEvent::Kind::Text, payload};
}

WsEvent WsReader::on_control(WsOpcode opcode, std::string_view payload) {
  if (opcode == WsOpcode::Close) return on_close(payload);
  return {opcode == WsOpcode::Ping ? WsEvent::Kind::Ping : WsEvent::Kind::Pong, payload};
}

WsEvent WsReader::on_close(std::string_view payload) {
  if (payload.size() == 1) return refuse(WsCloseCode::kProtocolError, "a Close frame holds half a code");
  if (payload.size() >= 2) {
    close_.code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
    if (!may_travel(close_.code))
      return refuse(WsCloseCode::kProtocolError, "a Close frame has the impossible code " + std::to_string(close_.code));
    close_.reason = payload.substr(2);
    if (!is_utf8(close_.reason)) return refuse(WsCloseCode::kBadText, "the reason of a Close frame is not UTF-8");
  }
  over_ = true;
  return {WsEvent::Kind::Close, payload};
}

void append_ws_frame(std::string &out, WsRole role, WsOpcode opcode, std::string_view payload, bool final) {
  const std::size_t size = payload.size();
  const unsigned masked = role == WsRole::Client ? kMasked : 0U;
  const unsigned short_length = size <= kMaxControl ? static_cast<unsigned>(size) : size <= 0xFFFF ? kLength16 : kLength64;
  out += static_cast<char>((final ? kFinal : 0U) | static_cast<unsigned>(opcode));
  out += static_cast<char>(masked | short_length);
  if (short_length == kLength16) append_big_endian(out, size, 2);
  if (short_length == kLength64) append_big_endian(out, size, 8);
  if (role == WsRole::Server) {
    out += payload;
    return;
  }
  unsigned char key[4];
  make_key(key);
  out.append(reinterpret_cast<const char *>(key), sizeof key);
  out += payload;
  mask(out.data() + out.size() - size, size, key);
}

void append_ws_close(std::string &out, WsRole role, std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (code != WsCloseCode::kNone) {
    append_big_endian(payload, code, 2);
    std::size_t size = std::min(reason.size(), kMaxReason);
    if (size < reason.size())  // never half a character
      while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xC0) == 0x80) --size;
    payload += reason.substr(0, size);
  }
  append_ws_frame(out, role, WsOpcode::Close, payload);
}

}  // namespace tapedeck
