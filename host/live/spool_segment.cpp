#include "live/spool_segment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "live/crc32c.hpp"

namespace tapedeck {
namespace {

constexpr std::string_view kMagic = "TDKSPOOL";

void append_u32(std::string &out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

bool read_all(int fd, std::uint64_t offset, char *to, std::size_t n) {
  while (n > 0) {
    const ssize_t got = ::pread(fd, to, n, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    offset += static_cast<std::uint64_t>(got);
    n -= static_cast<std::size_t>(got);
  }
  return true;
}

// A machine that lost its power may leave a file that is longer than what was written.
bool only_zeros(int fd, std::uint64_t from, std::uint64_t to) {
  std::array<char, 4096> part{};
  while (from < to) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), to - from));
    if (!read_all(fd, from, part.data(), n)) return false;
    if (std::any_of(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n), [](char c) { return c != 0; }))
      return false;
    from += n;
  }
  return true;
}

}  // namespace

std::string segment_head(std::uint32_t version) {
  std::string head(kMagic);
  append_u32(head, version);
  append_u32(head, crc32c(head));
  return head;
}

std::string record_head(std::string_view payload) {
  std::string head;
  append_u32(head, static_cast<std::uint32_t>(payload.size()));
  append_u32(head, crc32c(head));
  append_u32(head, crc32c(payload));
  return head;
}

HeadState check_head(int fd, std::uint64_t size) {
  std::array<char, kSegmentHead> raw{};
  if (size < raw.size()) return HeadState::Torn;
  if (!read_all(fd, 0, raw.data(), raw.size())) return HeadState::Corrupt;
  const std::string_view head(raw.data(), raw.size());
  if (!head.starts_with(kMagic) || u32_at(head, 12) != crc32c(head.substr(0, 12)))
    return only_zeros(fd, 0, size) ? HeadState::Torn : HeadState::Corrupt;
  return u32_at(head, 8) == kSpoolVersion ? HeadState::Fine : HeadState::UnknownVersion;
}

RecordRead read_record(int fd, std::uint64_t size, std::uint64_t offset, std::string &payload) {
  using State = RecordRead::State;
  if (offset >= size) return {State::End, offset};
  std::array<char, kRecordHead> raw{};
  if (size - offset < raw.size()) return {State::Torn, size};
  if (!read_all(fd, offset, raw.data(), raw.size())) return {State::Lost, size};
  const std::string_view head(raw.data(), raw.size());
  const std::uint32_t length = u32_at(head, 0);
  if (u32_at(head, 4) != crc32c(head.substr(0, 4)) || length > kRecordMax)
    return {only_zeros(fd, offset, size) ? State::Torn : State::Lost, size};
  const std::uint64_t start = offset + kRecordHead;
  if (size - start < length) return {State::Torn, size};
  payload.resize(length);
  if (!read_all(fd, start, payload.data(), length)) return {State::Lost, size};
  const bool fine = u32_at(head, 8) == crc32c(payload);
  return {fine ? State::Record : State::Damaged, start + length};
}

}  // namespace tapedeck
