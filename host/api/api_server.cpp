#include "api/api_server.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnection.h>

#include <sys/socket.h>

#include <tapedeck/layer/core.hpp>

#include <atomic>
#include <deque>

#include "api/connection.hpp"
#include "api/listen_address.hpp"
#include "api/server_state.hpp"

namespace tapedeck {
namespace {

namespace net = Poco::Net;
using api::ServerState;

std::string peer_of(net::StreamSocket socket) {
  try {
    return socket.peerAddress().toString();
  } catch (const Poco::Exception &) {
    return "a client that is gone";
  }
}

// Runs on a thread of the pool.
class PooledConnection : public net::TCPServerConnection {
 public:
  PooledConnection(const net::StreamSocket &socket, ServerState &server) : TCPServerConnection(socket), server_(server) {}
  ~PooledConnection() override { --server_.count.open; }
  void run() override {
    const api::Counted running(server_.count.running);
    api::Connection(socket().impl()->sockfd(), peer_of(socket()), server_).run();
    socket().close();
  }

 private:
  ServerState &server_;
};

class Connections : public net::TCPServerConnectionFactory {
 public:
  explicit Connections(ServerState &server) : server_(server) {}
  net::TCPServerConnection *createConnection(const net::StreamSocket &socket) override {
    return new PooledConnection(socket, server_);
  }

 private:
  ServerState &server_;
};

// Runs on the accepting thread: who is too many gets an answer at once instead of a place in a queue.
class Doorkeeper : public net::TCPServerConnectionFilter {
 public:
  explicit Doorkeeper(ServerState &server) : server_(server) {}

  bool accept(const net::StreamSocket &socket) override {
    if (++server_.count.open <= server_.limits.threads + server_.limits.queued) return true;
    --server_.count.open;
    ++server_.count.refused;
    refuse(socket);
    return false;
  }

 private:
  void refuse(const net::StreamSocket &socket) {
    // A new socket's buffer takes the answer whole; the accepting thread waits for nobody.
    api::Wire wire(socket.impl()->sockfd(), server_.stop, std::chrono::milliseconds(0));
    api::HttpError busy(503, "busy", "too many connections", "try again in a second");
    busy.retry_after_s = 1;
    try {
      api::Response(wire, {false, true, false}, server_.ports.clock.now_ns()).send(busy);
      net::StreamSocket(socket).shutdownSend();
    } catch (const std::exception &e) {
      server_.debug("api: refusing a connection: " + std::string(e.what()));
    }
    // Closed at once, the unread request would make a reset that may overtake the answer.
    lingering_.push_back(socket);
    if (lingering_.size() > kLingering) lingering_.pop_front();
  }

  static constexpr std::size_t kLingering = 32;
  ServerState &server_;
  std::deque<net::StreamSocket> lingering_;
};

net::ServerSocket listen(const ApiConfig &config) {
  const std::string address = api::loopback_address(config.host, config.port);
  try {
    net::ServerSocket socket;
    // Not SO_REUSEPORT: two servers would share the port and each get half of the requests.
    socket.bind(net::SocketAddress(address, config.port), true, false);
    socket.listen(128);
    return socket;
  } catch (const Poco::Exception &e) {
    const std::string where = config.host + ":" + std::to_string(config.port);
    throw Error(TDK_UNAVAILABLE, "listening on " + where + ": " + e.message() + (e.message().empty() ? e.name() : "") +
                                     "; is another program using the port? choose another in api.listen");
  }
}

net::TCPServerParams *server_params(const ApiLimits &limits) {
  auto *params = new net::TCPServerParams;
  params->setMaxThreads(limits.threads);
  params->setMaxQueued(limits.threads + limits.queued);  // the doorkeeper refuses before POCO drops silently
  // A thread that begins to wait just as the server stops sleeps this long; stop() waits for it.
  params->setThreadIdleTime(Poco::Timespan(0, 500'000));
  return params;
}

}  // namespace

struct ApiServer::Parts {
  Parts(ApiConfig c, ApiPorts p, ApiLimits l) : config(std::move(c)), state(std::move(p), l) {}
  ApiConfig config;
  ServerState state;
  std::atomic<std::uint16_t> port{0};
  std::unique_ptr<Poco::ThreadPool> threads;
  std::unique_ptr<net::TCPServer> server;
};

ApiServer::ApiServer(ApiConfig config, ApiPorts ports, ApiLimits limits)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(ports), limits)) {}

ApiServer::~ApiServer() { stop(); }

void ApiServer::start() {
  Parts &p = *parts_;
  if (p.port != 0) throw Error(TDK_INVALID_ARGUMENT, "the API is started twice; make another server");
  const net::ServerSocket socket = listen(p.config);
  p.threads = std::make_unique<Poco::ThreadPool>("api", 2, p.state.limits.threads + 1);
  p.server = std::make_unique<net::TCPServer>(new Connections(p.state), *p.threads, socket, server_params(p.state.limits));
  p.server->setConnectionFilter(new Doorkeeper(p.state));
  p.server->start();
  p.port = socket.address().port();
}

void ApiServer::stop() {
  if (!parts_->server) return;
  parts_->state.stop.cancel();
  // Wakes the accepting thread, which would look for the stop only four times a second.
  shutdown(parts_->server->socket().impl()->sockfd(), SHUT_RDWR);
  parts_->server->stop();
  parts_->threads->joinAll();
  parts_->server.reset();
  parts_->state.count.open = 0;  // those that waited for a thread were closed unseen
}

std::uint16_t ApiServer::port() const { return parts_->port; }

ApiCounts ApiServer::counts() const {
  const api::Counters &c = parts_->state.count;
  return {c.requests, c.server_errors, c.refused, c.slow, c.cut, c.gone, c.streams, c.open};
}

}  // namespace tapedeck
