// Sockets as POCO's sessions use them, plain or TLS, waiting in an IoScope.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "net/dial.hpp"
#include "net/io_scope.hpp"

namespace Poco::Net {
class StreamSocket;
}

namespace tapedeck {

// `slot` must hold the scope of the request whenever the socket is used.
Poco::Net::StreamSocket make_plain_socket(Fd fd, ScopeSlot slot);

// TLS 1.2 or later. The chain and the host name are verified by OpenSSL itself: POCO's own check
// lets every certificate pass for loopback names.
// Threads: any.
class TlsClient {
 public:
  // `ca_file` (PEM) stands in for the system's CAs when it is not empty; `insecure` verifies nothing.
  // Both are read when the first connection is made.
  TlsClient(std::string ca_file, bool insecure);
  ~TlsClient();

  // Shakes hands over `fd` with `host` (sent as SNI unless it is an IP address). Throws NetFailure:
  // Tls with OpenSSL's reason, Reset, Timeout, Cancelled.
  Poco::Net::StreamSocket handshake(Fd fd, const std::string &host, ScopeSlot slot);

 private:
  struct HostContext;
  HostContext &context_of(const std::string &host, IoScope &scope);

  const std::string ca_file_;
  const bool insecure_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<HostContext>> contexts_;  // the host name is part of a context
};

}  // namespace tapedeck
