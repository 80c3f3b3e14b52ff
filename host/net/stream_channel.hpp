// A connection to a vendor that stays open: TCP or TLS, perhaps through a proxy.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "net/connection.hpp"

namespace tapedeck {

// Lifecycle: open(), then calls; the connection ends with the object. Threads: one at a time.
class StreamChannel {
 public:
  // Connects, always by a tunnel when there is a proxy. Throws NetFailure.
  static std::unique_ptr<StreamChannel> open(const WireRequest &wire, TlsClient &tls, IoScope &scope);
  ~StreamChannel();

  // What has come, at least one byte; 0: the peer has closed. Throws NetFailure; after a time-out or a
  // cancellation nothing is lost, and the next call goes on.
  std::size_t receive(std::span<char> into, IoScope &scope);
  // Sends all of it. Throws NetFailure; then nobody knows how much has left.
  void send(std::string_view bytes, IoScope &scope);

 private:
  struct Socket;
  StreamChannel(std::unique_ptr<Socket> socket, ScopeSlot slot);
  ScopeSlot slot_;
  std::unique_ptr<Socket> socket_;
};

}  // namespace tapedeck
