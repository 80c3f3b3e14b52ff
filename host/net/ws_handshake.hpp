// The words of a WebSocket's opening handshake (RFC 6455, section 4), for either end.
#pragma once

#include <string>
#include <string_view>

namespace tapedeck {

// A new value of Sec-WebSocket-Key: 16 random bytes in base64. Threads: any.
std::string make_ws_key();
// The value of Sec-WebSocket-Accept that answers `key`.
std::string ws_accept_of(std::string_view key);
// Whether a comma-separated header value names `token`, in any case: "keep-alive, Upgrade".
bool has_token(std::string_view value, std::string_view token) noexcept;

}  // namespace tapedeck
