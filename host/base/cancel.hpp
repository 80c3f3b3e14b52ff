// Cancellation: one owner, any number of tokens with their own deadlines.
#pragma once

#include <tapedeck/abi.h>

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace tapedeck {

// Lifecycle: outlives every token made from it. Threads: any.
class CancelSource {
 public:
  CancelSource();
  ~CancelSource();
  CancelSource(const CancelSource &) = delete;
  CancelSource &operator=(const CancelSource &) = delete;

  void cancel() noexcept;  // async-signal-safe
  bool cancelled() const noexcept { return flag_.load(std::memory_order_acquire); }
  int wait_fd() const noexcept { return fd_; }  // readable once cancelled

 private:
  std::atomic<bool> flag_{false};
  int fd_;
};

// What a call gets: fires when the source does (TDK_CANCELLED) or `timeout_ns` after its making
// (TDK_TIMEOUT). Threads: any.
class CancelToken {
 public:
  static constexpr std::int64_t kForever = INT64_MAX;
  explicit CancelToken(const CancelSource &source, std::int64_t timeout_ns = kForever,
                       Clock &clock = system_clock());
  CancelToken(const CancelToken &) = delete;
  CancelToken &operator=(const CancelToken &) = delete;

  const tdk_cancel *raw() const noexcept { return &raw_; }
  tdk_status status() const noexcept { return raw_.check(&raw_); }

 private:
  static tdk_status check(const tdk_cancel *self);
  tdk_cancel raw_{};
  const CancelSource *source_;
  Clock *clock_;
};

// TDK_OK when `cancel` is NULL.
inline tdk_status status_of(const tdk_cancel *cancel) {
  return cancel != nullptr && cancel->check != nullptr ? cancel->check(cancel) : TDK_OK;
}

}  // namespace tapedeck
