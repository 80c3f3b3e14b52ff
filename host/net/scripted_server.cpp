#include "net/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tapedeck::testing {
namespace {

SSL *ssl_of(void *ssl) { return static_cast<SSL *>(ssl); }

}  // namespace

Peer::~Peer() { close(); }

std::string Peer::read_exactly(std::size_t size) {
  std::string out(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const int n = ssl_ != nullptr ? SSL_read(ssl_of(ssl_), out.data() + filled, static_cast<int>(size - filled))
                                  : static_cast<int>(::recv(fd_, out.data() + filled, size - filled, 0));
    if (n <= 0) break;
    filled += static_cast<std::size_t>(n);
  }
  out.resize(filled);
  return out;
}

std::string Peer::read_head() {
  std::string out;
  while (out.size() < 4 || out.compare(out.size() - 4, 4, "\r\n\r\n") != 0) {
    const std::string c = read_exactly(1);
    if (c.empty()) return {};
    out += c;
  }
  return out;
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty() && fd_ >= 0) {
    const int n = ssl_ != nullptr ? SSL_write(ssl_of(ssl_), bytes.data(), static_cast<int>(bytes.size()))
                                  : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (n <= 0) return;  // the client has gone, as some tests want
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Peer::answer(std::string_view body, std::string_view extra_headers) {
  send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(extra_headers) +
       "\r\n" + std::string(body));
}

void Peer::hang() {
  while (!read_exactly(1).empty()) {
  }
}

void Peer::drip(char byte) {
  for (pollfd fd{fd_, POLLIN, 0}; ::poll(&fd, 1, 2) == 0;) send(std::string_view(&byte, 1));
}

void Peer::reset() {
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(fd_, -1));
}

void Peer::close() {
  if (ssl_ != nullptr) {
    if (fd_ >= 0) SSL_shutdown(ssl_of(ssl_));
    SSL_free(ssl_of(std::exchange(ssl_, nullptr)));
  }
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool Peer::start_tls(void *context) {
  SSL *ssl = SSL_new(static_cast<SSL_CTX *>(context));
  SSL_set_fd(ssl, fd_);
  ssl_ = ssl;
  return SSL_accept(ssl) == 1;
}

ScriptedServer::ScriptedServer(std::vector<Scene> script, void *tls_context)
    : script_(std::move(script)), tls_context_(tls_context), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto *address = reinterpret_cast<sockaddr *>(&name);
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 64) != 0) throw std::runtime_error("listen");
  getsockname(listener_, address, &size);
  port_ = ntohs(name.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto &scene : scenes_) scene.join();
}

std::string ScriptedServer::url(std::string_view path) const {
  return (tls_context_ != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) +
         std::string(path);
}

void ScriptedServer::accept_loop() {
  for (;;) {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    const auto scene = static_cast<std::size_t>(accepted_++);
    if (scene >= script_.size()) {
      ::close(fd);
      continue;
    }
    const std::lock_guard lock(mutex_);
    const int guard = ::dup(fd);  // the scene may close its own at any time
    open_.push_back(guard);
    scenes_.emplace_back([this, fd, guard, scene] {
      play(fd, scene);
      const std::lock_guard done(mutex_);
      std::erase(open_, guard);
      ::close(guard);
    });
  }
}

void ScriptedServer::play(int fd, std::size_t scene) {
  Peer peer(fd);
  if (tls_context_ == nullptr || peer.start_tls(tls_context_)) script_[scene](peer);
}

}  // namespace tapedeck::testing
