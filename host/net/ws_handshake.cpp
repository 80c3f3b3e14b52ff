#include "net/ws_handshake.hpp"

#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>
#include <stdexcept>

#include "net/base64.hpp"
#include "net/url.hpp"

namespace tapedeck {

std::string make_ws_key() {
  char bytes[16];
  while (getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
  }
  return to_base64({bytes, sizeof bytes});
}

std::string ws_accept_of(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // section 1.3
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("OpenSSL has no SHA-1");
  return to_base64({reinterpret_cast<const char *>(digest), size});
}

bool has_token(std::string_view value, std::string_view token) noexcept {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    std::string_view part = value.substr(0, comma);
    value.remove_prefix(std::min(comma + 1, value.size()));
    while (!part.empty() && (part.front() == ' ' || part.front() == '\t')) part.remove_prefix(1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\t')) part.remove_suffix(1);
    if (equal_ignoring_case(part, token)) return true;
  }
  return false;
}

}  // namespace tapedeck
