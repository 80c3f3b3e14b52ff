#include "live_feed.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>

#include <chrono>
#include <stdexcept>

#include "base/clock.hpp"
#include "net/ws_frame.hpp"
#include "net/ws_handshake.hpp"

namespace tapedeck::bench {
namespace {

std::string exchange_info_of(const std::vector<std::string> &symbols) {
  boost::json::array listed;
  for (const std::string &base : symbols)
    listed.push_back(boost::json::object{{"symbol", base + "USDT"},
                                         {"status", "TRADING"},
                                         {"baseAsset", base},
                                         {"quoteAsset", "USDT"}});
  return boost::json::serialize(boost::json::object{{"symbols", listed}});
}

// The value of a header line; the plugin's host writes them as in the standards.
std::string header_of(const std::string &head, const std::string &name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

std::int64_t now_ms() { return system_clock().now_ns() / 1'000'000; }

}  // namespace

bool write_all(int fd, const char *data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::send(fd, data, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

LiveFeed::LiveFeed(const std::vector<std::string> &symbols)
    : exchange_info_(exchange_info_of(symbols)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto *address = reinterpret_cast<sockaddr *>(&name);
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, address, &size) != 0)
    throw std::runtime_error("the feed cannot listen");
  port_ = ntohs(name.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

LiveFeed::~LiveFeed() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (const int fd : sockets_) ::shutdown(fd, SHUT_RDWR);
  for (auto &thread : threads_) thread.join();
  for (const int fd : sockets_) ::close(fd);
  ::close(listener_);
}

void LiveFeed::accept_all() {
  for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::lock_guard lock(mutex_);
    sockets_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void LiveFeed::serve(int fd) {
  std::string received;
  char piece[16384];
  for (ssize_t n = 0; (n = ::recv(fd, piece, sizeof piece, 0)) > 0;) {
    received.append(piece, static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = received.find("\r\n\r\n")) != std::string::npos;) {
      const std::string head = received.substr(0, end + 2);
      received.erase(0, end + 4);
      if (!header_of(head, "Sec-WebSocket-Key").empty()) {
        if (answer(fd, head)) serve_web_socket(fd, received);
        return;
      }
      if (!answer(fd, head)) return;
    }
  }
}

std::string LiveFeed::body_of(const std::string &path) const {
  if (path.starts_with("/api/v3/exchangeInfo")) return exchange_info_;
  if (path.starts_with("/api/v3/time")) return "{\"serverTime\":" + std::to_string(now_ms()) + "}";
  return path.starts_with("/api/v3/klines") ? "[]" : "{}";
}

bool LiveFeed::answer(int fd, const std::string &head) {
  const std::string key = header_of(head, "Sec-WebSocket-Key");
  const std::size_t from = head.find(' ') + 1;
  const std::string body = body_of(head.substr(from, head.find(' ', from) - from));
  const std::string text =
      key.empty() ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body
                  : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: " + ws_accept_of(key) + "\r\n\r\n";
  return write_all(fd, text.data(), text.size());
}

// Acknowledges what is subscribed to, and drops everything else that is said.
void LiveFeed::serve_web_socket(int fd, const std::string &received) {
  {
    std::lock_guard lock(mutex_);
    newest_ = fd;
    streams_ = 0;
    subscribed_.notify_all();
  }
  WsReader reader(WsRole::Server);
  reader.append(received);
  for (;;) {
    for (WsEvent e = reader.next(); e.kind != WsEvent::Kind::None; e = reader.next()) {
      if (e.kind == WsEvent::Kind::Close || e.kind == WsEvent::Kind::Failure) return;
      if (e.kind != WsEvent::Kind::Text) continue;
      const auto said = boost::json::parse(e.payload).as_object();
      std::string ack;
      append_ws_frame(ack, WsRole::Server, WsOpcode::Text,
                      "{\"result\":null,\"id\":" + boost::json::serialize(said.at("id")) + "}");
      if (!write_all(fd, ack.data(), ack.size())) return;
      std::lock_guard lock(mutex_);
      streams_ += said.at("params").as_array().size();
      subscribed_.notify_all();
    }
    const auto room = reader.room();
    const ssize_t n = ::recv(fd, room.data(), room.size(), 0);
    if (n <= 0) return;
    reader.filled(static_cast<std::size_t>(n));
  }
}

int LiveFeed::wait_for_streams(std::size_t streams) {
  std::unique_lock lock(mutex_);
  const auto there = [&] { return newest_ >= 0 && streams_ >= streams; };
  if (!subscribed_.wait_for(lock, std::chrono::seconds(30), there))
    throw std::runtime_error("only " + std::to_string(streams_) + " of " + std::to_string(streams) +
                             " streams are subscribed to");
  streams_ = 0;
  return std::exchange(newest_, -1);
}

}  // namespace tapedeck::bench
