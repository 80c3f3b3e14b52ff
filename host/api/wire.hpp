// One client's socket: reads and writes that end in time, when the server stops, or when the client goes.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/cancel.hpp"

namespace tapedeck::api {

using Deadline = std::chrono::steady_clock::time_point;
inline Deadline after(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

enum class Wait { Ready, Timeout, Stopped };
enum class Read { Data, Closed, Timeout, Stopped };

// A write that did not get through. Nothing more can be said to this client.
struct WireLost : std::runtime_error {
  enum class Why { Gone, Slow, Stopped };
  explicit WireLost(Why what);
  Why why;
};

// Lifecycle: borrows the descriptor. Threads: one, but gone() any.
class Wire {
 public:
  Wire(int fd, const CancelSource &stop, std::chrono::milliseconds write_timeout)
      : fd_(fd), stop_(stop), write_timeout_(write_timeout) {}

  // Appends what has come, waiting for the first of it.
  Read read(std::string &into, Deadline deadline);

  // All of `data`; each 64 KiB of it has write_timeout. `more`: the next write follows at once, so do
  // not send a packet for this one alone. Failures: WireLost.
  void write(std::string_view data, bool more = false);

  // True once the client has closed its side: it will not read what is still to come.
  bool gone() const noexcept;

  // Says that nothing more comes, and reads away a little of what the client still sends: closing
  // with unread bytes would reset the connection and destroy the answer on its way.
  void finish();
  // From now on closing resets the connection, what is still buffered is dropped with it, and finish()
  // does nothing.
  void reset_on_close() noexcept;

 private:
  Wait wait(short events, Deadline deadline) const;
  void write_slice(std::string_view slice, int flags);
  int fd_;
  const CancelSource &stop_;
  std::chrono::milliseconds write_timeout_;
  bool reset_ = false;
};

}  // namespace tapedeck::api
