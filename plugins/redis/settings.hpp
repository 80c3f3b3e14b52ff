// The options of one Redis, parsed.
#pragma once

#include <tapedeck/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace tapedeck::redis {

struct Settings {
  // Throws TDK_INVALID_ARGUMENT; the text never holds a password.
  explicit Settings(const Config &config);

  std::string host;
  std::uint16_t port = 6379;
  int database = 0;
  bool tls = false;
  std::string username, password;
  std::string prefix;  // of all keys, with its colon
  std::chrono::milliseconds connect_timeout{}, call_timeout{};
  std::string ca_file, cert_file, key_file;
  std::uint64_t max_value = 0;  // bytes

  std::string name() const;  // "redis at 127.0.0.1:6379/0", for people
};

inline constexpr tdk_option kOptions[] = {
    option("url", TDK_OPT_STRING, nullptr,
           "redis://HOST:PORT/DATABASE, or rediss:// for TLS. A user and password may stand before the host, "
           "percent-encoded; the options of their own are the better place.",
           TDK_OPT_REQUIRED),
    option("username", TDK_OPT_STRING, "", "For AUTH, where the server has users (Redis 6)."),
    option("password", TDK_OPT_STRING, "", "For AUTH.", TDK_OPT_SECRET),
    option("prefix", TDK_OPT_STRING, "tapedeck",
           "Before every key: the same in all hosts of a deployment, another one for each deployment of one database."),
    option("connect_timeout", TDK_OPT_DURATION, "500ms", "For a connection, with TLS and AUTH: up to 1m."),
    option("call_timeout", TDK_OPT_DURATION, "250ms", "For an answer; then Redis counts as away: up to 1m."),
    option("ca_file", TDK_OPT_STRING, "", "CAs (PEM) that the server's certificate is checked by; empty: the system's."),
    option("cert_file", TDK_OPT_STRING, "", "Certificate (PEM) to show the server, where it wants one."),
    option("key_file", TDK_OPT_STRING, "", "The key (PEM) of that certificate."),
    option("max_value_mb", TDK_OPT_INT, "16", "Values above so many MiB are not kept: 1 to 64."),
};

}  // namespace tapedeck::redis
