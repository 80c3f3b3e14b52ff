// Takes the chunks off a body that goes on as a stream (RFC 9112, section 7.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapedeck {

// Takes bytes in pieces of any size. Threads: one at a time.
class ChunkDecoder {
 public:
  // Appends what `bytes` hold of the body to `out`. False once the body has ended or is broken.
  bool feed(std::string_view bytes, std::string &out);
  bool ended() const noexcept { return state_ == State::Ended; }
  // Empty, or what is wrong with the chunks.
  const char *error() const noexcept { return error_; }

 private:
  enum class State : std::uint8_t { Size, Extension, Data, DataEnd, Trailer, Ended, Broken };
  void on_byte(char c);
  void on_size(char c);
  void on_trailer(char c);
  void end_of_size();
  void fail(const char *why);

  State state_ = State::Size;
  std::uint64_t left_ = 0;      // bytes of this chunk
  int digits_ = 0;              // of the size that is being read
  std::uint32_t skipped_ = 0;   // bytes of extension or trailers
  bool empty_line_ = true;      // of the trailers
  const char *error_ = "";
};

}  // namespace tapedeck
