// A WebSocket client of its own kind: another library than the host's, so that neither covers for the other.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/wait_until.hpp"

namespace tapedeck::integration {

// Lifecycle: connects to the host's stream in the constructor, reads until the destructor or the server's end.
// Threads: any. Failures: the constructor throws std::runtime_error.
class WsClient {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  struct Message {
    Moment at;
    std::string text;
  };
  using Match = std::function<bool(const std::string &)>;

  explicit WsClient(std::uint16_t port, const std::string &path = "/api/v1/stream");
  ~WsClient();
  WsClient(const WsClient &) = delete;
  WsClient &operator=(const WsClient &) = delete;

  void send(const std::string &text);
  std::vector<Message> messages() const;  // so far
  std::size_t count() const;
  // The first one that came at `since` or later and matches.
  std::optional<Message> wait_for(const Match &match, Millis deadline = 60s, Moment since = {}) const;
  bool ended() const noexcept { return ended_; }

 private:
  struct Socket;
  void read();
  std::unique_ptr<Socket> socket_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Message> messages_;
  std::atomic<bool> stopping_{false}, ended_{false};
  std::thread reader_;
};

}  // namespace tapedeck::integration
