// The options of one Kafka cluster, parsed.
#pragma once

#include <tapedeck/plugin.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace tapedeck::kafka {

struct Settings {
  // Throws TDK_INVALID_ARGUMENT; the text never holds a password.
  explicit Settings(const Config &config);

  std::string brokers, topic, client_id;
  std::string acks, compression;
  std::chrono::milliseconds linger{}, delivery_timeout{}, connect_timeout{};
  std::size_t message_max = 0;  // bytes
  std::string security, sasl_mechanism, username, password;
  std::string tls_ca, tls_cert, tls_key, tls_key_password;
  bool tls_verify = true;

  bool tls() const { return security.ends_with("ssl"); }
  bool sasl() const { return security.starts_with("sasl"); }
  std::string name() const;  // "kafka at 10.0.0.7:9092", for people
};

inline constexpr tdk_option kOptions[] = {
    option("brokers", TDK_OPT_STRING, nullptr,
           "HOST:PORT of a few brokers, with commas between; they name the others. No port: 9092.", TDK_OPT_REQUIRED),
    option("topic", TDK_OPT_STRING, "market.data",
           "What names of topics begin with: market.data.candle, .tick, .finding and .source."),
    option("client_id", TDK_OPT_STRING, "tapedeck", "Whom the brokers see, in their logs and quotas."),
    option("acks", TDK_OPT_STRING, "all",
           "Who has a message before it counts: all replicas in sync, or 1, the leader. With 1 nothing is idempotent: a "
           "leader that dies loses messages, and what a broker refuses may be overtaken.",
           0, "all|1"),
    option("compression", TDK_OPT_STRING, "lz4", "Of what is sent and kept.", 0, "none|gzip|snappy|lz4|zstd"),
    option("linger", TDK_OPT_DURATION, "5ms", "How long to wait for more of a batch: up to 1s."),
    option("message_max", TDK_OPT_INT, "1000000",
           "Bytes of the largest message and batch, no more than the brokers' message.max.bytes: 1000 to 100000000. A larger "
           "event is given up."),
    option("delivery_timeout", TDK_OPT_DURATION, "10s",
           "Without any acknowledgement for so long, the brokers count as away: 1s to 5m."),
    option("connect_timeout", TDK_OPT_DURATION, "5s", "For a connection with TLS and SASL, and for a check of health: 1s to 1m."),
    option("security", TDK_OPT_STRING, "plaintext", "How to talk to the brokers.", 0, "plaintext|ssl|sasl_plaintext|sasl_ssl"),
    option("sasl_mechanism", TDK_OPT_STRING, nullptr, "How to log in, where security is sasl_.", 0,
           "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512"),
    option("username", TDK_OPT_STRING, "", "For SASL."),
    option("password", TDK_OPT_STRING, "", "For SASL.", TDK_OPT_SECRET),
    option("tls_ca", TDK_OPT_STRING, "", "CAs (PEM) that the brokers' certificates are checked by; empty: the system's."),
    option("tls_cert", TDK_OPT_STRING, "", "Certificate (PEM) to show the brokers, where they want one."),
    option("tls_key", TDK_OPT_STRING, "", "The key (PEM) of that certificate."),
    option("tls_key_password", TDK_OPT_STRING, "", "Of that key, where it has one.", TDK_OPT_SECRET),
    option("tls_verify", TDK_OPT_BOOL, "true", "Check the brokers' certificates and names. false: for a test only."),
};

}  // namespace tapedeck::kafka
