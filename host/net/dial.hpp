// TCP connections: straight to an address, or through a proxy's CONNECT.
#pragma once

#include <cstdint>
#include <string>

#include "net/io_scope.hpp"
#include "net/resolver.hpp"

namespace tapedeck {

// Owns a socket until release(). Lifecycle: move only.
class Fd {
 public:
  explicit Fd(int fd = -1) noexcept : fd_(fd) {}
  Fd(Fd &&other) noexcept : fd_(other.release()) {}
  Fd &operator=(Fd &&other) noexcept;
  ~Fd();
  int get() const noexcept { return fd_; }
  int release() noexcept;

 private:
  int fd_;
};

// A connected non-blocking socket with TCP_NODELAY; tries the addresses of `host` in turn, none of
// them for longer than its share of `connect_ns`. Throws NetFailure: Dns, Refused, Timeout, Cancelled.
// Threads: any.
Fd dial(const std::string &host, std::uint16_t port, std::int64_t connect_ns, const LookUp &look_up,
        IoScope &scope);

// Asks the proxy at the other end of `fd` for a tunnel to `host_and_port`; `authorization` is the value
// of Proxy-Authorization, empty for none. Throws NetFailure: Proxy with the proxy's status, Reset,
// Timeout, Cancelled.
void open_tunnel(int fd, const std::string &host_and_port, const std::string &authorization,
                 IoScope &scope);

// Sends all of `data`, receives up to `size` bytes (0: the peer has closed). Throws NetFailure: Reset,
// Timeout, Cancelled.
void send_all(int fd, const char *data, std::size_t size, IoScope &scope);
std::size_t receive_some(int fd, char *data, std::size_t size, IoScope &scope);

}  // namespace tapedeck
