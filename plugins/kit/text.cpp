#include "kit/text.hpp"

namespace kit {

std::string excerpt(std::string_view bytes, std::size_t limit) {
  std::string out(bytes.substr(0, limit));
  for (char &c : out)
    if (c < 0x20 || c > 0x7e) c = '?';
  if (bytes.size() > limit) out += "...";
  return out;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kUnreserved.find(c) != std::string_view::npos)
      out += c;
    else
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

}  // namespace kit
