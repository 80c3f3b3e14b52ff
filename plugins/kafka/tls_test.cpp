// security: ssl, as far as the handshake: the mock cluster has no TLS.
#include <gmock/gmock.h>

#include "test_sink.hpp"
#include "tls_files.hpp"
#include "tls_listener.hpp"

namespace tapedeck::kafka {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing_kafka::TlsListener;
using testing_redis::TlsFiles;

struct KafkaTls : testing::Test {
  // What publishing comes to; there is no Kafka behind the handshake.
  std::string attempt(const TlsListener &listener, const Options &more) {
    Options options = {{"security", "ssl"}, {"delivery_timeout", "2s"}};
    options.insert(options.end(), more.begin(), more.end());
    const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient("127.0.0.1:" + std::to_string(listener.port()), options), host);
    const Published result = sink.publish(numbered_events(1, 1));
    EXPECT_NE(result.status, TDK_OK);
    return result.message;
  }
  // Until the handshake has been refused and that is said, however slow the machine.
  void expect_refused(const TlsListener &listener, const Options &more) {
    while (attempt(listener, more).find("certificate") == std::string::npos) {
    }  // the test's own limit ends it
    EXPECT_EQ(listener.shaken(), 0);
  }
  void expect_shaken(const TlsListener &listener, const Options &more) {
    while (listener.shaken() == 0) attempt(listener, more);  // likewise
  }
  TlsFiles files{"127.0.0.1"};
  conformance::FakeHost host;
};

TEST_F(KafkaTls, ShakesHandsWithACertificateItKnows) {
  const TlsListener listener(files.certificate(), files.key(), false);
  expect_shaken(listener, {{"tls_ca", files.certificate()}});
}

TEST_F(KafkaTls, RefusesACertificateOfAStranger) {
  const TlsFiles stranger("127.0.0.1");
  const TlsListener listener(files.certificate(), files.key(), false);
  for (const Options &options : {Options{{"tls_ca", stranger.certificate()}}, Options{}})
    expect_refused(listener, options);
}

TEST_F(KafkaTls, RefusesACertificateOfAnotherName) {
  const TlsFiles other("kafka.example");
  const TlsListener listener(other.certificate(), other.key(), false);
  expect_refused(listener, {{"tls_ca", other.certificate()}});
}

TEST_F(KafkaTls, TakesAnyCertificateWhenToldSoAndSaysIt) {
  const TlsFiles other("kafka.example");
  const TlsListener listener(other.certificate(), other.key(), false);
  expect_shaken(listener, {{"tls_verify", "false"}});
  EXPECT_THAT(host.said(), testing::Contains(HasSubstr("not checked")));
}

TEST_F(KafkaTls, ShowsItsOwnCertificateWhereItIsWanted) {
  const TlsListener listener(files.certificate(), files.key(), true);
  attempt(listener, {{"tls_ca", files.certificate()}});
  EXPECT_EQ(listener.shaken(), 0);
  expect_shaken(listener, {{"tls_ca", files.certificate()}, {"tls_cert", files.certificate()}, {"tls_key", files.key()}});
}

TEST_F(KafkaTls, AFileThatIsNotThereIsNamed) {
  const TlsListener listener(files.certificate(), files.key(), false);
  EXPECT_THAT(attempt(listener, {{"tls_ca", "/nowhere/ca.pem"}}), AllOf(HasSubstr("setting up kafka at"), HasSubstr("ssl.ca.location")));
}

}  // namespace
}  // namespace tapedeck::kafka
