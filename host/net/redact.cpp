#include "net/redact.hpp"

#include <algorithm>
#include <vector>

namespace tapedeck {
namespace {

// Encodes all but RFC 3986's unreserved characters, as vendors' clients mostly do.
std::string percent_encoded(const std::string &text, const char *digits) {
  constexpr std::string_view kPlain = "-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos)
      out += c;
    else
      ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
  }
  return out;
}

void replace_all(std::string &text, const std::string &what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 3))
    text.replace(at, what.size(), "***");
}

}  // namespace

std::string blank_secrets(std::string text, std::span<const std::string> secrets) {
  std::vector<std::string> forms;
  for (const std::string &secret : secrets) {
    if (secret.empty()) continue;
    forms.push_back(secret);
    forms.push_back(percent_encoded(secret, "0123456789ABCDEF"));
    forms.push_back(percent_encoded(secret, "0123456789abcdef"));
  }
  // The longest first: a secret that begins with another one must not leave its rest behind.
  std::stable_sort(forms.begin(), forms.end(), [](auto &a, auto &b) { return a.size() > b.size(); });
  for (const std::string &form : forms) replace_all(text, form);
  return text;
}

}  // namespace tapedeck
