// A response that never ends, line by line: the chunks of HTTP/1.1, cut where it pleases a network,
// so that a chunk holds several lines, one, or a piece of one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapedeck::sim {

/// Lines come in, chunks go out. Some lines end with `\r\n`, and some are followed by an empty one,
/// as the seed wants it. Threads: one.
class LineChunks {
 public:
  explicit LineChunks(std::uint64_t seed) : seed_(seed) {}

  void add(std::string_view line);
  /// Bytes of lines that are in no chunk yet.
  std::size_t pending() const { return lines_.size(); }
  /// Appends chunks with all lines so far.
  void take(std::string &out);

  /// One line as one chunk.
  static std::string whole(std::string_view line);
  /// What ends the response.
  static constexpr std::string_view kLast = "0\r\n\r\n";

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  std::string lines_;
};

}  // namespace tapedeck::sim
