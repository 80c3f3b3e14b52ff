#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace tapedeck {
namespace {

using Byte = unsigned char;

// Skips ASCII eight bytes at a time: vendors' messages hold nothing else.
std::size_t ascii_prefix(const char *data, std::size_t size) noexcept {
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= size; at += sizeof word) {
    std::memcpy(&word, data + at, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < size && static_cast<Byte>(data[at]) < 0x80) ++at;
  return at;
}

bool continues(Byte byte) noexcept { return (byte & 0xC0) == 0x80; }

}  // namespace

std::size_t utf8_size(std::string_view text) noexcept {
  const std::size_t size = text.size();
  const auto at = [&](std::size_t i) { return static_cast<Byte>(text[i]); };
  const Byte first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return size >= 2 && continues(at(1)) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (size < 3 || !continues(at(1)) || !continues(at(2))) return 0;
    const bool overlong = first == 0xE0 && at(1) < 0xA0;
    const bool surrogate = first == 0xED && at(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first < 0xF0 || first > 0xF4 || size < 4) return 0;
  if (!continues(at(1)) || !continues(at(2)) || !continues(at(3))) return 0;
  const bool overlong = first == 0xF0 && at(1) < 0x90;
  const bool too_high = first == 0xF4 && at(1) > 0x8F;
  return overlong || too_high ? 0 : 4;
}

bool is_utf8(std::string_view text) noexcept {
  for (;;) {
    text.remove_prefix(ascii_prefix(text.data(), text.size()));
    if (text.empty()) return true;
    const std::size_t size = utf8_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

}  // namespace tapedeck
