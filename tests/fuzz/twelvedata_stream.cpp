// libFuzzer: any bytes as a message of Twelve Data's WebSocket. Nothing but TDK_BAD_DATA may come
// out, and what is accepted keeps the promises of parse_stream.hpp.
#include "parse_stream.hpp"
#include "times.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using Kind = twelvedata::StreamMessage::Kind;

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  twelvedata::StreamMessage m;
  try {
    m = twelvedata::parse_stream_message({reinterpret_cast<const char *>(data), size});
  } catch (const tapedeck::Error &e) {
    require(e.code() == TDK_BAD_DATA);
    return 0;
  }
  if (m.kind == Kind::Price)
    require(!m.price.symbol.empty() && m.price.price && m.price.time_s >= 0 &&
            m.price.time_s < twelvedata::kEndOfTimeSeconds);
  return 0;
}
