#include "net/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {

constexpr std::size_t kMaxUrl = 16 * 1024;

[[noreturn]] void refuse(const char *why) {
  throw Error(TDK_INVALID_ARGUMENT, std::string("reading a URL: ") + why +
                                        "; give an absolute http:// or https:// address");
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::uint16_t parse_port(std::string_view text, bool tls) {
  if (text.empty()) return tls ? 443 : 80;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > 65535)
    refuse("the port is not a number from 1 to 65535");
  return static_cast<std::uint16_t>(value);
}

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

void parse_authority(std::string_view text, Url &url) {
  if (text.find('@') != std::string_view::npos)
    refuse("user and password in it; send them as an Authorization header");
  std::size_t end = text.find(':');
  if (!text.empty() && text[0] == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) refuse("an IPv6 address without its closing bracket");
    url.host.assign(text.substr(1, close - 1));
    if (!is_ip_address(url.host)) refuse("no IPv6 address between the brackets");
    end = close + 1;
    if (end < text.size() && text[end] != ':') refuse("something between the address and the port");
  } else {
    end = std::min(end, text.size());
    url.host.assign(text.substr(0, end));
    std::transform(url.host.begin(), url.host.end(), url.host.begin(), lower);
    if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), is_host_char))
      refuse("no host name in it");
  }
  end = std::min(end, text.size());
  url.port = parse_port(text.substr(std::min(end + 1, text.size())), url.tls);
}

}  // namespace

Url Url::parse(std::string_view text) {
  if (text.size() > kMaxUrl) refuse("it is longer than 16 KiB");
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) refuse("spaces or control characters in it");
  Url url;
  const std::size_t colon = std::min(text.find("://"), text.size());
  url.tls = equal_ignoring_case(text.substr(0, colon), "https");
  if (!url.tls && !equal_ignoring_case(text.substr(0, colon), "http"))
    refuse("its scheme is neither http nor https");
  if (colon == text.size()) refuse("no host name in it");
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t path = std::min(text.find_first_of("/?"), text.size());
  parse_authority(text.substr(0, path), url);
  url.target = text.substr(path);
  if (url.target.empty() || url.target[0] != '/') url.target.insert(0, 1, '/');
  return url;
}

Url Url::resolve(std::string_view location) const {
  if (location.find("://") != std::string_view::npos && location[0] != '/' && location[0] != '?')
    return parse(location);
  const std::string scheme = tls ? "https:" : "http:";
  if (location.substr(0, 2) == "//") return parse(scheme + std::string(location));
  const std::string path = target.substr(0, target.find('?'));
  const std::string base = scheme + "//" + authority();
  if (location.empty() || location[0] == '?') return parse(base + path + std::string(location));
  if (location[0] == '/') return parse(base + std::string(location));
  return parse(base + path.substr(0, path.rfind('/') + 1) + std::string(location));
}

std::string Url::host_and_port() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::authority() const {
  std::string out = host_and_port();
  if (port == (tls ? 443 : 80)) out.resize(out.rfind(':'));
  return out;
}

std::string Url::text() const { return (tls ? "https://" : "http://") + authority() + target; }

bool Url::same_origin(const Url &other) const {
  return tls == other.tls && port == other.port && host == other.host;
}

bool is_ip_address(const std::string &host) {
  in6_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_loopback(const std::string &host) {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

bool is_token(std::string_view text) noexcept {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace tapedeck
