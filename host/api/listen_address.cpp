#include "api/listen_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"

namespace tapedeck::api {

std::string loopback_address(const std::string &host, std::uint16_t port) {
  if (host == "localhost") return "127.0.0.1";
  if (host == "::1" || host == "[::1]") return "::1";
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127) return host;
  throw Error(TDK_NOT_SUPPORTED, "listening on " + printable(host, 100) + ":" + std::to_string(port) +
                                     ": this version serves loopback only; access control comes with a later version; "
                                     "use 127.0.0.1 or a reverse proxy");
}

}  // namespace tapedeck::api
