// security: ssl, as far as the handshake: the mock cluster has no TLS.
#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "test_sink.hpp"
#include "tls_files.hpp"

namespace tapedeck::kafka {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing_redis::TlsFiles;

// Shakes hands with everyone who comes, counts who did, and hangs up.
class TlsListener {
 public:
  TlsListener(const TlsFiles &files, bool wants_certificate) : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    SSL_CTX_use_certificate_file(context_.get(), files.certificate().c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), files.key().c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_load_verify_locations(context_.get(), files.certificate().c_str(), nullptr);
    SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);  // whose handshake tells both sides at once
    if (wants_certificate) SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(socket_, reinterpret_cast<const sockaddr *>(&address), size);
    listen(socket_, 16);
    getsockname(socket_, reinterpret_cast<sockaddr *>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsListener() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  TlsListener(const TlsListener &) = delete;
  TlsListener &operator=(const TlsListener &) = delete;
  std::string at(const std::string &host) const { return host + ":" + std::to_string(port_); }
  int shaken() const { return shaken_; }

 private:
  void serve() {
    for (int peer = -1; (peer = accept(socket_, nullptr, nullptr)) >= 0; close(peer)) {
      const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), &SSL_free);
      SSL_set_fd(ssl.get(), peer);
      if (SSL_accept(ssl.get()) == 1) ++shaken_;
    }
  }
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  std::atomic<int> shaken_{0};
  std::thread thread_;
};

struct KafkaTls : testing::Test {
  // What publishing comes to; there is no Kafka behind the handshake.
  std::string attempt(const TlsListener &listener, const std::string &name, const Options &more) {
    Options options = {{"security", "ssl"}, {"delivery_timeout", "2s"}};
    options.insert(options.end(), more.begin(), more.end());
    const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(listener.at(name), options), host);
    const Published result = sink.publish(numbered_events(1, 1));
    EXPECT_NE(result.status, TDK_OK);
    return result.message;
  }
  TlsFiles files{"127.0.0.1"};
  conformance::FakeHost host;
};

TEST_F(KafkaTls, ShakesHandsWithACertificateItKnows) {
  const TlsListener listener(files, false);
  const std::string message = attempt(listener, "127.0.0.1", {{"tls_ca", files.certificate()}});
  EXPECT_GT(listener.shaken(), 0) << message;
}

TEST_F(KafkaTls, RefusesACertificateOfAStranger) {
  const TlsFiles stranger("127.0.0.1");
  const TlsListener listener(files, false);
  for (const Options &options : {Options{{"tls_ca", stranger.certificate()}}, Options{}})
    EXPECT_THAT(attempt(listener, "127.0.0.1", options), HasSubstr("certificate"));
  EXPECT_EQ(listener.shaken(), 0);
}

TEST_F(KafkaTls, RefusesACertificateOfAnotherName) {
  const TlsFiles other("kafka.example");
  const TlsListener listener(other, false);
  EXPECT_THAT(attempt(listener, "127.0.0.1", {{"tls_ca", other.certificate()}}), HasSubstr("certificate"));
  EXPECT_EQ(listener.shaken(), 0);
}

TEST_F(KafkaTls, TakesAnyCertificateWhenToldSoAndSaysIt) {
  const TlsFiles other("kafka.example");
  const TlsListener listener(other, false);
  attempt(listener, "127.0.0.1", {{"tls_verify", "false"}});
  EXPECT_GT(listener.shaken(), 0);
  EXPECT_THAT(host.said(), testing::Contains(HasSubstr("not checked")));
}

TEST_F(KafkaTls, ShowsItsOwnCertificateWhereItIsWanted) {
  const TlsListener listener(files, true);
  attempt(listener, "127.0.0.1", {{"tls_ca", files.certificate()}});
  EXPECT_EQ(listener.shaken(), 0);
  attempt(listener, "127.0.0.1",
          {{"tls_ca", files.certificate()}, {"tls_cert", files.certificate()}, {"tls_key", files.key()}});
  EXPECT_GT(listener.shaken(), 0);
}

TEST_F(KafkaTls, AFileThatIsNotThereIsNamed) {
  const TlsListener listener(files, false);
  EXPECT_THAT(attempt(listener, "127.0.0.1", {{"tls_ca", "/nowhere/ca.pem"}}), AllOf(HasSubstr("setting up kafka at"), HasSubstr("ssl.ca.location")));
}

}  // namespace
}  // namespace tapedeck::kafka
