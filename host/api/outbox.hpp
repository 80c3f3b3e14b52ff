// Frames on their way to one client: put in by any thread, sent by one, never more than the limits allow.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::api {

// Whole WebSocket frames, one behind the other.
struct Frames {
  std::string bytes;
  std::vector<std::uint32_t> sizes;  // of each frame

  void clear() noexcept {
    bytes.clear();
    sizes.clear();
  }
  // Says that what was appended to `bytes` since `from` is one frame.
  void mark(std::size_t from) { sizes.push_back(static_cast<std::uint32_t>(bytes.size() - from)); }
};

// Threads: put() any; the rest one, the sender.
class Outbox {
 public:
  // Adds the frames that are wholly sent to `sent`.
  Outbox(std::size_t bytes_max, std::size_t frames_max, std::atomic<std::uint64_t> &sent)
      : bytes_max_(bytes_max), frames_max_(frames_max), total_sent_(sent) {}

  // All of them, or none where the limits would be passed; never waits for the client. True: the sender
  // has to be told, because it does not know yet that something is here.
  bool put(const Frames &frames);
  // The same, but when nothing waits and nothing was put in for a while, `fd` gets them here and now: that
  // spares a message that comes alone the way through the sender's thread.
  bool put_at_once(const Frames &frames, int fd);

  enum class State {
    Empty,    // all is sent
    More,     // enough for one turn; call again soon
    Blocked,  // the client's socket takes no more now
    Full,     // more came than the limits allow: the client reads too slowly
    Gone,     // the connection is lost
  };
  // Hands to the socket what it takes without waiting.
  State send(int fd);
  bool full() const;

  // Throws away all frames that are not begun, and accepts no others. The number of those thrown away
  // and of those that found no room.
  std::uint64_t drop();
  // After everything that is still here; then nothing more is accepted.
  void finish(std::string_view last_frames);

 private:
  bool put_locked(const Frames &frames, std::size_t sent);
  bool refill();
  void advance(std::size_t bytes);

  const std::size_t bytes_max_, frames_max_;
  std::atomic<std::uint64_t> &total_sent_;
  mutable std::mutex mutex_;
  Frames filling_;                    // guarded, as are the next eight
  bool filling_begun_ = false;        // the beginning of its first frame is sent already
  std::chrono::steady_clock::time_point put_at_;
  std::size_t bytes_ = 0;             // here and in sending_
  std::size_t frames_ = 0;
  std::uint64_t refused_ = 0;
  bool told_ = false;                 // the sender knows; while it does not, nothing is here or in sending_
  bool full_ = false;
  bool closed_ = false;

  Frames sending_;             // the sender's own
  std::size_t sent_ = 0;       // bytes of sending_
  std::size_t frame_ = 0;      // the first frame of it that is not wholly sent
  std::size_t frame_end_ = 0;  // the bytes up to the end of the frames before that one
  bool begun_ = false;         // as filling_begun_
};

}  // namespace tapedeck::api
