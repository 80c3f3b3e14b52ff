#include "api/outbox.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace tapedeck::api {
namespace {

// Messages that come closer than this are sent together by the sender's thread: a send for each would take
// the publisher's time.
constexpr std::chrono::microseconds kAlone{100};
constexpr int kTurn = 16;  // sends in one turn, so that one busy client leaves time for the others
constexpr std::size_t kKept = 256 * 1024;  // memory that an empty outbox keeps

}  // namespace

bool Outbox::put(const Frames &frames) {
  std::lock_guard lock(mutex_);
  return put_locked(frames, 0);
}

bool Outbox::put_at_once(const Frames &frames, int fd) {
  const auto now = std::chrono::steady_clock::now();
  std::lock_guard lock(mutex_);
  const bool alone = now - std::exchange(put_at_, now) >= kAlone;
  if (told_ || closed_ || !alone) return put_locked(frames, 0);
  const ssize_t n = ::send(fd, frames.bytes.data(), frames.bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return put_locked(frames, n > 0 ? static_cast<std::size_t>(n) : 0);
}

// Of `frames` the first `sent` bytes have left.
bool Outbox::put_locked(const Frames &frames, std::size_t sent) {
  if (closed_) return false;
  if (sent > 0) {
    std::size_t whole = 0, end = 0;
    while (whole < frames.sizes.size() && end + frames.sizes[whole] <= sent) end += frames.sizes[whole++];
    total_sent_ += whole;
    if (whole == frames.sizes.size()) return false;
    filling_.bytes.append(frames.bytes, sent);
    filling_.sizes.assign(frames.sizes.begin() + static_cast<std::ptrdiff_t>(whole), frames.sizes.end());
    filling_.sizes[0] -= static_cast<std::uint32_t>(sent - end);
    filling_begun_ = sent > end;
    bytes_ += filling_.bytes.size();
    frames_ += filling_.sizes.size();
    return !std::exchange(told_, true);
  }
  if (full_ || bytes_ + frames.bytes.size() > bytes_max_ || frames_ + frames.sizes.size() > frames_max_) {
    refused_ += frames.sizes.size();
    return !std::exchange(full_, true);
  }
  filling_.bytes += frames.bytes;
  filling_.sizes.insert(filling_.sizes.end(), frames.sizes.begin(), frames.sizes.end());
  bytes_ += frames.bytes.size();
  frames_ += frames.sizes.size();
  return !std::exchange(told_, true);
}

bool Outbox::full() const {
  std::lock_guard lock(mutex_);
  return full_ && !closed_;
}

// False when there is nothing; then put() tells the sender of the next.
bool Outbox::refill() {
  if (sent_ < sending_.bytes.size()) return true;
  sending_.clear();
  if (sending_.bytes.capacity() > kKept) sending_ = {};
  sent_ = frame_ = frame_end_ = 0;
  std::lock_guard lock(mutex_);
  std::swap(sending_, filling_);
  begun_ = std::exchange(filling_begun_, false);
  told_ = !sending_.sizes.empty();
  return told_;
}

void Outbox::advance(std::size_t bytes) {
  const std::size_t first = frame_;
  sent_ += bytes;
  while (frame_ < sending_.sizes.size() && frame_end_ + sending_.sizes[frame_] <= sent_)
    frame_end_ += sending_.sizes[frame_++];
  total_sent_ += frame_ - first;
  std::lock_guard lock(mutex_);
  bytes_ -= bytes;
  frames_ -= frame_ - first;
}

Outbox::State Outbox::send(int fd) {
  if (full()) return State::Full;
  for (int turn = 0; turn < kTurn; ++turn) {
    if (!refill()) return State::Empty;
    const ssize_t n = ::send(fd, sending_.bytes.data() + sent_, sending_.bytes.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) advance(static_cast<std::size_t>(n));
    else if (n < 0 && errno == EAGAIN) return State::Blocked;
    else if (n < 0 && errno != EINTR) return State::Gone;
  }
  return State::More;
}

std::uint64_t Outbox::drop() {
  refill();
  // The frame under way stays, or the client could not read what follows it.
  const bool begun = sent_ > frame_end_ || (begun_ && frame_ == 0 && !sending_.sizes.empty());
  const std::size_t keep = frame_ + (begun ? 1 : 0);
  std::uint64_t dropped = sending_.sizes.size() - keep;
  sending_.bytes.resize(frame_end_ + (begun ? sending_.sizes[frame_] : 0));
  sending_.sizes.resize(keep);
  std::lock_guard lock(mutex_);
  dropped += filling_.sizes.size() + refused_;
  filling_ = {};
  bytes_ = sending_.bytes.size() - sent_;
  frames_ = begun ? 1 : 0;
  closed_ = true;
  return dropped;
}

void Outbox::finish(std::string_view last_frames) {
  std::lock_guard lock(mutex_);
  filling_.bytes += last_frames;
  filling_.sizes.push_back(static_cast<std::uint32_t>(last_frames.size()));
  bytes_ += last_frames.size();
  ++frames_;
  closed_ = told_ = true;
}

}  // namespace tapedeck::api
