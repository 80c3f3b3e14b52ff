// An HTTP answer that never ends, line by line, as tapedeck.draft.host.lines hands it to plugins: from
// the network, or from a tape.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace tapedeck {

// `line` has no line end and is valid during the call. Whatever is not TDK_OK ends the receive() and is its
// answer; the lines behind it stay for the next one.
using LineHandler = std::function<tdk_status(std::string_view line)>;

// Lifecycle: HttpClient::open_lines(), calls, close() or the destructor.
// Threads: one at a time; receive() must not be called inside a handler.
// Failures: Error. TDK_CANCELLED and TDK_TIMEOUT come from the token, and the next receive() goes on where
// this one stopped. Everything else is the end, and the same again from every later call: TDK_UNAVAILABLE
// (lost, or ended by the vendor), TDK_BAD_DATA (broken chunks, a line over 1 MiB).
class LineStream {
 public:
  virtual ~LineStream() = default;

  // Waits up to `timeout_ns` for a whole line, then hands over all that have come: TDK_OK, also when
  // none came in time. Empty lines, which vendors send as a heartbeat, are handed over too.
  virtual tdk_status receive(std::int64_t timeout_ns, const LineHandler &on_line, const tdk_cancel *cancel) = 0;

  // Calls after it fail with TDK_INVALID_ARGUMENT.
  virtual void close() noexcept = 0;
};

}  // namespace tapedeck
