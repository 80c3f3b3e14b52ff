#include "settings.hpp"

#include <charconv>
#include <optional>

namespace tapedeck::redis {
namespace {

[[noreturn]] void refuse(std::string_view key, const std::string &what) {
  throw Error(TDK_INVALID_ARGUMENT, "reading the options of redis: " + std::string(key) + " " + what);
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::chrono::milliseconds duration(const char *key, std::string_view text) {
  constexpr int kLongest = 60'000;
  std::int64_t unit = 0;
  for (const auto &[name, ms] : {std::pair{"ms", 1}, {"s", 1000}, {"m", 60'000}})
    if (unit == 0 && text.ends_with(name)) unit = ms, text.remove_suffix(std::string_view(name).size());
  const auto count = number<std::int64_t>(text);
  if (unit == 0 || !count || *count < 1 || *count > kLongest / unit)
    refuse(key, "is no duration up to 1m; write 250ms, 2s or 1m");
  return std::chrono::milliseconds(*count * unit);
}

// What is percent-encoded in a URL. Quotes nothing: it may be a password.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int byte = 0;
    const std::string_view hex = text.substr(i + 1, 2);
    const auto [end, failed] = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
    if (hex.size() != 2 || failed != std::errc{} || end != hex.data() + 2)
      refuse("url", "holds a '%' that is not followed by two hexadecimal digits");
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

void read_address(Settings &out, std::string_view address) {
  const std::size_t bracket = address.rfind(']'), colon = address.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  std::string_view host = address.substr(0, has_port ? colon : address.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) refuse("url", "names no host; write redis://HOST:PORT/DATABASE");
  out.host = host;
  if (!has_port) return;
  const auto port = number<std::uint16_t>(address.substr(colon + 1));
  if (!port || *port == 0) refuse("url", "has a port that is not a number from 1 to 65535");
  out.port = *port;
}

void read_url(Settings &out, std::string_view url) {
  out.tls = url.starts_with("rediss://");
  if (!out.tls && !url.starts_with("redis://"))
    refuse("url", "begins with neither redis:// nor rediss://; write redis://HOST:PORT/DATABASE");
  url.remove_prefix(out.tls ? 9 : 8);
  const std::size_t at = url.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = url.substr(0, at);
    const std::size_t colon = user.find(':');
    if (colon == std::string_view::npos) refuse("url", "has a user without a password; write redis://:PASSWORD@HOST:PORT");
    out.username = decoded(user.substr(0, colon));
    out.password = decoded(user.substr(colon + 1));
    url.remove_prefix(at + 1);
  }
  const std::size_t slash = url.find('/');
  read_address(out, url.substr(0, slash));
  if (slash == std::string_view::npos || slash + 1 == url.size()) return;
  const auto database = number<int>(url.substr(slash + 1));
  if (!database || *database < 0) refuse("url", "ends with what is no number of a database; write redis://HOST:PORT/0");
  out.database = *database;
}

}  // namespace

Settings::Settings(const Config &config)
    : prefix(config.get("prefix", "tapedeck")),
      connect_timeout(duration("connect_timeout", config.get("connect_timeout", "500ms"))),
      call_timeout(duration("call_timeout", config.get("call_timeout", "250ms"))),
      ca_file(config.get("ca_file")),
      cert_file(config.get("cert_file")),
      key_file(config.get("key_file")) {
  read_url(*this, config.get("url"));
  if (const auto user = config.get("username"); !user.empty()) username = user;
  if (const auto secret = config.get("password"); !secret.empty()) password = secret;
  if (!username.empty() && password.empty()) refuse("username", "is given without a password");
  if (prefix.empty() || prefix.find_first_of(" \t\r\n{}") != std::string::npos)
    refuse("prefix", "is empty, or holds a space or a brace");
  prefix += ':';
  if (!tls && !(ca_file + cert_file + key_file).empty()) refuse("url", "is not encrypted, but certificates are given; write rediss://");
  if (cert_file.empty() != key_file.empty()) refuse("cert_file", "and key_file go together");
  const auto mib = number<std::uint64_t>(config.get("max_value_mb", "16"));
  if (!mib || *mib < 1 || *mib > 64) refuse("max_value_mb", "is no number from 1 to 64");
  max_value = *mib << 20;
}

std::string Settings::name() const {
  const bool v6 = host.find(':') != std::string::npos;
  return "redis at " + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/" + std::to_string(database);
}

}  // namespace tapedeck::redis
