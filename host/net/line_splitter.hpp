// Bytes to lines, for streams that come in pieces of any size.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck {

// Threads: one at a time.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t limit) : limit_(limit) {}

  void append(std::string_view bytes);
  // The next line, ended by \n or \r\n, without its end; valid until the next call. Nothing: more bytes
  // are needed, or the line is too long.
  std::optional<std::string_view> next();
  // A line is over the limit; nothing comes after it.
  bool too_long() const noexcept { return too_long_; }
  // What has come of a line without an end.
  std::string_view rest() const noexcept { return std::string_view(buffer_).substr(begin_); }

 private:
  const std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;  // no line end before this
  bool too_long_ = false;
};

}  // namespace tapedeck
