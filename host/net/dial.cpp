#include "net/dial.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace tapedeck {
namespace {

struct Address {
  sockaddr_storage data{};
  socklen_t size = 0;
};

Address make_address(const std::string &ip, std::uint16_t port) {
  Address out;
  sockaddr_in v4{};
  if (inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&out.data, &v4, out.size = sizeof v4);
    return out;
  }
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&out.data, &v6, out.size = sizeof v6);
  }
  return out;
}

std::string error_text(int error) {
  return error == ECONNREFUSED ? "connection refused" : std::generic_category().message(error);
}

// 0, or the errno of a connection that was not made.
int connect_one(const Fd &fd, const Address &address, IoScope &scope) {
  const auto *name = reinterpret_cast<const sockaddr *>(&address.data);
  if (::connect(fd.get(), name, address.size) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  scope.wait(fd.get(), POLLOUT);
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

Fd open_socket(const Address &address, int &error) {
  Fd fd(::socket(address.data.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  error = fd.get() < 0 ? errno : 0;
  const int on = 1;
  if (fd.get() >= 0) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// The status of an HTTP/1.x status line, 0 when it is none.
int status_of_line(const std::string &head) {
  if (head.compare(0, 7, "HTTP/1.") != 0 || head.size() < 12 || head[8] != ' ') return 0;
  const auto digit = [&](std::size_t i) { return head[i] >= '0' && head[i] <= '9' ? head[i] - '0' : -1000; };
  return std::max(digit(9) * 100 + digit(10) * 10 + digit(11), 0);
}

}  // namespace

Fd &Fd::operator=(Fd &&other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}
Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}
int Fd::release() noexcept { return std::exchange(fd_, -1); }

Fd dial(const std::string &host, std::uint16_t port, std::int64_t connect_ns, const LookUp &look_up,
        IoScope &scope) {
  scope.begin_limited("looking up the host name", connect_ns);
  const auto addresses = resolve_host(host, look_up, scope);
  int error = EHOSTUNREACH;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const bool last = i + 1 == addresses.size();
    const Address address = make_address(addresses[i], port);
    if (address.size == 0) continue;
    Fd fd = open_socket(address, error);
    if (error != 0) continue;
    scope.begin_limited("connecting", connect_ns / static_cast<std::int64_t>(addresses.size()));
    try {
      error = connect_one(fd, address, scope);
    } catch (const NetFailure &failure) {
      if (failure.fault() != NetFault::Timeout || last) throw;
      scope.forget_failure();
      error = ETIMEDOUT;
    }
    if (error == 0) {
      scope.end_limit();
      return fd;
    }
  }
  scope.fail(NetFault::Refused, error_text(error));
}

void send_all(int fd, const char *data, std::size_t size, IoScope &scope) {
  while (size > 0) {
    const ssize_t n = ::send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      data += n;
      size -= static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      scope.wait(fd, POLLOUT);
    } else if (errno != EINTR) {
      scope.fail(NetFault::Reset, error_text(errno));
    }
  }
}

std::size_t receive_some(int fd, char *data, std::size_t size, IoScope &scope) {
  for (;;) {
    const ssize_t n = ::recv(fd, data, size, MSG_DONTWAIT);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EAGAIN)
      scope.wait(fd, POLLIN);
    else if (errno != EINTR)
      scope.fail(NetFault::Reset, error_text(errno));
  }
}

void open_tunnel(int fd, const std::string &host_and_port, const std::string &authorization,
                 IoScope &scope) {
  constexpr std::size_t kMaxHead = 8192;
  std::string head = "CONNECT " + host_and_port + " HTTP/1.1\r\nHost: " + host_and_port + "\r\n";
  if (!authorization.empty()) head += "Proxy-Authorization: " + authorization + "\r\n";
  head += "\r\n";
  send_all(fd, head.data(), head.size(), scope);
  head.clear();
  // Byte by byte, so that nothing behind the head is taken away from TLS.
  while (head.size() < 4 || head.compare(head.size() - 4, 4, "\r\n\r\n") != 0) {
    char c = 0;
    if (receive_some(fd, &c, 1, scope) == 0) scope.fail(NetFault::Proxy, "the proxy closed the connection");
    head += c;
    if (head.size() > kMaxHead) scope.fail(NetFault::Proxy, "the proxy's answer has no end");
  }
  const int status = status_of_line(head);
  if (status < 200 || status > 299)
    scope.fail(NetFault::Proxy, "the proxy refused the tunnel with status " + std::to_string(status));
}

}  // namespace tapedeck
