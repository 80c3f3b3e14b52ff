// What librdkafka is told, what it says, and what the host is told of events.
#include <gmock/gmock.h>
#include <syslog.h>

#include <map>

#include "broker_errors.hpp"
#include "client_config.hpp"
#include "client_log.hpp"
#include "outcomes.hpp"
#include "plugin_under_test.hpp"

namespace tapedeck::kafka {
namespace {

using conformance::FakeHost;
using testing::ElementsAre;
using testing::HasSubstr;
using Given = std::vector<std::pair<std::string, std::string>>;

std::map<std::string, std::string> told(Given options, int batch_events = 0) {
  options.emplace_back("brokers", "a:1,b:2");
  std::vector<tdk_kv> raw;
  for (const auto &[key, value] : options) raw.push_back({str(key), str(value)});
  const ClientConfig config = make_client_config(Settings(Config(raw.data(), raw.size())), batch_events);
  std::size_t count = 0;
  const char **dump = rd_kafka_conf_dump(config.get(), &count);
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i + 1 < count; i += 2) out[dump[i]] = dump[i + 1];
  rd_kafka_conf_dump_free(dump, count);
  return out;
}

// What the configuration holds behind the dump's mask.
std::string held(const Given &options, const char *key) {
  std::vector<tdk_kv> raw{{str("brokers"), str("a:1")}};
  for (const auto &[k, value] : options) raw.push_back({str(k), str(value)});
  const ClientConfig config = make_client_config(Settings(Config(raw.data(), raw.size())));
  char text[200] = "";
  std::size_t size = sizeof text;
  EXPECT_EQ(rd_kafka_conf_get(config.get(), key, text, &size), RD_KAFKA_CONF_OK);
  return text;
}

TEST(KafkaClientConfig, IsIdempotentWithAllReplicas) {
  auto all = told({});
  EXPECT_EQ(all["enable.idempotence"], "true");
  EXPECT_EQ(all["enable.gapless.guarantee"], "true");
  EXPECT_EQ(all["max.in.flight.requests.per.connection"], "1");
  EXPECT_EQ(all["metadata.broker.list"], "a:1,b:2");
  EXPECT_EQ(held({}, "partitioner"), "murmur2_random");
  EXPECT_EQ(told({{"acks", "1"}})["enable.idempotence"], "false");
}

TEST(KafkaClientConfig, TakesWhatIsSet) {
  auto set = told({{"client_id", "here"}, {"compression", "zstd"}, {"linger", "7ms"}, {"message_max", "50000"},
                   {"delivery_timeout", "20s"}, {"connect_timeout", "3s"}}, 12);
  EXPECT_EQ(set["client.id"], "here");
  EXPECT_EQ(set["compression.codec"], "zstd");
  EXPECT_EQ(set["queue.buffering.max.ms"], "7");
  EXPECT_EQ(set["message.max.bytes"], "50000");
  EXPECT_EQ(set["batch.size"], "50000");
  EXPECT_EQ(set["batch.num.messages"], "12");
  EXPECT_EQ(set["socket.timeout.ms"], "20000");
  EXPECT_EQ(set["socket.connection.setup.timeout.ms"], "3000");
}

TEST(KafkaClientConfig, EveryCompressionIsBuiltIn) {
  for (const char *name : {"none", "gzip", "snappy", "lz4", "zstd"}) EXPECT_EQ(told({{"compression", name}})["compression.codec"], name);
}

TEST(KafkaClientConfig, TakesSasl) {
  for (const char *mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    const Given options = {{"security", "sasl_ssl"}, {"sasl_mechanism", mechanism}, {"username", "ann"}, {"password", "hunter2"}};
    auto sasl = told(options);
    EXPECT_EQ(sasl["security.protocol"], "sasl_ssl");
    EXPECT_EQ(sasl["sasl.mechanisms"], mechanism);
    EXPECT_EQ(sasl["sasl.username"], "ann");
    EXPECT_EQ(held(options, "sasl.password"), "hunter2");
  }
}

TEST(KafkaClientConfig, TakesTls) {
  const Given options = {{"security", "ssl"}, {"tls_ca", "ca.pem"}, {"tls_cert", "c.pem"}, {"tls_key", "k.pem"}, {"tls_key_password", "hunter2"}};
  auto tls = told(options);
  EXPECT_EQ(tls["security.protocol"], "ssl");
  EXPECT_EQ(tls["ssl.ca.location"], "ca.pem");
  EXPECT_EQ(tls["ssl.certificate.location"], "c.pem");
  EXPECT_EQ(tls["ssl.key.location"], "k.pem");
  EXPECT_EQ(held(options, "ssl.key.password"), "hunter2");
  EXPECT_EQ(tls["enable.ssl.certificate.verification"], "true");
  EXPECT_EQ(tls["ssl.endpoint.identification.algorithm"], "https");
  auto trusting = told({{"security", "ssl"}, {"tls_verify", "false"}});
  EXPECT_EQ(trusting["enable.ssl.certificate.verification"], "false");
  EXPECT_EQ(trusting["ssl.endpoint.identification.algorithm"], "none");
}

TEST(KafkaClientLog, SaysATextOnceAMinuteWhateverItsFigures) {
  FakeHost host;
  ClientLog log{Host(host.raw())};
  for (int port = 1; port < 30; ++port)
    log.take(LOG_ERR, "[thrd:h:" + std::to_string(port) + "/bootstrap]: h:" + std::to_string(port) +
                          "/bootstrap: Connect failed: Connection refused (after 3ms in state CONNECT)");
  log.take(LOG_INFO, "something else");
  EXPECT_THAT(host.said(), ElementsAre("kafka: h:1/bootstrap: Connect failed: Connection refused",
                                       "kafka: something else (28 lines left out before)"));
}

TEST(KafkaClientLog, HasAnEndOfLines) {
  FakeHost host;
  ClientLog log{Host(host.raw())};
  for (char a = 'a'; a <= 'z'; ++a) log.take(LOG_ERR, std::string(3, a));
  EXPECT_EQ(host.said().size(), 20u);
}

TEST(KafkaClientLog, RemembersTheLastTrouble) {
  FakeHost host;
  ClientLog log{Host(host.raw())};
  log.take(LOG_ERR, "bro\nken");
  log.take(LOG_INFO, "fine");
  EXPECT_EQ(log.last_trouble(0), "bro?ken");
  EXPECT_EQ(log.last_trouble(INT64_MAX), "");
}

TEST(KafkaErrors, OnlyWhatAnEventIsIsForGood) {
  for (const auto error : {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION})
    EXPECT_EQ(status_of(error), TDK_INVALID_ARGUMENT) << text_of(error);
  for (const auto error : {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                           RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, RD_KAFKA_RESP_ERR__FATAL})
    EXPECT_NE(status_of(error), TDK_INVALID_ARGUMENT) << text_of(error);
}

struct KafkaOutcomes : testing::Test {
  // "index:status" of what is reported of events with these keys.
  std::vector<std::string> report(const Outcomes &outcomes) {
    std::vector<std::string> out;
    const tdk_event_failure_sink sink{sizeof sink, 0, &out, [](void *p, std::uint64_t i, tdk_status s, tdk_str) -> tdk_status {
                                        static_cast<std::vector<std::string> *>(p)->push_back(std::to_string(i) + ":" + std::to_string(s));
                                        return TDK_OK;
                                      }};
    EventFailures failures(&sink);
    const auto told = outcomes.report(failures);
    EXPECT_EQ(told, out.size());
    return out;
  }
  Rows<tdk_event> rows(const std::vector<const char *> &keys) {
    for (const char *key : keys) events.push_back({sizeof(tdk_event), 0, 0, 0, str("candle"), str(key), {}});
    return {events.data(), events.size(), sizeof(tdk_event)};
  }
  std::vector<tdk_event> events;
};

TEST_F(KafkaOutcomes, WhatIsTriedAgainHoldsUpItsKey) {
  const auto given = rows({"a", "b", "a", "a", "b"});
  Outcomes outcomes(given);
  for (const std::uint64_t i : {0u, 1u, 3u, 4u}) outcomes.take(i);
  outcomes.fail(2, TDK_PERMISSION_DENIED, "no");
  EXPECT_THAT(report(outcomes), ElementsAre("2:8", "3:10")) << "even though it was taken";
}

TEST_F(KafkaOutcomes, WhatIsGivenUpHoldsUpNobody) {
  const auto given = rows({"a", "a", "a"});
  Outcomes outcomes(given);
  outcomes.fail(0, TDK_INVALID_ARGUMENT, "too large");
  outcomes.take(1);
  outcomes.fail_open(TDK_UNAVAILABLE, "away");
  EXPECT_THAT(report(outcomes), ElementsAre("0:4", "2:10"));
}

TEST_F(KafkaOutcomes, WhatIsGivenUpIsSaidBehindOneToBeTriedAgain) {
  const auto given = rows({"a", "a"});
  Outcomes outcomes(given);
  outcomes.fail(0, TDK_UNAVAILABLE, "away");
  outcomes.fail(1, TDK_INVALID_ARGUMENT, "too large");
  EXPECT_THAT(report(outcomes), ElementsAre("0:10", "1:4"));
}

}  // namespace
}  // namespace tapedeck::kafka
