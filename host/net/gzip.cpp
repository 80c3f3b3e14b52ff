#include "net/gzip.hpp"

#include <zlib.h>

#include <algorithm>

#include "net/net_failure.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kFirstRoom = 64 * 1024;
constexpr std::size_t kPiece = 1U << 30;  // zlib counts in 32 bits

struct Inflater {
  Inflater() {
    if (inflateInit2(&z, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: gzip and nothing else
  }
  ~Inflater() { inflateEnd(&z); }
  Inflater(const Inflater &) = delete;
  Inflater &operator=(const Inflater &) = delete;
  z_stream z{};
};

void make_room(std::string &out, std::size_t filled, std::uint64_t limit) {
  if (filled < out.size()) return;
  out.resize(std::min<std::uint64_t>(std::max(out.size() * 2, kFirstRoom), limit));
}

}  // namespace

void gunzip(std::string_view in, std::uint64_t limit, std::string &out) {
  Inflater inflater;
  z_stream &z = inflater.z;
  z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(in.data()));  // zlib reads only
  out.resize(std::min<std::uint64_t>(out.capacity(), limit));
  std::size_t filled = 0;
  int state = Z_OK;
  for (std::size_t left = in.size();;) {
    // One byte over the limit tells a body of just the limit from a longer one.
    if (state != Z_STREAM_END) make_room(out, filled, limit + 1);
    z.avail_in = static_cast<uInt>(std::min(left, kPiece));
    z.avail_out = static_cast<uInt>(std::min(out.size() - filled, kPiece));
    const uInt offered = z.avail_in, room = z.avail_out;
    z.next_out = reinterpret_cast<Bytef *>(out.data() + filled);
    state = inflate(&z, Z_NO_FLUSH);
    left -= offered - z.avail_in;
    filled += room - z.avail_out;
    if (filled > limit)
      throw NetFailure(NetFault::TooLarge,
                       "the body decompresses to more than the limit of " + std::to_string(limit) + " bytes");
    if (state == Z_STREAM_END && left == 0) break;
    if (state == Z_STREAM_END)
      inflateReset(&z);
    else if (state != Z_OK || (left == 0 && z.avail_out > 0))
      throw NetFailure(NetFault::BadEncoding, "the body is no whole gzip");
  }
  out.resize(filled);
}

}  // namespace tapedeck
