#include "api/acceptor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "api/connection.hpp"

namespace tapedeck::api {
namespace {

constexpr std::size_t kRefusedKept = 32;
constexpr int kAfterFailure_ms = 50;  // out of descriptors: trying at once would only burn the processor

std::string peer_name(const sockaddr_storage &address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.ss_family == AF_INET6) {
    const auto &v6 = reinterpret_cast<const sockaddr_in6 &>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  const auto &v4 = reinterpret_cast<const sockaddr_in &>(address);
  inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
}

}  // namespace

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) close(fd_);
}

Acceptor::Acceptor(int listening_fd, ServerState &server)
    : listening_fd_(listening_fd),
      server_(server),
      queue_(static_cast<std::size_t>(server.limits.threads + server.limits.queued)),
      acceptor_([this] { accept_until_stopped(); }) {}

Acceptor::~Acceptor() {
  acceptor_.join();
  for (auto &worker : workers_) worker.join();
}

void Acceptor::accept_until_stopped() {
  pollfd fds[] = {{listening_fd_, POLLIN, 0}, {server_.stop.wait_fd(), POLLIN, 0}};
  while (!server_.stop.cancelled())
    if (poll(fds, 2, -1) > 0 && fds[1].revents == 0) accept_one();
  queue_.close();
}

void Acceptor::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = accept4(listening_fd_, reinterpret_cast<sockaddr *>(&address), &size, SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EINTR || errno == EAGAIN || errno == ECONNABORTED) return;
    server_.warn("api: accepting a connection: " + std::system_category().message(errno));
    pollfd stop{server_.stop.wait_fd(), POLLIN, 0};
    poll(&stop, 1, kAfterFailure_ms);
    return;
  }
  // Answers are written in whole pieces; waiting for more to fill a packet would only delay the last one.
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  admit({OwnedFd(fd), peer_name(address)});
}

void Acceptor::admit(Client client) {
  const bool room = ++server_.count.open <= server_.limits.threads + server_.limits.queued;
  if (room && enough_threads() && queue_.push(std::move(client))) return;
  --server_.count.open;
  ++server_.count.refused;
  refuse(std::move(client));
}

// Threads are made as they are needed, and kept. False when there is none at all.
bool Acceptor::enough_threads() {
  const auto wanted = std::min(server_.count.open.load(), server_.limits.threads);
  if (static_cast<int>(workers_.size()) >= wanted) return true;
  try {
    workers_.emplace_back([this] { serve_clients(); });
  } catch (const std::system_error &e) {
    server_.warn("api: starting a thread: " + std::string(e.what()));
  }
  return !workers_.empty();
}

void Acceptor::serve_clients() {
  while (auto client = queue_.pop()) {
    if (!server_.stop.cancelled()) Connection(client->fd.get(), client->peer, server_).run();
    client.reset();
    --server_.count.open;
  }
}

void Acceptor::refuse(Client client) {
  // A new socket's buffer takes the answer whole; the accepting thread waits for nobody.
  Wire wire(client.fd.get(), server_.stop, std::chrono::milliseconds(0));
  HttpError busy(503, "busy", "too many connections", "try again in a second");
  busy.retry_after_s = 1;
  try {
    Response(wire, {false, true, false}, server_.ports.clock.now_ns()).send(busy);
    shutdown(client.fd.get(), SHUT_WR);
  } catch (const WireLost &e) {
    server_.debug("api: " + client.peer + ": refusing it: " + e.what());
  }
  // Closed at once, the unread request would make a reset that may overtake the answer.
  refused_.push_back(std::move(client.fd));
  if (refused_.size() > kRefusedKept) refused_.pop_front();
}

}  // namespace tapedeck::api
