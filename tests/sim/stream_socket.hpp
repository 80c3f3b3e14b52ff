// The socket under a stream connection: never blocks on a client that does not read, and can break
// off in every way a network does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/waker.hpp"
#include "sim/ws_frame.hpp"

namespace tapedeck::sim {

/// Threads: one.
class StreamSocket {
 public:
  using Steady = std::chrono::steady_clock;

  /// Neither is owned. `waker` ends every wait.
  StreamSocket(int descriptor, const Waker &waker);

  void send(Opcode opcode, std::string_view payload) { append_frame(out_, opcode, payload); }
  void send_raw(std::string_view bytes) { out_ += bytes; }
  /// Bytes the client has not taken yet.
  std::size_t pending() const { return out_.size() - sent_; }
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
  bool wait_for(short events, std::chrono::nanoseconds timeout);

  int descriptor_;
  const Waker &waker_;
  std::string out_;
  std::size_t sent_ = 0;
  Steady::time_point progress_ = Steady::now();
};

}  // namespace tapedeck::sim
