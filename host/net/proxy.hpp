// Which proxy a request goes through, as curl decides it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/url.hpp"

namespace tapedeck {

struct ProxyServer {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  // value of Proxy-Authorization, empty for none; a secret
};

// Threads: any.
class ProxyRules {
 public:
  using Environment = std::function<const char *(const char *name)>;

  ProxyRules() = default;  // no proxy

  // http_proxy (lower case only: a CGI server sets HTTP_PROXY from a request header), https_proxy,
  // all_proxy, no_proxy and, but for the first, their upper-case forms. Throws
  // Error(TDK_INVALID_ARGUMENT) naming the variable, never its value.
  static ProxyRules from_environment();
  static ProxyRules from_environment(const Environment &read);

  // NULL: straight to the host. Entries of no_proxy: "*", a host or domain with or without a leading
  // dot (its subdomains too), an address, an address block 10.0.0.0/8; each with an optional :port.
  const ProxyServer *proxy_of(const Url &url) const;

 private:
  bool bypassed(const Url &url) const;
  std::optional<ProxyServer> http_;
  std::optional<ProxyServer> https_;
  std::vector<std::string> no_proxy_;
};

}  // namespace tapedeck
