#include "api/request_cancel.hpp"

namespace tapedeck::api {
namespace {
// Storages check every few rows; a system call each time would show.
constexpr std::int64_t kLookEvery_ns = 5'000'000;
}  // namespace

RequestCancel::RequestCancel(const CancelSource &stop, const Wire &wire, std::chrono::nanoseconds timeout, Clock &clock)
    : stop_(stop), wire_(wire), clock_(clock), deadline_(clock.monotonic_ns() + timeout.count()) {
  raw_.struct_size = sizeof raw_;
  raw_.wait_fd = stop.wait_fd();
  raw_.ctx = this;
  // Not the deadline: it is dropped once rows flow, and a storage may have copied it by then.
  raw_.deadline_mono_ns = CancelToken::kForever;
  raw_.check = &check;
}

bool RequestCancel::client_gone(std::int64_t now) {
  if (now >= next_look_) {
    next_look_ = now + kLookEvery_ns;
    if (wire_.gone()) gone_ = true;
  }
  return gone_;
}

tdk_status RequestCancel::check(const tdk_cancel *self) {
  auto &me = *static_cast<RequestCancel *>(self->ctx);
  if (me.stop_.cancelled()) return TDK_CANCELLED;
  const std::int64_t now = me.clock_.monotonic_ns();
  if (now >= me.deadline_) return TDK_TIMEOUT;
  return me.client_gone(now) ? TDK_CANCELLED : TDK_OK;
}

}  // namespace tapedeck::api
