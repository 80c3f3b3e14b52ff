// A server of TLS on loopback that knows nothing behind the handshake.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

struct ssl_ctx_st;

namespace tapedeck::testing_kafka {

// Shakes hands with everyone who comes, counts with whom it could, and hangs up.
// Lifecycle: from the constructor to the destructor. Threads: any.
class TlsListener {
 public:
  // PEM files of its certificate, which is its own CA, and key.
  TlsListener(const std::string &certificate, const std::string &key, bool wants_certificate);
  ~TlsListener();
  TlsListener(const TlsListener &) = delete;
  TlsListener &operator=(const TlsListener &) = delete;

  std::uint16_t port() const { return port_; }
  int shaken() const { return shaken_; }

 private:
  void serve();
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st *)> context_;
  const int socket_;
  std::uint16_t port_ = 0;
  std::atomic<int> shaken_{0};
  std::thread thread_;
};

}  // namespace tapedeck::testing_kafka
