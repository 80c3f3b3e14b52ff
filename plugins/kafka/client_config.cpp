#include "client_config.hpp"

#include <algorithm>

namespace tapedeck::kafka {
namespace {

constexpr std::size_t kBatchBytes = 1'000'000;  // librdkafka's default
constexpr int kBatchEvents = 10'000;            // likewise
constexpr int kTopicPatience = 5000;            // ms: how long a topic may be unknown before its events are refused

class Writer {
 public:
  explicit Writer(rd_kafka_conf_t *conf) : conf_(conf) {}
  void set(const char *key, const std::string &value) const {
    char ignored[1];  // what librdkafka says of a value may hold it
    if (rd_kafka_conf_set(conf_, key, value.c_str(), ignored, sizeof ignored) != RD_KAFKA_CONF_OK)
      throw Error(TDK_INVALID_ARGUMENT, std::string("setting up kafka: librdkafka ") + rd_kafka_version_str() +
                                            " does not take the value for its option " + key);
  }
  void set(const char *key, std::int64_t value) const { set(key, std::to_string(value)); }
  void set_unless_empty(const char *key, const std::string &value) const {
    if (!value.empty()) set(key, value);
  }

 private:
  rd_kafka_conf_t *conf_;
};

void set_delivery(const Writer &out, const Settings &s, int batch_events) {
  const bool idempotent = s.acks == "all";
  out.set("acks", s.acks);
  out.set("enable.idempotence", idempotent ? "true" : "false");
  // What a broker refuses stops the producer, before it sends what comes behind.
  if (idempotent) out.set("enable.gapless.guarantee", "true");
  out.set("max.in.flight.requests.per.connection", 1);
  // One patience, in publish(): a message that ends by itself would be overtaken by its successors.
  out.set("message.timeout.ms", 0);
  out.set("request.timeout.ms", s.delivery_timeout.count());
  out.set("socket.timeout.ms", s.delivery_timeout.count());
  out.set("topic.metadata.propagation.max.ms", std::min<std::int64_t>(kTopicPatience, s.delivery_timeout.count() / 2));
  out.set("partitioner", "murmur2_random");  // the Java client's: one key is in one partition, whoever writes
  out.set("compression.codec", s.compression);
  out.set("linger.ms", s.linger.count());
  out.set("message.max.bytes", static_cast<std::int64_t>(s.message_max));
  out.set("batch.size", static_cast<std::int64_t>(std::min(s.message_max, kBatchBytes)));
  out.set("batch.num.messages", batch_events > 0 ? batch_events : kBatchEvents);
}

void set_connection(const Writer &out, const Settings &s) {
  out.set("bootstrap.servers", s.brokers);
  out.set("client.id", s.client_id);
  out.set("socket.connection.setup.timeout.ms", s.connect_timeout.count());
  out.set("socket.keepalive.enable", "true");
  out.set("reconnect.backoff.max.ms", 1000);
  out.set("log.connection.close", "false");  // brokers close idle connections
}

void set_security(const Writer &out, const Settings &s) {
  out.set("security.protocol", s.security);
  if (s.sasl()) {
    out.set("sasl.mechanism", s.sasl_mechanism);
    out.set("sasl.username", s.username);
    out.set("sasl.password", s.password);
  }
  if (!s.tls()) return;
  out.set_unless_empty("ssl.ca.location", s.tls_ca);
  out.set_unless_empty("ssl.certificate.location", s.tls_cert);
  out.set_unless_empty("ssl.key.location", s.tls_key);
  out.set_unless_empty("ssl.key.password", s.tls_key_password);
  out.set("enable.ssl.certificate.verification", s.tls_verify ? "true" : "false");
  out.set("ssl.endpoint.identification.algorithm", s.tls_verify ? "https" : "none");
}

}  // namespace

ClientConfig make_client_config(const Settings &settings, int batch_events) {
  ClientConfig out(rd_kafka_conf_new(), &rd_kafka_conf_destroy);
  const Writer writer(out.get());
  set_connection(writer, settings);
  set_security(writer, settings);
  set_delivery(writer, settings, batch_events);
  return out;
}

}  // namespace tapedeck::kafka
