#include "api/wire.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace tapedeck::api {
namespace {

constexpr std::size_t kSlice = 64 * 1024;
constexpr std::chrono::milliseconds kLinger{500};
constexpr std::size_t kLingerBytes = 1024 * 1024;

// Rounded up, so that a wait never ends just before its deadline and spins.
int milliseconds_until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<long long>(left.count(), 0, 3'600'000));
}


const char *text_of(WireLost::Why why) {
  switch (why) {
    case WireLost::Why::Gone: return "the client closed the connection";
    case WireLost::Why::Slow: return "the client does not read; cut off";
    case WireLost::Why::Stopped: return "the server is stopping";
  }
  return "";
}

}  // namespace

WireLost::WireLost(Why what) : std::runtime_error(text_of(what)), why(what) {}

Wait Wire::wait(short events, Deadline deadline) const {
  for (;;) {
    pollfd fds[] = {{fd_, events, 0}, {stop_.wait_fd(), POLLIN, 0}};
    const int n = poll(fds, 2, milliseconds_until(deadline));
    if (n < 0 && errno == EINTR) continue;
    if (fds[1].revents != 0) return Wait::Stopped;
    return n == 0 ? Wait::Timeout : Wait::Ready;
  }
}

Read Wire::read(std::string &into, Deadline deadline) {
  char buffer[8192];
  for (;;) {
    const ssize_t n = recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n > 0) {
      into.append(buffer, static_cast<std::size_t>(n));
      return Read::Data;
    }
    if (n == 0) return Read::Closed;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Read::Closed;
    const Wait w = wait(POLLIN, deadline);
    if (w != Wait::Ready) return w == Wait::Timeout ? Read::Timeout : Read::Stopped;
  }
}

void Wire::write(std::string_view data, bool more) {
  while (!data.empty()) {
    const std::string_view slice = data.substr(0, kSlice);
    data.remove_prefix(slice.size());
    write_slice(slice, MSG_DONTWAIT | MSG_NOSIGNAL | (more || !data.empty() ? MSG_MORE : 0));
  }
}

void Wire::write_slice(std::string_view slice, int flags) {
  const Deadline deadline = after(write_timeout_);
  while (!slice.empty()) {
    const ssize_t n = send(fd_, slice.data(), slice.size(), flags);
    if (n > 0) {
      slice.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) throw WireLost(WireLost::Why::Gone);
    const Wait w = wait(POLLOUT, deadline);
    if (w != Wait::Ready) throw WireLost(w == Wait::Timeout ? WireLost::Why::Slow : WireLost::Why::Stopped);
  }
}

bool Wire::gone() const noexcept {
  pollfd fd{fd_, POLLRDHUP, 0};
  return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void Wire::finish() {
  if (reset_ || shutdown(fd_, SHUT_WR) != 0) return;
  const Deadline deadline = after(kLinger);
  std::string rest;
  for (std::size_t drained = 0; drained < kLingerBytes; drained += rest.size()) {
    rest.clear();
    if (read(rest, deadline) != Read::Data) return;
  }
}

void Wire::reset_on_close() noexcept {
  const linger now{1, 0};
  reset_ = true;
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace tapedeck::api
