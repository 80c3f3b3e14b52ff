// Addresses and header fields as HTTP allows them; everything a plugin hands over passes here before
// it reaches the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapedeck {

struct Url {
  bool tls = false;
  std::string host;  // lower case, an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, begins with '/'

  // Reads an absolute http or https URL; a fragment is cut off. Throws Error(TDK_INVALID_ARGUMENT):
  // other schemes, user:password@, control characters, more than 16 KiB. The text is not quoted in
  // the error, it may hold a secret. Threads: any.
  static Url parse(std::string_view text);
  // `location` of a redirect, read against this URL. Throws as parse().
  Url resolve(std::string_view location) const;

  std::string authority() const;  // host[:port], brackets for IPv6, the default port left out
  std::string host_and_port() const;  // always with the port, as CONNECT wants it
  std::string text() const;
  bool same_origin(const Url &other) const;
};

bool is_ip_address(const std::string &host);
// 127.0.0.0/8, ::1 and "localhost".
bool is_loopback(const std::string &host);
// A method or header name: RFC 9110 token.
bool is_token(std::string_view text) noexcept;
// A header value without line breaks and other control characters.
bool is_field_value(std::string_view text) noexcept;
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace tapedeck
