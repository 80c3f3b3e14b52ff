// The time limits and the cancellation of one try, and the only place in host/net that waits for a
// socket. Sockets are non-blocking and wait here, so a cancellation wakes them at every stage and no
// watchdog thread has to reach into somebody else's socket.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <memory>
#include <string>

#include "net/net_failure.hpp"

namespace tapedeck {

// Threads: one at a time. Time limits run on the real monotonic clock, since sockets do.
class IoScope {
 public:
  IoScope(const tdk_cancel *cancel, std::int64_t total_ns);

  // Names what is being waited for ("connecting"), and how long one wait may take (ns).
  void begin(const char *stage, std::int64_t idle_ns) noexcept {
    stage_ = stage;
    idle_ns_ = idle_ns;
  }
  // As begin(), and the stage as a whole may take `limit_ns` from now.
  void begin_limited(const char *stage, std::int64_t limit_ns) noexcept;
  void end_limit() noexcept { stage_end_ns_ = INT64_MAX; }

  // Blocks until `fd` is ready for `events` (POLLIN, POLLOUT) or broken. Throws NetFailure: Cancelled
  // (noticed at once with a wait_fd, else within 20 ms), CallerTimeout, Timeout.
  void wait(int fd, short events);
  // Throws as wait() when time is up or the caller has cancelled; never blocks.
  void check();
  // The wait of this stage that is left, for a peer that is waited for in another way than by fd.
  std::int64_t left_ns() const;

  // Keeps the first failure and throws it: streams between the socket and the client swallow
  // exceptions, so the client looks here.
  [[noreturn]] void fail(NetFault fault, std::string what);
  const NetFailure *failure() const noexcept { return failure_.get(); }
  // What the sockets moved for this try; `bytes_in` and `ended` tell a stale connection from a broken one.
  struct Traffic {
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    bool ended = false;  // the peer has closed
  } traffic;
  // For who has another way to go on.
  void forget_failure() noexcept { failure_.reset(); }

 private:
  void poll_once(int fd, short events, std::int64_t left, bool &ready);
  [[noreturn]] void time_out(std::int64_t now);

  const tdk_cancel *cancel_;
  int wait_fd_;
  std::int64_t total_ns_;
  std::int64_t end_ns_;
  std::int64_t stage_end_ns_ = INT64_MAX;
  std::int64_t idle_ns_ = 0;
  std::int64_t stage_limit_ns_ = 0;
  const char *stage_ = "starting";
  std::unique_ptr<NetFailure> failure_;
};

// Where a long-lived socket finds the scope of the request that is using it now.
using ScopeSlot = std::shared_ptr<IoScope *>;

// The scope in `slot`. Throws NetFailure(Reset) when no request is under way: POCO's streams may still
// flush when they are destroyed.
IoScope &scope_of(const ScopeSlot &slot);

}  // namespace tapedeck
