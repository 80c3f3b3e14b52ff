#include "base/clock.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace tapedeck {
namespace {

constexpr std::int64_t kSliceNs = 20'000'000;  // how late a cancellation without a wait_fd may be noticed

class SystemClock final : public Clock {
 public:
  std::int64_t now_ns() override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::int64_t monotonic_ns() override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) override {
    const std::int64_t end = monotonic_ns() + std::max<std::int64_t>(ns, 0);
    for (;;) {
      if (cancel != nullptr)
        if (tdk_status s = cancel->check(cancel); s != TDK_OK) return s;
      const std::int64_t left = end - monotonic_ns();
      if (left <= 0) return TDK_OK;
      wait(std::min(left, kSliceNs), cancel);
    }
  }

 private:
  static void wait(std::int64_t ns, const tdk_cancel *cancel) {
    timespec t{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    pollfd fd{cancel != nullptr ? cancel->wait_fd : -1, POLLIN, 0};  // a negative fd is ignored
    ppoll(&fd, 1, &t, nullptr);
  }
};

}  // namespace

Clock &system_clock() {
  static SystemClock clock;
  return clock;
}

std::int64_t ManualClock::now_ns() {
  std::lock_guard lock(mutex_);
  return now_;
}

std::int64_t ManualClock::monotonic_ns() {
  std::lock_guard lock(mutex_);
  return monotonic_;
}

tdk_status ManualClock::sleep_ns(std::int64_t ns, const tdk_cancel *cancel) {
  if (cancel != nullptr)
    if (tdk_status s = cancel->check(cancel); s != TDK_OK) return s;
  advance(ns);
  return TDK_OK;
}

void ManualClock::advance(std::int64_t ns) {
  std::lock_guard lock(mutex_);
  now_ += std::max<std::int64_t>(ns, 0);
  monotonic_ += std::max<std::int64_t>(ns, 0);
}

}  // namespace tapedeck
