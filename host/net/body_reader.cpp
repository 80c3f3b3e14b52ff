#include "net/body_reader.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

constexpr std::size_t kStep = 1024 * 1024;  // a claimed length is believed in steps of this
constexpr std::size_t kMaxLine = 8192;
constexpr int kMaxTrailers = 100;

[[noreturn]] void too_large(std::uint64_t limit, IoScope &scope) {
  scope.fail(NetFault::TooLarge, "the body is over the limit of " + std::to_string(limit) + " bytes");
}

// Appends `size` bytes to the first `filled` of `out`.
void append(ByteSource &source, std::uint64_t size, IoScope &scope, std::string &out, std::size_t filled) {
  const std::uint64_t end = filled + size;
  while (filled < end) {
    if (filled >= out.size())
      out.resize(std::min<std::uint64_t>(end, std::max({filled * 2, filled + kStep, out.capacity()})));
    scope.check();  // a fast peer never lets us wait, where else cancellations are noticed
    const std::size_t n = source.read(out.data() + filled, std::min<std::uint64_t>(out.size(), end) - filled);
    if (n == 0)
      scope.fail(NetFault::Reset, "the body ended after " + std::to_string(filled) + " bytes, too early");
    filled += n;
  }
}

char next(ByteSource &source, IoScope &scope) {
  char c = 0;
  if (source.read(&c, 1) == 0) scope.fail(NetFault::Reset, "the body ended inside a chunk, too early");
  return c;
}

// A line without its end; more than 8 KiB is no HTTP.
std::string read_line(ByteSource &source, IoScope &scope) {
  std::string line;
  for (char c = next(source, scope); c != '\n'; c = next(source, scope)) {
    if (line.size() >= kMaxLine) scope.fail(NetFault::Protocol, "a chunk's head has no end");
    line += c;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::uint64_t chunk_size(const std::string &line, IoScope &scope) {
  const std::size_t digits = std::min(line.find_first_of("; \t"), line.size());
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = line[i];
    const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (value < 0 || i >= 15) scope.fail(NetFault::Protocol, "a chunk without a size");
    size = size * 16 + static_cast<std::uint64_t>(value);
  }
  if (digits == 0) scope.fail(NetFault::Protocol, "a chunk without a size");
  return size;
}

}  // namespace

void read_sized_body(ByteSource &source, std::uint64_t size, std::uint64_t limit, IoScope &scope,
                     std::string &out) {
  if (size > limit) too_large(limit, scope);
  if (out.size() > size) out.resize(size);
  append(source, size, scope, out, 0);
}

void read_chunked_body(ByteSource &source, std::uint64_t limit, IoScope &scope, std::string &out) {
  std::size_t filled = 0;
  for (;;) {
    const std::uint64_t size = chunk_size(read_line(source, scope), scope);
    if (size == 0) break;
    if (size > limit - filled) too_large(limit, scope);
    append(source, size, scope, out, filled);
    filled += size;
    if (!read_line(source, scope).empty()) scope.fail(NetFault::Protocol, "a chunk longer than its size");
  }
  for (int i = 0; !read_line(source, scope).empty(); ++i)
    if (i >= kMaxTrailers) scope.fail(NetFault::Protocol, "too many trailers");
  out.resize(filled);
}

void read_body_to_end(ByteSource &source, std::uint64_t limit, IoScope &scope, std::string &out) {
  std::size_t filled = 0;
  for (;;) {
    if (filled >= out.size()) out.resize(std::max(filled + filled / 2 + 4096, out.capacity()));
    scope.check();
    const std::size_t n = source.read(out.data() + filled, out.size() - filled);
    if (n == 0) break;
    filled += n;
    if (filled > limit) too_large(limit, scope);
  }
  out.resize(filled);
}

}  // namespace tapedeck
