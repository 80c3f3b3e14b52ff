#include "sim/line_chunks.hpp"

#include <algorithm>
#include <cstdio>

#include "sim/hashing.hpp"

namespace tapedeck::sim {
namespace {

/// Long enough for a few lines, short enough to cut many in two.
constexpr std::size_t kLongestChunk = 1'500;

void append_chunk(std::string &out, std::string_view bytes) {
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  out.append(size).append(bytes).append("\r\n");
}

}  // namespace

void LineChunks::add(std::string_view line) {
  const std::uint64_t random = hash_at(seed_, drawn_++);
  lines_.append(line).append(random % 16 == 0 ? "\r\n" : "\n");
  if (random % 64 == 1) lines_ += '\n';
}

void LineChunks::take(std::string &out) {
  std::string_view rest = lines_;
  while (!rest.empty()) {
    const std::size_t size = 1 + hash_at(seed_ ^ 0x6368756e6b, drawn_++) % kLongestChunk;
    append_chunk(out, rest.substr(0, size));
    rest.remove_prefix(std::min(rest.size(), size));
  }
  lines_.clear();
}

std::string LineChunks::whole(std::string_view line) {
  std::string out;
  append_chunk(out, std::string(line) + '\n');
  return out;
}

}  // namespace tapedeck::sim
