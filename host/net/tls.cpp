#include "net/tls.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SecureStreamSocketImpl.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include "base/text.hpp"
#include "net/url.hpp"

namespace tapedeck {
namespace {

using Poco::Net::SecureStreamSocket;

int counted_in(IoScope &scope, int n) {
  scope.traffic.bytes_in += static_cast<std::uint64_t>(n);
  scope.traffic.ended = n == 0;
  return n;
}

// Gives POCO's streams a socket that never blocks outside IoScope::wait().
class PlainImpl final : public Poco::Net::StreamSocketImpl {
 public:
  PlainImpl(int fd, ScopeSlot slot) : StreamSocketImpl(fd), slot_(std::move(slot)) {}
  using StreamSocketImpl::receiveBytes;
  using StreamSocketImpl::sendBytes;
  int receiveBytes(void *buffer, int length, int) override {
    IoScope &scope = scope_of(slot_);
    const auto size = static_cast<std::size_t>(length);
    return counted_in(scope, static_cast<int>(receive_some(sockfd(), static_cast<char *>(buffer), size, scope)));
  }
  int sendBytes(const void *buffer, int length, int) override {
    IoScope &scope = scope_of(slot_);
    send_all(sockfd(), static_cast<const char *>(buffer), static_cast<std::size_t>(length), scope);
    scope.traffic.bytes_out += static_cast<std::uint64_t>(length);
    return length;
  }

 private:
  ScopeSlot slot_;
};

class TlsImpl final : public Poco::Net::SecureStreamSocketImpl {
 public:
  TlsImpl(StreamSocketImpl *inner, const Poco::Net::Context::Ptr &context, ScopeSlot slot)
      : SecureStreamSocketImpl(inner, context), slot_(std::move(slot)) {}
  using StreamSocketImpl::receiveBytes;
  using StreamSocketImpl::sendBytes;

  void shake_hands(const std::string &host) {
    if (!is_ip_address(host)) setPeerHostName(host);
    connectSSL();
    while (waited(completeHandshake()) < 0) {
    }
  }
  int receiveBytes(void *buffer, int length, int flags) override {
    return counted_in(scope_of(slot_), guarded([&] {
                        return SecureStreamSocketImpl::receiveBytes(buffer, length, flags);
                      }));
  }
  int sendBytes(const void *buffer, int length, int flags) override {
    int sent = 0;
    while (sent < length)
      sent += guarded([&] {
        return SecureStreamSocketImpl::sendBytes(static_cast<const char *>(buffer) + sent, length - sent,
                                                 flags);
      });
    scope_of(slot_).traffic.bytes_out += static_cast<std::uint64_t>(length);
    return length;
  }

 private:
  template <class F>
  int guarded(F &&io) {
    try {
      for (;;)
        if (const int n = waited(io()); n >= 0) return n;
    } catch (const Poco::Exception &e) {
      scope_of(slot_).fail(NetFault::Reset, "TLS connection broken: " + printable(e.message()));
    }
  }
  int waited(int result) {
    if (result < 0)
      scope_of(slot_).wait(sockfd(), result == SecureStreamSocket::ERR_SSL_WANT_WRITE ? POLLOUT : POLLIN);
    return result;
  }
  ScopeSlot slot_;
};

// StreamSocket's constructor from an implementation is for derived classes.
struct Wrapped : Poco::Net::StreamSocket {
  explicit Wrapped(Poco::Net::SocketImpl *impl) : StreamSocket(impl) {}
};

// OpenSSL calls this on the thread that shakes hands; its error queue alone would not say why.
thread_local std::string t_refusal;

int on_verify(int ok, X509_STORE_CTX *store) {
  if (ok == 0) t_refusal = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
  return ok;
}

}  // namespace

struct TlsClient::HostContext {
  Poco::Net::Context::Ptr context;
};

Poco::Net::StreamSocket make_plain_socket(Fd fd, ScopeSlot slot) {
  auto *impl = new PlainImpl(fd.get(), std::move(slot));  // reference counted by the socket
  fd.release();
  return Wrapped(impl);
}

TlsClient::TlsClient(std::string ca_file, bool insecure)
    : ca_file_(std::move(ca_file)), insecure_(insecure) {}
TlsClient::~TlsClient() = default;

TlsClient::HostContext &TlsClient::context_of(const std::string &host, IoScope &scope) {
  const std::lock_guard lock(mutex_);
  auto &entry = contexts_[host];
  if (entry) return *entry;
  using Poco::Net::Context;
  try {
    auto made = std::make_unique<HostContext>();
    made->context = new Context(Context::TLS_CLIENT_USE, ca_file_,
                                insecure_ ? Context::VERIFY_NONE : Context::VERIFY_STRICT, 9,
                                ca_file_.empty() && !insecure_);
    made->context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    made->context->enableExtendedCertificateVerification(false);
    SSL_CTX *ssl = made->context->sslContext();
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(ssl);
    const int set = is_ip_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                                        : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    if (set != 1) scope.fail(NetFault::Tls, "the host name cannot be verified");
    if (!insecure_) SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, on_verify);
    entry = std::move(made);
  } catch (const Poco::Exception &e) {
    scope.fail(NetFault::Tls, "cannot set up TLS with ca_file \"" + printable(ca_file_) +
                                  "\": " + printable(e.message()));
  }
  return *entry;
}

Poco::Net::StreamSocket TlsClient::handshake(Fd fd, const std::string &host, ScopeSlot slot) {
  IoScope &scope = **slot;
  const auto context = context_of(host, scope).context;
  Poco::AutoPtr<Poco::Net::StreamSocketImpl> inner(new Poco::Net::StreamSocketImpl(fd.get()));
  fd.release();
  inner->setBlocking(false);  // POCO remembers it, and then reports WANT_READ instead of waiting
  auto *impl = new TlsImpl(inner.get(), context, std::move(slot));
  Poco::Net::StreamSocket socket = Wrapped(impl);
  t_refusal.clear();
  try {
    impl->shake_hands(host);
  } catch (const Poco::Exception &e) {
    if (!t_refusal.empty()) scope.fail(NetFault::Tls, "certificate refused: " + t_refusal);
    scope.fail(NetFault::Tls, "TLS handshake failed: " + printable(e.displayText()));
  }
  return socket;
}

}  // namespace tapedeck
