#include "tls_listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace tapedeck::testing_kafka {

TlsListener::TlsListener(const std::string &certificate, const std::string &key, bool wants_certificate)
    : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  SSL_CTX_use_certificate_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_load_verify_locations(context_.get(), certificate.c_str(), nullptr);
  SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);  // both sides have checked when it ends
  if (wants_certificate) SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(socket_, reinterpret_cast<const sockaddr *>(&address), size) != 0 || listen(socket_, 16) != 0 ||
      getsockname(socket_, reinterpret_cast<sockaddr *>(&address), &size) != 0)
    throw std::runtime_error("no port for TLS");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

TlsListener::~TlsListener() {
  shutdown(socket_, SHUT_RDWR);
  thread_.join();
  close(socket_);
}

void TlsListener::serve() {
  for (int peer = -1; (peer = accept(socket_, nullptr, nullptr)) >= 0; close(peer)) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), &SSL_free);
    SSL_set_fd(ssl.get(), peer);
    if (SSL_accept(ssl.get()) == 1) ++shaken_;
  }
}

}  // namespace tapedeck::testing_kafka
