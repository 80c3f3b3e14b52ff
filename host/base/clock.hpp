// The clock that everything takes its time from, so that tests never sleep.
#pragma once

#include <tapedeck/abi.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tapedeck {

// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;        // wall clock, ns since the epoch, UTC
  virtual std::int64_t monotonic_ns() = 0;  // never goes back
  // Waits `ns`, or less when `cancel` (may be NULL) fires: TDK_OK, TDK_CANCELLED or TDK_TIMEOUT.
  virtual tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) = 0;
};

Clock &system_clock();

// A clock that stands still until it is told, or until somebody sleeps on it: sleep_ns() moves it
// forward at once and returns.
class ManualClock : public Clock {
 public:
  explicit ManualClock(std::int64_t now_ns) : now_(now_ns) {}
  std::int64_t now_ns() override;
  std::int64_t monotonic_ns() override;
  tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) override;
  void advance(std::int64_t ns);

 private:
  std::mutex mutex_;
  std::int64_t now_;
  std::int64_t monotonic_ = 0;
};

}  // namespace tapedeck
