#include "net/proxy.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/URI.h>
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {

std::string basic(std::string_view user_and_password) {
  std::string plain;
  Poco::URI::decode(std::string(user_and_password), plain);
  std::ostringstream out;
  Poco::Base64Encoder encoder(out);
  encoder.rdbuf()->setLineLength(0);
  encoder << plain;
  encoder.close();
  return "Basic " + out.str();
}

std::optional<ProxyServer> parse_proxy(const char *variable, std::string_view text) try {
  if (text.empty()) return std::nullopt;
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    if (!equal_ignoring_case(text.substr(0, scheme), "http"))
      throw Error(TDK_INVALID_ARGUMENT, "only http:// proxies are supported");
    text.remove_prefix(scheme + 3);
  }
  text = text.substr(0, text.find('/'));
  ProxyServer out;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    out.authorization = basic(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos;
  const Url url = Url::parse("http://" + std::string(text) + (has_port ? "" : ":1080"));  // 1080: curl's
  out.host = url.host;
  out.port = url.port;
  return out;
} catch (const std::exception &e) {
  throw Error(TDK_INVALID_ARGUMENT, std::string("reading the environment variable ") + variable + ": " +
                                        e.what() + "; give http://user:password@host:port");
}

using Address = std::array<unsigned char, 16>;

// Bytes of an address, 0 when the text is none.
std::size_t address_bytes(const std::string &text, Address &out) {
  if (inet_pton(AF_INET, text.c_str(), out.data()) == 1) return 4;
  return inet_pton(AF_INET6, text.c_str(), out.data()) == 1 ? 16 : 0;
}

bool in_block(const std::string &host, const std::string &block) {
  const std::size_t slash = block.find('/');
  unsigned bits = 0;
  std::from_chars(block.data() + slash + 1, block.data() + block.size(), bits);
  Address a{}, b{};
  const std::size_t size = address_bytes(host, a);
  if (size == 0 || size != address_bytes(block.substr(0, slash), b) || bits > size * 8) return false;
  if (std::memcmp(a.data(), b.data(), bits / 8) != 0) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

bool matches(std::string entry, const Url &url) {
  if (entry == "*") return true;
  const std::size_t colon = entry.rfind(':');
  if (colon != std::string::npos && (entry.find(':') == colon || entry[colon - 1] == ']')) {
    if (entry.substr(colon + 1) != std::to_string(url.port)) return false;
    entry.resize(colon);
  }
  if (entry.size() > 2 && entry[0] == '[') entry = entry.substr(1, entry.size() - 2);
  if (entry.find('/') != std::string::npos) return in_block(url.host, entry);
  if (!entry.empty() && entry[0] == '.') entry.erase(0, 1);
  if (entry.empty() || url.host.size() < entry.size()) return false;
  const std::size_t start = url.host.size() - entry.size();
  if (!equal_ignoring_case(std::string_view(url.host).substr(start), entry)) return false;
  return start == 0 || (url.host[start - 1] == '.' && !is_ip_address(url.host));
}

}  // namespace

ProxyRules ProxyRules::from_environment() {
  return from_environment([](const char *name) -> const char * { return std::getenv(name); });
}

ProxyRules ProxyRules::from_environment(const Environment &read) {
  const auto first = [&](std::initializer_list<const char *> names) {
    for (const char *name : names)
      if (const char *value = read(name); value != nullptr && *value != 0) return std::pair(name, std::string(value));
    return std::pair("", std::string());
  };
  ProxyRules out;
  const auto http = first({"http_proxy", "all_proxy", "ALL_PROXY"});
  const auto https = first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  out.http_ = parse_proxy(http.first, http.second);
  out.https_ = parse_proxy(https.first, https.second);
  std::string list = first({"no_proxy", "NO_PROXY"}).second;
  std::replace(list.begin(), list.end(), ',', ' ');
  std::istringstream words(list);
  for (std::string word; words >> word;) out.no_proxy_.push_back(word);
  return out;
}

bool ProxyRules::bypassed(const Url &url) const {
  return std::any_of(no_proxy_.begin(), no_proxy_.end(),
                     [&](const std::string &entry) { return matches(entry, url); });
}

const ProxyServer *ProxyRules::proxy_of(const Url &url) const {
  const auto &proxy = url.tls ? https_ : http_;
  return proxy && !bypassed(url) ? &*proxy : nullptr;
}

}  // namespace tapedeck
