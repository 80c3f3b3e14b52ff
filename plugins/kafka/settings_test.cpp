#include "settings.hpp"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace tapedeck::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;
using Given = std::vector<std::pair<std::string, std::string>>;

Settings settings(const Given &options) {
  std::vector<tdk_kv> raw;
  for (const auto &[key, value] : options) raw.push_back({str(key), str(value)});
  return Settings(Config(raw.data(), raw.size()));
}

std::string refusal(Given options) {
  if (options.empty() || options[0].first != "brokers") options.insert(options.begin(), {"brokers", "h:1"});
  try {
    settings(options);
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
    return e.what();
  }
  return "(taken)";
}

TEST(KafkaSettings, HasDefaults) {
  const Settings s = settings({{"brokers", "10.0.0.7:9092,[::1]:9093,broker"}});
  EXPECT_EQ(s.name(), "kafka at 10.0.0.7:9092,[::1]:9093,broker");
  EXPECT_EQ(s.topic + " " + s.acks + " " + s.compression + " " + s.security, "market.data all lz4 plaintext");
  EXPECT_EQ(s.delivery_timeout.count(), 10'000);
  EXPECT_EQ(s.message_max, 1'000'000u);
}

TEST(KafkaSettings, RefusesBrokersThatAreNone) {
  for (const char *brokers : {"", ",", "h:1,", "h:0", "h:x", "h:70000", ":1", "::1", "kafka://h:1", "a b:1", "h:1, g:1"})
    EXPECT_THAT(refusal({{"brokers", brokers}}), HasSubstr("brokers ")) << brokers;
}

TEST(KafkaSettings, RefusesWhatCannotBeMeant) {
  for (const auto &[key, value] : Given{{"topic", ""}, {"topic", "a b"}, {"topic", std::string(201, 'a')}, {"client_id", ""},
                                        {"acks", "0"}, {"acks", "all|1"}, {"compression", "bzip"}, {"linger", "2s"},
                                        {"linger", "5"}, {"message_max", "999"}, {"message_max", "x"}, {"delivery_timeout", "0s"},
                                        {"delivery_timeout", "6m"}, {"connect_timeout", "10ms"}, {"security", "tls"},
                                        {"tls_verify", "maybe"}})
    EXPECT_THAT(refusal({{key, value}}), HasSubstr(key)) << value;
}

TEST(KafkaSettings, RefusesWhatDoesNotGoTogether) {
  const std::pair<std::string, std::string> sasl{"security", "sasl_ssl"}, tls{"security", "ssl"}, plain{"sasl_mechanism", "PLAIN"};
  EXPECT_THAT(refusal({sasl}), HasSubstr("sasl_mechanism is missing"));
  EXPECT_THAT(refusal({sasl, {"sasl_mechanism", "GSSAPI"}}), HasSubstr("sasl_mechanism is none of PLAIN"));
  EXPECT_THAT(refusal({sasl, plain}), HasSubstr("username is missing"));
  EXPECT_THAT(refusal({sasl, plain, {"username", "ann"}}), HasSubstr("password is missing"));
  EXPECT_THAT(refusal({{"username", "ann"}}), HasSubstr("write sasl_ssl"));
  EXPECT_THAT(refusal({tls, {"password", "hunter2"}}), HasSubstr("write sasl_ssl"));
  EXPECT_THAT(refusal({{"tls_ca", "ca.pem"}}), HasSubstr("options of TLS"));
  EXPECT_THAT(refusal({{"tls_verify", "false"}}), HasSubstr("options of TLS"));
  EXPECT_THAT(refusal({tls, {"tls_cert", "c.pem"}}), HasSubstr("go together"));
  EXPECT_THAT(refusal({tls, {"tls_key_password", "hunter2"}}), HasSubstr("without tls_key"));
}

TEST(KafkaSettings, NeverTellsAPassword) {
  for (const Given &options : {Given{{"password", "hunter2"}}, Given{{"security", "ssl"}, {"tls_key_password", "hunter2"}},
                               Given{{"security", "sasl_ssl"}, {"sasl_mechanism", "PLAIN"}, {"password", "hunter2"}}}) {
    EXPECT_THAT(refusal(options), Not(HasSubstr("(taken)")));
    EXPECT_THAT(refusal(options), Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace tapedeck::kafka
