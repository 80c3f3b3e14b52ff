#include "settings.hpp"

#include <charconv>
#include <cstdint>

#include "kit/storage/options.hpp"

namespace tapedeck::kafka {
namespace {

constexpr std::size_t kLongestTopic = 200;  // Kafka's is 249, with what follows
constexpr std::size_t kNameLength = 160;    // of many brokers a message shows the first ones

[[noreturn]] void refuse(std::string_view key, const std::string &what) {
  throw Error(TDK_INVALID_ARGUMENT, "reading the options of kafka: " + std::string(key) + " " + what);
}

std::string choice(const Config &config, const char *key, std::string_view otherwise, std::string_view choices) {
  const std::string value(config.get(key, otherwise));
  if (("|" + std::string(choices) + "|").find("|" + value + "|") == std::string::npos || value.find('|') != std::string::npos)
    refuse(key, "is none of " + std::string(choices));
  return value;
}

std::chrono::milliseconds duration(const Config &config, const char *key, const char *otherwise,
                                   std::chrono::milliseconds least, std::chrono::milliseconds most, const char *limits) {
  const auto value = kit::OptionText{"kafka", key, config.get(key, otherwise)}.duration();
  if (value < least || value > most) refuse(key, std::string("is not ") + limits);
  return value;
}

void check_broker(std::string_view broker) {
  const std::size_t bracket = broker.rfind(']'), colon = broker.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const std::string_view host = broker.substr(0, has_port ? colon : broker.size());
  if (host.empty() || host.find_first_of(" \t\r\n/@") != std::string_view::npos ||
      (host.find(':') != std::string_view::npos && !(host.starts_with('[') && host.ends_with(']'))))
    refuse("brokers", "holds what is no HOST:PORT; write 10.0.0.7:9092,10.0.0.8:9092, an address of IPv6 in brackets");
  if (!has_port) return;
  const std::string_view text = broker.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc{} || end != text.data() + text.size() || port == 0)
    refuse("brokers", "has a port that is not a number from 1 to 65535");
}

void check_brokers(std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    check_broker(list.substr(0, comma));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

void check_names(const Settings &s) {
  constexpr const char *kLegal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (s.topic.empty() || s.topic.size() > kLongestTopic || s.topic.find_first_not_of(kLegal) != std::string::npos)
    refuse("topic", "is no name of a topic: 1 to 200 of a-z, A-Z, 0-9, '.', '_' and '-'");
  if (s.client_id.empty() || s.client_id.size() > kLongestTopic || s.client_id.find_first_not_of(kLegal) != std::string::npos)
    refuse("client_id", "is no name: 1 to 200 of a-z, A-Z, 0-9, '.', '_' and '-'");
}

void check_sasl(const Settings &s) {
  const bool given = !(s.username + s.password + s.sasl_mechanism).empty();
  if (!s.sasl() && given) refuse("security", "is '" + s.security + "', but a user, password or sasl_mechanism is given; write sasl_ssl");
  if (!s.sasl()) return;
  if (s.sasl_mechanism.empty()) refuse("sasl_mechanism", "is missing: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, as the brokers have it");
  if (s.username.empty()) refuse("username", "is missing, and security is '" + s.security + "'");
  if (s.password.empty()) refuse("password", "is missing, and security is '" + s.security + "'");
}

void check_tls(const Settings &s) {
  const bool given = !(s.tls_ca + s.tls_cert + s.tls_key + s.tls_key_password).empty() || !s.tls_verify;
  if (!s.tls() && given) refuse("security", "is '" + s.security + "', but options of TLS are given; write ssl or sasl_ssl");
  if (s.tls_cert.empty() != s.tls_key.empty()) refuse("tls_cert", "and tls_key go together");
  if (s.tls_key.empty() && !s.tls_key_password.empty()) refuse("tls_key_password", "is given without tls_key");
}

}  // namespace

Settings::Settings(const Config &config)
    : brokers(config.get("brokers")),
      topic(config.get("topic", "market.data")),
      client_id(config.get("client_id", "tapedeck")),
      acks(choice(config, "acks", "all", "all|1")),
      compression(choice(config, "compression", "lz4", "none|gzip|snappy|lz4|zstd")),
      security(choice(config, "security", "plaintext", "plaintext|ssl|sasl_plaintext|sasl_ssl")),
      username(config.get("username")),
      password(config.get("password")),
      tls_ca(config.get("tls_ca")),
      tls_cert(config.get("tls_cert")),
      tls_key(config.get("tls_key")),
      tls_key_password(config.get("tls_key_password")),
      tls_verify(choice(config, "tls_verify", "true", "true|false") == "true") {
  using namespace std::chrono_literals;
  check_brokers(brokers);
  check_names(*this);
  linger = duration(config, "linger", "5ms", 0ms, 1s, "0ms to 1s");
  delivery_timeout = duration(config, "delivery_timeout", "10s", 1s, 5min, "1s to 5m");
  connect_timeout = duration(config, "connect_timeout", "5s", 1s, 1min, "1s to 1m");
  message_max = static_cast<std::size_t>(kit::OptionText{"kafka", "message_max", config.get("message_max", "1000000")}.number(
      1000, 100'000'000, "a number of bytes from 1000 to 100000000"));
  if (!config.get("sasl_mechanism").empty())
    sasl_mechanism = choice(config, "sasl_mechanism", "", "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512");
  check_sasl(*this);
  check_tls(*this);
}

std::string Settings::name() const {
  return "kafka at " + (brokers.size() <= kNameLength ? brokers : brokers.substr(0, kNameLength) + "...");
}

}  // namespace tapedeck::kafka
