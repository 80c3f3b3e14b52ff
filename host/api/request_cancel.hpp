// The cancellation of one request: the server stops, the client goes, or no answer comes in time.
#pragma once

#include <atomic>
#include <cstdint>

#include "api/wire.hpp"
#include "base/cancel.hpp"

namespace tapedeck::api {

// Threads: raw()'s check any.
class RequestCancel {
 public:
  RequestCancel(const CancelSource &stop, const Wire &wire, std::chrono::nanoseconds timeout, Clock &clock);
  RequestCancel(const RequestCancel &) = delete;
  RequestCancel &operator=(const RequestCancel &) = delete;

  // The answer has begun: from here the pace of the client decides, and the wire watches that.
  void drop_deadline() noexcept { deadline_ = CancelToken::kForever; }
  const tdk_cancel *raw() const noexcept { return &raw_; }
  tdk_status status() const { return raw_.check(&raw_); }

 private:
  static tdk_status check(const tdk_cancel *self);
  bool client_gone(std::int64_t now);
  tdk_cancel raw_{};
  const CancelSource &stop_;
  const Wire &wire_;
  Clock &clock_;
  std::atomic<std::int64_t> deadline_;
  std::atomic<std::int64_t> next_look_{0};
  std::atomic<bool> gone_{false};
};

}  // namespace tapedeck::api
