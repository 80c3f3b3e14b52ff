// The reader of WebSocket frames, in either role: the first byte chooses the role and how the bytes are cut
// into pieces, which must make no difference.
#include "net/ws_frame.hpp"

#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "fuzz.hpp"

using namespace tapedeck;
using namespace tapedeck::fuzz;

namespace {

constexpr WsLimits kLimits{.message = 100'000, .buffer = 64};

std::vector<std::string> events_of(WsRole role, std::string_view bytes, std::size_t step) {
  WsReader reader(role, kLimits);
  std::vector<std::string> out;
  feed(bytes, step, [&](std::string_view piece) {
    reader.append(piece);
    for (WsEvent e = reader.next(); e.kind != WsEvent::Kind::None; e = reader.next()) {
      out.push_back(std::to_string(static_cast<int>(e.kind)) + std::string(e.payload));
      require(e.payload.size() <= kLimits.message, "no message is over the limit");
      require(e.kind != WsEvent::Kind::Text || is_utf8(e.payload), "text is UTF-8");
      if (e.kind == WsEvent::Kind::Failure) out.back() += std::to_string(reader.failure().close_code) + reader.failure().text;
      if (e.kind == WsEvent::Kind::Failure || e.kind == WsEvent::Kind::Close) return false;
    }
    return true;
  });
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  const WsRole role = (data[0] & 1) != 0 ? WsRole::Server : WsRole::Client;
  const std::size_t step = 1 + (data[0] >> 1);
  const std::string_view bytes = text_of(data + 1, size - 1);
  require(events_of(role, bytes, step) == events_of(role, bytes, SIZE_MAX), "pieces make no difference");
  std::string frame;
  append_ws_frame(frame, role == WsRole::Server ? WsRole::Client : WsRole::Server, WsOpcode::Binary, bytes);
  const auto back = events_of(role, frame, step);
  require(bytes.size() > kLimits.message || (back.size() == 1 && back[0].substr(1) == bytes), "what is written is read");
  return 0;
}
