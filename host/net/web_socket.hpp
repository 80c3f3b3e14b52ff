// A WebSocket to a vendor, as tapedeck.draft.host.websocket hands it to plugins: from the network, or
// from a tape.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace tapedeck {

// `payload` is valid during the call. Whatever is not TDK_OK ends the receive() and is its answer; the
// messages behind it stay for the next one.
using MessageHandler = std::function<tdk_status(bool is_text, std::string_view payload)>;

// Lifecycle: HttpClient::open_web_socket(), calls, close() or the destructor.
// Threads: one at a time; send() may be called inside a handler, receive() not.
// Failures: Error. TDK_CANCELLED and TDK_TIMEOUT come from the token, and the next receive() goes on
// where this one stopped. Everything else is the end: TDK_UNAVAILABLE (lost, or closed by the vendor: its
// code and reason are in the text), TDK_BAD_DATA (the vendor broke the protocol; it has been told), and the
// same again from every later call.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // Sends a message of at most 16 MiB. A send that was broken off is the end of the connection.
  // TDK_INVALID_ARGUMENT: too long, or text that is not UTF-8; then nothing was sent.
  virtual void send(bool is_text, std::string_view payload, const tdk_cancel *cancel) = 0;

  // Waits up to `timeout_ns` for a message, then hands over all that have come: TDK_OK, also when none
  // came in time. Reads nothing when it is not called: the vendor has to wait then. Pings are answered
  // here, the newest of them and once a second at most.
  virtual tdk_status receive(std::int64_t timeout_ns, const MessageHandler &on_message, const tdk_cancel *cancel) = 0;

  // Says good-bye within 200 ms, or not at all. Calls after it fail with TDK_INVALID_ARGUMENT.
  virtual void close() noexcept = 0;
};

}  // namespace tapedeck
