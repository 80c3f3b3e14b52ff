#include "keys.hpp"

namespace tapedeck::redis {

std::string cache_key(std::string_view prefix, std::string_view key) {
  return std::string(prefix) + "cache:" + std::string(key);
}

std::string budget_key(std::string_view prefix, std::string_view account) {
  return std::string(prefix) + "budget:{" + std::string(account) + "}";
}

std::string glob_of_prefix(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out += '*';
}

}  // namespace tapedeck::redis
