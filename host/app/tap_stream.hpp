// The WebSocket stream of a running host on loopback, message by message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/acceptor.hpp"
#include "base/cancel.hpp"
#include "net/ws_frame.hpp"

namespace tapedeck {

// Lifecycle: connected from its making. Threads: one at a time. Failures: tapedeck::Error; TDK_UNAVAILABLE
// when nothing answers or the host ends the stream, TDK_CANCELLED when `cancel` fires.
class TapStream {
 public:
  TapStream(const std::string &host, std::uint16_t port, const CancelSource &cancel);

  void send(std::string_view text);
  // The next message; valid until the next call. `before_waiting` is called when none is here yet: what
  // was printed needs to be flushed only then.
  template <typename Work>
  std::string_view next(const Work &before_waiting) {
    for (;;) {
      if (const auto text = take()) return *text;
      before_waiting();
      receive();
    }
  }

 private:
  void shake_hands();
  std::string read_head();
  std::optional<std::string_view> take();
  void receive();
  void wait(short events);
  void write_all(std::string_view bytes);

  const std::string where_;  // "127.0.0.1:8080"
  const CancelSource &cancel_;
  api::OwnedFd fd_;
  WsReader reader_{WsRole::Client};
};

}  // namespace tapedeck
