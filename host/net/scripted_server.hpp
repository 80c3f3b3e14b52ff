// A vendor for tests: each accepted connection plays the next scene of a script on a loopback socket.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tapedeck::testing {

// The server's end of one connection. Threads: the scene's.
class Peer {
 public:
  // `ssl` (an SSL *, owned) stays NULL for plain TCP.
  explicit Peer(int fd, void *ssl = nullptr) : fd_(fd), ssl_(ssl) {}
  ~Peer();
  Peer(const Peer &) = delete;
  Peer &operator=(const Peer &) = delete;

  // Head of the next request, up to and with the empty line; empty when the client has closed.
  std::string read_head();
  std::string read_exactly(std::size_t size);
  void send(std::string_view bytes);
  // 200 with a Content-Length, to keep the connection.
  void answer(std::string_view body, std::string_view extra_headers = "");
  // Blocks until the client gives up.
  void hang();
  // Byte for byte, until the client gives up.
  void drip(char byte);
  void reset();
  void close();
  // Goes on in TLS on the same connection.
  bool start_tls(void *context);

 private:
  int fd_;
  void *ssl_;
};

using Scene = std::function<void(Peer &)>;

class ScriptedServer {
 public:
  // Connections beyond the script are closed at once. `tls_context`: an SSL_CTX *, NULL for plain TCP.
  explicit ScriptedServer(std::vector<Scene> script, void *tls_context = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer &) = delete;
  ScriptedServer &operator=(const ScriptedServer &) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  int accepted() const { return accepted_; }

 private:
  void accept_loop();
  void play(int fd, std::size_t scene);

  const std::vector<Scene> script_;
  void *tls_context_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> scenes_;
  std::thread acceptor_;
};

// A self-signed certificate for `host` (a name or an IP address) and the server context that shows it.
class TestCertificate {
 public:
  explicit TestCertificate(const std::string &host);
  ~TestCertificate();
  TestCertificate(const TestCertificate &) = delete;
  TestCertificate &operator=(const TestCertificate &) = delete;
  void *server_context() const { return context_; }
  const std::string &pem_file() const { return pem_file_; }

 private:
  void *context_;
  std::string pem_file_;
};

}  // namespace tapedeck::testing
