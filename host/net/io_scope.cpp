#include "net/io_scope.hpp"

#include <poll.h>

#include <algorithm>

#include "base/cancel.hpp"
#include "base/clock.hpp"

namespace tapedeck {
namespace {

// A token without a wait_fd, or one whose own deadline passes, is looked at this often.
constexpr std::int64_t kSliceNs = 20'000'000;

std::int64_t after(std::int64_t now, std::int64_t ns) {
  return ns >= INT64_MAX - now ? INT64_MAX : now + ns;
}

std::string seconds(std::int64_t ns) {
  const std::int64_t ms = ns / 1'000'000;
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

}  // namespace

IoScope::IoScope(const tdk_cancel *cancel, std::int64_t total_ns)
    : cancel_(cancel),
      wait_fd_(cancel != nullptr ? cancel->wait_fd : -1),
      total_ns_(total_ns),
      end_ns_(after(system_clock().monotonic_ns(), total_ns)) {}

void IoScope::begin_limited(const char *stage, std::int64_t limit_ns) noexcept {
  begin(stage, limit_ns);
  stage_limit_ns_ = limit_ns;
  stage_end_ns_ = after(system_clock().monotonic_ns(), limit_ns);
}

IoScope &scope_of(const ScopeSlot &slot) {
  if (*slot == nullptr) throw NetFailure(NetFault::Reset, "no request is under way");
  return **slot;
}

void IoScope::fail(NetFault fault, std::string what) {
  if (!failure_) failure_ = std::make_unique<NetFailure>(fault, std::move(what));
  throw *failure_;
}

void IoScope::time_out(std::int64_t now) {
  if (now >= end_ns_)
    fail(NetFault::Timeout, std::string("timed out ") + stage_ + " (" + seconds(total_ns_) + " in all)");
  const std::int64_t limit = now >= stage_end_ns_ ? stage_limit_ns_ : idle_ns_;
  fail(NetFault::Timeout, std::string("timed out ") + stage_ + " (" + seconds(limit) + ")");
}

void IoScope::check() {
  switch (status_of(cancel_)) {
    case TDK_OK: break;
    case TDK_TIMEOUT: fail(NetFault::CallerTimeout, std::string("the caller's time is up while ") + stage_);
    default: fail(NetFault::Cancelled, std::string("cancelled while ") + stage_);
  }
  const std::int64_t now = system_clock().monotonic_ns();
  if (now >= std::min(end_ns_, stage_end_ns_)) time_out(now);
}

std::int64_t IoScope::left_ns() const {
  return std::min(end_ns_, stage_end_ns_) - system_clock().monotonic_ns();
}

void IoScope::wait(int fd, short events) {
  const std::int64_t idle_end = after(system_clock().monotonic_ns(), idle_ns_);
  for (bool ready = false;;) {
    check();
    const std::int64_t now = system_clock().monotonic_ns();
    const std::int64_t left = std::min({idle_end, end_ns_, stage_end_ns_}) - now;
    if (left <= 0) time_out(now);
    poll_once(fd, events, left, ready);
    if (ready) return;
  }
}

void IoScope::poll_once(int fd, short events, std::int64_t left, bool &ready) {
  if (cancel_ != nullptr) left = std::min(left, kSliceNs);
  const timespec time{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
  pollfd fds[2] = {{fd, events, 0}, {wait_fd_, POLLIN, 0}};
  ppoll(fds, 2, &time, nullptr);
  // A token of a plugin's own making whose fd is none, or fires for nothing: look at it in slices.
  if (fds[1].revents != 0 && status_of(cancel_) == TDK_OK) wait_fd_ = -1;
  ready = fds[0].revents != 0;
}

}  // namespace tapedeck
