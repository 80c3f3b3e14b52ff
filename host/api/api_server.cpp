#include "api/api_server.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>

#include <tapedeck/layer/core.hpp>

#include <atomic>

#include "api/acceptor.hpp"
#include "api/listen_address.hpp"
#include "api/server_state.hpp"
#include "api/stream_server.hpp"

namespace tapedeck {
namespace {

namespace net = Poco::Net;

net::ServerSocket listen(const ApiConfig &config) {
  const std::string address = api::loopback_address(config.host, config.port);
  try {
    net::ServerSocket socket;
    // Not SO_REUSEPORT: two servers would share the port and each get half of the requests.
    socket.bind(net::SocketAddress(address, config.port), true, false);
    socket.listen(128);
    socket.setBlocking(false);  // a client that leaves before it is accepted must not hold up the next
    return socket;
  } catch (const Poco::Exception &e) {
    const std::string where = config.host + ":" + std::to_string(config.port);
    throw Error(TDK_UNAVAILABLE, "listening on " + where + ": " + e.message() + (e.message().empty() ? e.name() : "") +
                                     "; is another program using the port? choose another in api.listen");
  }
}

}  // namespace

struct ApiServer::Parts {
  Parts(ApiConfig c, ApiPorts p, ApiLimits l) : config(std::move(c)), state(std::move(p), l) {}
  ApiConfig config;
  api::ServerState state;
  std::atomic<std::uint16_t> port{0};
  net::ServerSocket socket;
  std::unique_ptr<api::StreamServer> streams;  // outlives the acceptor, whose connections come to it
  std::unique_ptr<api::Acceptor> acceptor;
};

ApiServer::ApiServer(ApiConfig config, ApiPorts ports, ApiLimits limits)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(ports), limits)) {}

ApiServer::~ApiServer() { stop(); }

void ApiServer::start() {
  Parts &p = *parts_;
  if (p.port != 0) throw Error(TDK_INVALID_ARGUMENT, "the API is started twice; make another server");
  p.socket = listen(p.config);
  if (p.state.ports.live != nullptr) p.streams = std::make_unique<api::StreamServer>(p.state, *p.state.ports.live);
  p.state.streams = p.streams.get();
  p.acceptor = std::make_unique<api::Acceptor>(p.socket.impl()->sockfd(), p.state);
  p.port = p.socket.address().port();
}

void ApiServer::stop() {
  if (!parts_->acceptor) return;
  parts_->state.stop.cancel();
  if (parts_->streams) parts_->streams->stop();
  parts_->acceptor.reset();
  parts_->socket.close();
}

std::uint16_t ApiServer::port() const { return parts_->port; }

ApiCounts ApiServer::counts() const {
  const api::Counters &c = parts_->state.count;
  return {c.requests, c.server_errors, c.refused, c.slow, c.cut, c.gone, c.streams, c.open, c.stream_clients,
          c.stream_messages};
}

}  // namespace tapedeck
