// One established connection to an origin or its proxy, and one exchange of request and answer on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_client.hpp"
#include "net/io_scope.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace tapedeck {

struct WireRequest {
  const HttpRequest &request;
  const Url &url;
  const ProxyServer *proxy;  // NULL: none
  const HttpSettings &settings;
};

enum class Tunnel : std::uint8_t { ForTls, Always };

// A TCP connection by the request's way: to its host, to its proxy, or through the proxy's tunnel to its
// host. Throws NetFailure.
Fd open_route(const WireRequest &wire, Tunnel tunnel, IoScope &scope);

// Lifecycle: used by one request at a time. Threads: one at a time.
class Connection {
 public:
  Connection(Fd fd, const WireRequest &wire, TlsClient &tls, IoScope &scope);
  ~Connection();

  // Connects, through the proxy if there is one. Throws NetFailure.
  static std::unique_ptr<Connection> open(const WireRequest &wire, TlsClient &tls, IoScope &scope);
  // What a connection may be used for again: scheme, host, port and proxy.
  static std::string route(const WireRequest &wire);

  // Still open, and nothing unasked has come.
  bool quiet() const;
  // Sends the request and reads the whole answer. True when the connection may be used again. Throws
  // NetFailure; the connection is of no use after that.
  bool exchange(const WireRequest &wire, IoScope &scope, HttpAnswer &out);

 private:
  class Session;
  void send(const WireRequest &wire);
  bool receive(const WireRequest &wire, IoScope &scope, HttpAnswer &out);

  ScopeSlot slot_;
  std::unique_ptr<Session> session_;
};

}  // namespace tapedeck
