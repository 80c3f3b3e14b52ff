// A vendor that says what Binance says and is never the bottleneck: as much REST as the plugin asks for,
// and a WebSocket whose messages somebody else writes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tapedeck::bench {

// Lifecycle: serves on 127.0.0.1 until it ends, which closes all connections. Threads: any; one of its own
// for each connection.
class LiveFeed {
 public:
  // `symbols` are bases of pairs with USDT: "BTC".
  explicit LiveFeed(const std::vector<std::string> &symbols);
  LiveFeed(const LiveFeed &) = delete;
  LiveFeed &operator=(const LiveFeed &) = delete;
  ~LiveFeed();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // The socket of the newest WebSocket, once that many streams are subscribed to on it. Throws when that
  // takes longer than half a minute. Only the caller writes to it from then on.
  int wait_for_streams(std::size_t streams);

 private:
  void accept_all();
  void serve(int fd);
  bool answer(int fd, const std::string &head);
  void serve_web_socket(int fd, const std::string &received);
  std::string body_of(const std::string &path) const;

  const std::string exchange_info_;
  int listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable subscribed_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  int newest_ = -1;
  std::size_t streams_ = 0;  // of the newest
  std::thread acceptor_;
};

// Writes all of it; false when the connection is lost.
bool write_all(int fd, const char *data, std::size_t size);

}  // namespace tapedeck::bench
