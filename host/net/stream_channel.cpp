#include "net/stream_channel.hpp"

#include <Poco/Net/StreamSocket.h>

#include <algorithm>

namespace tapedeck {

struct StreamChannel::Socket {
  Poco::Net::StreamSocket stream;
};

namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // POCO counts in int

struct InUse {  // the scope ends with the call, the socket does not
  IoScope *&slot;
  InUse(IoScope *&where, IoScope &scope) : slot(where) { slot = &scope; }
  ~InUse() { slot = nullptr; }
  InUse(const InUse &) = delete;
  InUse &operator=(const InUse &) = delete;
};

}  // namespace

StreamChannel::StreamChannel(std::unique_ptr<Socket> socket, ScopeSlot slot)
    : slot_(std::move(slot)), socket_(std::move(socket)) {}
StreamChannel::~StreamChannel() = default;

std::unique_ptr<StreamChannel> StreamChannel::open(const WireRequest &wire, TlsClient &tls, IoScope &scope) {
  Fd fd = open_route(wire, Tunnel::Always, scope);
  const auto slot = std::make_shared<IoScope *>(nullptr);
  const InUse in_use(*slot, scope);
  scope.begin_limited("shaking hands by TLS", wire.settings.connect_timeout_ns);
  auto socket = std::make_unique<Socket>(
      Socket{wire.url.tls ? tls.handshake(std::move(fd), wire.url.host, slot) : make_plain_socket(std::move(fd), slot)});
  scope.end_limit();
  return std::unique_ptr<StreamChannel>(new StreamChannel(std::move(socket), slot));
}

std::size_t StreamChannel::receive(std::span<char> into, IoScope &scope) {
  const InUse in_use(*slot_, scope);
  const int size = static_cast<int>(std::min(into.size(), kMostAtOnce));
  return static_cast<std::size_t>(socket_->stream.receiveBytes(into.data(), size));
}

void StreamChannel::send(std::string_view bytes, IoScope &scope) {
  const InUse in_use(*slot_, scope);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kMostAtOnce)))
    socket_->stream.sendBytes(bytes.data(), static_cast<int>(std::min(bytes.size(), kMostAtOnce)));
}

}  // namespace tapedeck
