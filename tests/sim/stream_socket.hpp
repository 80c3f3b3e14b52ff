// The socket under a stream connection: never blocks on a client that does not read, and can break
// off in every way a network does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/line_chunks.hpp"
#include "sim/waker.hpp"
#include "sim/ws_frame.hpp"

namespace tapedeck::sim {

/// How messages become bytes: WebSocket frames, or the lines of a chunked response. As lines, pings
/// and pongs are nothing, and a Close is the end of the response.
enum class Framing { WebSocket, Lines };

/// Threads: one.
class StreamSocket {
 public:
  using Steady = std::chrono::steady_clock;

  /// Neither is owned. `waker` ends every wait. `seed` chooses where lines are cut into chunks.
  StreamSocket(int descriptor, const Waker &waker, Framing framing = Framing::WebSocket,
               std::uint64_t seed = 0);

  void send(Opcode opcode, std::string_view payload);
  void send_raw(std::string_view bytes);
  /// A message as the bytes it becomes, for faults that break them.
  std::string framed(std::string_view text) const;
  Framing framing() const { return framing_; }
  /// Bytes the client has not taken yet.
  std::size_t pending() const { return out_.size() - sent_ + lines_.pending(); }
  /// Writes what the client takes now; false when the connection is gone.
  bool flush();
  /// Flushes until all is written or `patience` has passed without progress.
  bool flush_all(std::chrono::milliseconds patience);
  /// Appends what has arrived; false when the client has left.
  bool receive(std::string &in);
  /// Waits until there is something to do, at most `timeout`.
  void wait(std::optional<std::chrono::nanoseconds> timeout);
  /// How long the client has not taken anything although there was something.
  std::chrono::nanoseconds stalled() const;

  /// Sends `bytes` in up to 50 pieces spread over `duration`.
  bool drip(std::string_view bytes, std::chrono::milliseconds duration);
  /// Ends in order: all is written, then FIN.
  void finish();
  /// Ends with a TCP reset.
  void reset();

 private:
  void begin_waiting();
  bool wait_for(short events, std::chrono::nanoseconds timeout);

  int descriptor_;
  const Waker &waker_;
  Framing framing_;
  LineChunks lines_;
  std::string out_;
  std::size_t sent_ = 0;
  Steady::time_point progress_ = Steady::now();
};

}  // namespace tapedeck::sim
