#include "sim/stream_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tapedeck::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// The kernel buffers little, so that a client that does not read is noticed.
constexpr int kKernelBuffer = 1 << 17;
constexpr std::size_t kDripPieces = 50;
constexpr milliseconds kFinishPatience{500};

timespec to_timespec(nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((duration - seconds).count())};
}

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

StreamSocket::StreamSocket(int descriptor, const Waker &waker, Framing framing, std::uint64_t seed)
    : descriptor_(descriptor), waker_(waker), framing_(framing), lines_(seed) {
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &kKernelBuffer, sizeof kKernelBuffer);
}

/// Before, there was nothing that the client could have taken.
void StreamSocket::begin_waiting() {
  if (pending() == 0) progress_ = Steady::now();
}

void StreamSocket::send(Opcode opcode, std::string_view payload) {
  begin_waiting();
  if (framing_ == Framing::WebSocket) return append_frame(out_, opcode, payload);
  if (opcode == Opcode::Text) lines_.add(payload);
  if (opcode == Opcode::Close) send_raw(LineChunks::kLast);
}

void StreamSocket::send_raw(std::string_view bytes) {
  begin_waiting();
  lines_.take(out_);
  out_ += bytes;
}

std::string StreamSocket::framed(std::string_view text) const {
  if (framing_ == Framing::Lines) return LineChunks::whole(text);
  std::string frame;
  append_frame(frame, Opcode::Text, text);
  return frame;
}

bool StreamSocket::flush() {
  lines_.take(out_);
  while (pending() > 0) {
    const ssize_t written =
        ::send(descriptor_, out_.data() + sent_, pending(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written < 0 && would_block()) break;
    if (written <= 0) return false;
    sent_ += static_cast<std::size_t>(written);
    progress_ = Steady::now();
  }
  if (pending() == 0) {
    out_.clear();
    sent_ = 0;
    progress_ = Steady::now();
  } else if (sent_ > out_.size() / 2) {
    out_.erase(0, sent_);
    sent_ = 0;
  }
  return true;
}

bool StreamSocket::flush_all(milliseconds patience) {
  while (flush()) {
    if (pending() == 0) return true;
    if (stalled() > patience) return false;
    wait_for(POLLOUT, patience);
  }
  return false;
}

bool StreamSocket::receive(std::string &in) {
  std::array<char, 4096> piece;
  // A frame too long is refused by its head; more than that is not read ahead.
  while (in.size() <= 2 * kMaxClientFrame) {
    const ssize_t got = ::recv(descriptor_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got < 0 && would_block()) return true;
    if (got <= 0) return false;
    in.append(piece.data(), static_cast<std::size_t>(got));
  }
  return true;
}

void StreamSocket::wait(std::optional<nanoseconds> timeout) {
  const auto out_events = static_cast<short>(pending() > 0 ? POLLIN | POLLOUT : POLLIN);
  std::array<pollfd, 2> polled{{{descriptor_, out_events, 0}, {waker_.descriptor(), POLLIN, 0}}};
  const timespec limit = to_timespec(timeout.value_or(nanoseconds(0)));
  ::ppoll(polled.data(), polled.size(), timeout ? &limit : nullptr, nullptr);
}

bool StreamSocket::wait_for(short events, nanoseconds timeout) {
  pollfd polled{descriptor_, events, 0};
  const timespec limit = to_timespec(timeout);
  return ::ppoll(&polled, 1, &limit, nullptr) > 0;
}

nanoseconds StreamSocket::stalled() const {
  return pending() == 0 ? nanoseconds(0) : Steady::now() - progress_;
}

bool StreamSocket::drip(std::string_view bytes, milliseconds duration) {
  const std::size_t pieces = std::clamp<std::size_t>(bytes.size(), 1, kDripPieces);
  std::size_t from = 0;
  for (std::size_t i = 1; i <= pieces; ++i) {
    const std::size_t upto = bytes.size() * i / pieces;
    send_raw(bytes.substr(from, upto - from));
    from = upto;
    if (!flush()) return false;
    // Only a hang-up of the client ends this wait early.
    wait_for(POLLRDHUP, nanoseconds(duration) / static_cast<std::int64_t>(pieces));
  }
  return true;
}

void StreamSocket::finish() {
  flush_all(kFinishPatience);
  ::shutdown(descriptor_, SHUT_WR);
  // Unread input would turn the end into a reset, which throws away what is still on its way.
  std::string ignored;
  const auto deadline = Steady::now() + kFinishPatience;
  while (receive(ignored) && Steady::now() < deadline) {
    ignored.clear();
    wait_for(POLLIN, deadline - Steady::now());
  }
}

void StreamSocket::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace tapedeck::sim
