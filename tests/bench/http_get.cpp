#include "http_get.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Socket {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ~Socket() { ::close(fd); }
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// Finds the head's end and counts lines, over whatever pieces the socket gives.
class Counter {
 public:
  Counter(Got &got, Clock::time_point began, std::string *keep)
      : got_(got), began_(began), keep_(keep) {}

  void take(const char *data, std::size_t size) {
    got_.bytes += size;
    if (in_body_) return body(data, size);
    head_.append(data, size);
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    in_body_ = true;
    if (head_.size() > 12) got_.status = std::stoi(head_.substr(9, 3));
    body(head_.data() + end + 4, head_.size() - end - 4);
  }

 private:
  void body(const char *data, std::size_t size) {
    if (size == 0) return;
    if (got_.first_byte_s == 0) got_.first_byte_s = seconds_since(began_);
    if (keep_ != nullptr) keep_->append(data, size);
    for (std::size_t i = 0; i < size; ++i) {
      got_.lines += data[i] == '\n' && last_ != '\r';
      last_ = data[i];
    }
  }

  Got &got_;
  const Clock::time_point began_;
  std::string *keep_;
  std::string head_;
  bool in_body_ = false;
  char last_ = 0;
};

}  // namespace

Got http_get(std::uint16_t port, const std::string &target, std::string *keep) {
  Got got;
  const Socket socket;
  const auto began = Clock::now();
  sockaddr_in name = loopback(port);
  if (::connect(socket.fd, reinterpret_cast<sockaddr *>(&name), sizeof name) != 0) return got;
  const std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" +
                              std::to_string(port) + "\r\nConnection: close\r\n\r\n";
  if (::send(socket.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return got;
  Counter counter(got, began, keep);
  char buffer[262144];
  for (ssize_t n = 0; (n = ::recv(socket.fd, buffer, sizeof buffer, 0)) > 0;)
    counter.take(buffer, static_cast<std::size_t>(n));
  got.all_s = seconds_since(began);
  return got;
}

std::uint16_t free_port() {
  const Socket socket;
  sockaddr_in name = loopback(0);
  socklen_t size = sizeof name;
  auto *address = reinterpret_cast<sockaddr *>(&name);
  if (::bind(socket.fd, address, size) != 0 || ::getsockname(socket.fd, address, &size) != 0)
    throw std::runtime_error("no free port");
  return ntohs(name.sin_port);
}

}  // namespace tapedeck::bench
