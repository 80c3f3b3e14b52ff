#include "net/chunk_decoder.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

constexpr int kMaxDigits = 15;
constexpr std::uint32_t kMaxSkipped = 8192;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

bool ChunkDecoder::feed(std::string_view bytes, std::string &out) {
  while (!bytes.empty() && state_ != State::Ended && state_ != State::Broken) {
    if (state_ == State::Data) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      out += bytes.substr(0, size);
      bytes.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) state_ = State::DataEnd;
    } else {
      on_byte(bytes.front());
      bytes.remove_prefix(1);
    }
  }
  return state_ != State::Ended && state_ != State::Broken;
}

void ChunkDecoder::on_byte(char c) {
  switch (state_) {
    case State::Size: return on_size(c);
    case State::Extension:
      if (c == '\n') return end_of_size();
      if (++skipped_ > kMaxSkipped) fail("a chunk's head has no end");
      return;
    case State::DataEnd:
      if (c == '\n')
        state_ = State::Size;
      else if (c != '\r')
        fail("a chunk longer than its size");
      return;
    case State::Trailer: return on_trailer(c);
    case State::Data:
    case State::Ended:
    case State::Broken: return;
  }
}

void ChunkDecoder::on_size(char c) {
  if (const int value = hex_value(c); value >= 0) {
    if (++digits_ > kMaxDigits) return fail("a chunk without a size");
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return;
  }
  if (digits_ == 0) return fail("a chunk without a size");
  if (c == '\n') return end_of_size();
  if (c != '\r' && c != ';' && c != ' ' && c != '\t') return fail("a chunk without a size");
  skipped_ = 0;
  state_ = State::Extension;
}

void ChunkDecoder::end_of_size() {
  state_ = left_ > 0 ? State::Data : State::Trailer;
  digits_ = 0;
  skipped_ = 0;
}

void ChunkDecoder::on_trailer(char c) {
  if (++skipped_ > kMaxSkipped) return fail("too many trailers");
  if (c == '\n' && empty_line_) state_ = State::Ended;
  if (c != '\r') empty_line_ = c == '\n';
}

void ChunkDecoder::fail(const char *why) {
  error_ = why;
  state_ = State::Broken;
}

}  // namespace tapedeck
