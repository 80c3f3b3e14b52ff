#include "base/cancel.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tapedeck {

CancelSource::CancelSource() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

CancelSource::~CancelSource() { close(fd_); }

void CancelSource::cancel() noexcept {
  flag_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  // A full counter is readable already: nothing is lost when the write is refused.
  [[maybe_unused]] ssize_t n = write(fd_, &one, sizeof one);
}

CancelToken::CancelToken(const CancelSource &source, std::int64_t timeout_ns, Clock &clock)
    : source_(&source), clock_(&clock) {
  raw_.struct_size = sizeof raw_;
  raw_.wait_fd = source.wait_fd();
  raw_.ctx = this;
  raw_.deadline_mono_ns = timeout_ns == kForever ? kForever : clock.monotonic_ns() + timeout_ns;
  raw_.check = &check;
}

tdk_status CancelToken::check(const tdk_cancel *self) {
  auto &token = *static_cast<const CancelToken *>(self->ctx);
  if (token.source_->cancelled()) return TDK_CANCELLED;
  if (self->deadline_mono_ns != kForever && token.clock_->monotonic_ns() >= self->deadline_mono_ns)
    return TDK_TIMEOUT;
  return TDK_OK;
}

}  // namespace tapedeck
