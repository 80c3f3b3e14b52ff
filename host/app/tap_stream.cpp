#include "app/tap_stream.hpp"

#include <tapedeck/layer/core.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "api/listen_address.hpp"
#include "base/text.hpp"
#include "net/url.hpp"
#include "net/ws_handshake.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kHeadMax = 16 * 1024;

// As a Host header has it.
std::string name_of(const std::string &host, std::uint16_t port) {
  Url url;
  url.host = host;
  url.port = port;
  return url.host_and_port();
}

api::OwnedFd connected(const std::string &host, std::uint16_t port) {
  const std::string address = api::loopback_address(host, port);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const bool six = inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1;
  if (!six) inet_pton(AF_INET, address.c_str(), &v4.sin_addr);
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(port);
  api::OwnedFd fd(socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto *to = six ? reinterpret_cast<const sockaddr *>(&v6) : reinterpret_cast<const sockaddr *>(&v4);
  if (fd.get() >= 0 && connect(fd.get(), to, six ? sizeof v6 : sizeof v4) == 0) return fd;
  throw Error(TDK_UNAVAILABLE, "nothing answers at " + name_of(host, port) + "; start `tapedeck run FILE` first");
}

}  // namespace

TapStream::TapStream(const std::string &host, std::uint16_t port, const CancelSource &cancel)
    : where_(name_of(host, port)), cancel_(cancel), fd_(connected(host, port)) {
  shake_hands();
}

void TapStream::wait(short events) {
  for (;;) {
    pollfd fds[] = {{fd_.get(), events, 0}, {cancel_.wait_fd(), POLLIN, 0}};
    const int n = poll(fds, 2, -1);
    if (cancel_.cancelled()) throw Error(TDK_CANCELLED, "reading the stream: stopped");
    if (n > 0) return;
  }
}

void TapStream::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    else if (n < 0 && errno == EAGAIN) wait(POLLOUT);
    else if (n < 0 && errno != EINTR) throw Error(TDK_UNAVAILABLE, "the host at " + where_ + " closed the connection");
  }
}

void TapStream::receive() {
  wait(POLLIN);
  const auto room = reader_.room();
  const ssize_t n = recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT);
  if (n > 0) return reader_.filled(static_cast<std::size_t>(n));
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  throw Error(TDK_UNAVAILABLE, "the host at " + where_ + " closed the connection");
}

// Up to the blank line; what follows goes to the reader.
std::string TapStream::read_head() {
  std::string head;
  char bytes[4096];
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < kHeadMax) {
    wait(POLLIN);
    const ssize_t n = recv(fd_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n <= 0) break;
    head.append(bytes, static_cast<std::size_t>(n));
  }
  return head;
}

void TapStream::shake_hands() {
  const std::string key = make_ws_key();
  write_all("GET /api/v1/stream HTTP/1.1\r\nHost: " + where_ + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n");
  const std::string answer = read_head();
  const std::size_t end = answer.find("\r\n\r\n");
  if (end != std::string::npos && answer.starts_with("HTTP/1.1 101 ") && answer.find(ws_accept_of(key)) < end)
    return reader_.append(std::string_view(answer).substr(end + 4));
  const std::string body = end == std::string::npos ? answer : answer.substr(end + 4);
  throw Error(TDK_UNAVAILABLE, "what answers at " + where_ + " gives no stream: " +
                                   printable(answer.substr(0, answer.find('\r')), 100) + " " + printable(body, 400));
}

void TapStream::send(std::string_view text) {
  std::string frame;
  append_ws_frame(frame, WsRole::Client, WsOpcode::Text, text);
  write_all(frame);
}

// The next text in what has been received.
std::optional<std::string_view> TapStream::take() {
  for (;;) {
    const WsEvent event = reader_.next();
    switch (event.kind) {
      case WsEvent::Kind::None: return std::nullopt;
      case WsEvent::Kind::Text: return event.payload;
      case WsEvent::Kind::Binary:
      case WsEvent::Kind::Pong: break;
      case WsEvent::Kind::Ping: {
        std::string pong;
        append_ws_frame(pong, WsRole::Client, WsOpcode::Pong, event.payload);
        write_all(pong);
        break;
      }
      case WsEvent::Kind::Close:
        throw Error(TDK_UNAVAILABLE, "the host at " + where_ + " ended the stream: " + printable(reader_.close().reason));
      case WsEvent::Kind::Failure:
        throw Error(TDK_UNAVAILABLE, "what the host at " + where_ + " sends is no WebSocket: " + reader_.failure().text);
    }
  }
}

}  // namespace tapedeck
