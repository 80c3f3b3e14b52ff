// A clock whose time of day can be set: a store that is brought up to date keeps what happened when it happened.
#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace tapedeck {

// Lifecycle: `real` outlives it. Threads: any.
class PretendClock final : public Clock {
 public:
  explicit PretendClock(Clock &real) : real_(real) {}
  std::int64_t now_ns() override {
    const std::int64_t t = pretended_.load();
    return t != TDK_NULL_I64 ? t : real_.now_ns();
  }
  std::int64_t monotonic_ns() override { return real_.monotonic_ns(); }
  tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) override { return real_.sleep_ns(ns, cancel); }

  // It is `time` as long as this lives.
  class Scope {
   public:
    Scope(PretendClock &clock, std::int64_t time) : clock_(clock) { clock_.pretended_ = time; }
    ~Scope() { clock_.pretended_ = TDK_NULL_I64; }
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

   private:
    PretendClock &clock_;
  };

 private:
  Clock &real_;
  std::atomic<std::int64_t> pretended_{TDK_NULL_I64};
};

}  // namespace tapedeck
