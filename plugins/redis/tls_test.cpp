// rediss://, through POCO's NetSSL.
#include <gmock/gmock.h>
#include <poll.h>

#include "cache_conformance.hpp"
#include "redis_server.hpp"
#include "tls_files.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck::conformance {
namespace {

using testing_redis::RedisServer;
using testing_redis::TlsFiles;

constexpr std::int64_t kHour = 3'600'000'000'000;

struct Tls : testing::Test {
  std::vector<std::string> arguments(const char *clients) const {
    return {"--tls-port", "TLS_PORT", "--tls-cert-file", files.certificate(), "--tls-key-file", files.key(),
            "--tls-ca-cert-file", files.certificate(), "--tls-auth-clients", clients};
  }
  CacheClient client(const RedisServer &server, const std::string &host, Options more) {
    Options options = {{"url", "rediss://" + host + ":" + std::to_string(server.tls_port())},
                       {"call_timeout", "1m"}, {"connect_timeout", "1m"}};
    options.insert(options.end(), more.begin(), more.end());
    return {REDIS_PLUGIN, "redis", options, fake};
  }
  static tdk_status look(CacheClient &c) {
    try {
      c.get("a");
      return TDK_OK;
    } catch (const Error &e) {
      return e.code();
    }
  }
  TlsFiles files{"127.0.0.1"};
  FakeHost fake;
};

TEST_F(Tls, KeepsValuesLargeAndSmall) {
  const RedisServer server(arguments("no"));
  auto c = client(server, "127.0.0.1", {{"ca_file", files.certificate()}});
  for (const std::size_t size : {0u, 1u, 1u << 20}) {
    c.set("a", std::string(size, 'x'), kHour);
    const auto value = c.get("a");
    ASSERT_TRUE(value) << size;
    EXPECT_EQ(value->bytes.size(), size);
  }
}

TEST_F(Tls, RefusesACertificateOfAStranger) {
  const RedisServer server(arguments("no"));
  const TlsFiles stranger("127.0.0.1");
  auto c = client(server, "127.0.0.1", {{"ca_file", stranger.certificate()}});
  EXPECT_EQ(look(c), TDK_UNAVAILABLE);
  auto unknown = client(server, "127.0.0.1", {});
  EXPECT_EQ(look(unknown), TDK_UNAVAILABLE);
}

TEST_F(Tls, RefusesACertificateOfAnotherName) {
  const RedisServer server(arguments("no"));
  auto c = client(server, "localhost", {{"ca_file", files.certificate()}});
  EXPECT_EQ(look(c), TDK_UNAVAILABLE);
  EXPECT_THAT(fake.said(), testing::ElementsAre(testing::HasSubstr("is away")));
}

TEST_F(Tls, ShowsItsOwnCertificateWhereItIsWanted) {
  const RedisServer server(arguments("yes"));
  auto without = client(server, "127.0.0.1", {{"ca_file", files.certificate()}});
  EXPECT_EQ(look(without), TDK_UNAVAILABLE);
  auto with = client(server, "127.0.0.1",
                     {{"ca_file", files.certificate()}, {"cert_file", files.certificate()}, {"key_file", files.key()}});
  EXPECT_EQ(look(with), TDK_OK);
}

TEST_F(Tls, AFileThatIsNotThereIsSaid) {
  const RedisServer server(arguments("no"));
  auto c = client(server, "127.0.0.1", {{"ca_file", "/nowhere/ca.pem"}});
  EXPECT_EQ(look(c), TDK_UNAVAILABLE);
  ASSERT_EQ(fake.said().size(), 1u);
}

TEST_F(Tls, ARestartIsSurvived) {
  RedisServer server(arguments("no"));
  auto c = client(server, "127.0.0.1", {{"ca_file", files.certificate()}});
  c.set("a", "1", kHour);
  server.stop();
  EXPECT_EQ(look(c), TDK_UNAVAILABLE);
  server.start();
  while (look(c) != TDK_OK) poll(nullptr, 0, 10);  // the test's own limit ends it
  EXPECT_FALSE(c.get("a"));
}

}  // namespace
}  // namespace tapedeck::conformance
