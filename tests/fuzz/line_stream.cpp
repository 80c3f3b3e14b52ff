// Chunks and lines of a line stream: the first byte says how the bytes are cut into pieces, which must
// make no difference.
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "net/chunk_decoder.hpp"
#include "net/line_splitter.hpp"

using namespace tapedeck;
using namespace tapedeck::fuzz;

namespace {

constexpr std::size_t kMaxLine = 50;

std::vector<std::string> lines_of(std::string_view bytes, std::size_t step) {
  LineSplitter splitter(kMaxLine);
  std::vector<std::string> out;
  feed(bytes, step, [&](std::string_view piece) {
    splitter.append(piece);
    while (const auto line = splitter.next()) {
      require(line->size() <= kMaxLine, "no line is over the limit");
      require(line->find('\n') == std::string_view::npos, "no line holds a line end");
      out.emplace_back(*line);
    }
    return !splitter.too_long();
  });
  out.emplace_back(splitter.too_long() ? "too long" : splitter.rest());
  return out;
}

std::string body_of(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  std::string out;
  feed(bytes, step, [&](std::string_view piece) { return decoder.feed(piece, out); });
  require(out.size() <= bytes.size(), "a body is no longer than its chunks");
  return out + "\n" + decoder.error() + (decoder.ended() ? " ended" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 64;
  const std::string_view bytes = text_of(data + 1, size - 1);
  require(lines_of(bytes, step) == lines_of(bytes, SIZE_MAX), "pieces make no difference to lines");
  require(body_of(bytes, step) == body_of(bytes, SIZE_MAX), "pieces make no difference to chunks");
  return 0;
}
