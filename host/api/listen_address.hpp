// Where the API may listen.
#pragma once

#include <cstdint>
#include <string>

namespace tapedeck::api {

// `host` as an address to bind to: "localhost" and "127.x.y.z" as IPv4, "::1" and "[::1]" as IPv6.
// Failures: Error TDK_NOT_SUPPORTED for anything beyond loopback.
std::string loopback_address(const std::string &host, std::uint16_t port);

}  // namespace tapedeck::api
