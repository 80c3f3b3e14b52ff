#include "sim/message.hpp"

#include <algorithm>
#include <cctype>

namespace tapedeck::sim {

bool same_header(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view Request::header(std::string_view name) const {
  for (const auto &[key, value] : headers)
    if (same_header(key, name)) return value;
  return {};
}

void Reply::set(std::string name, std::string value) {
  for (auto &[key, old] : headers)
    if (same_header(key, name)) {
      old = std::move(value);
      return;
    }
  headers.emplace_back(std::move(name), std::move(value));
}

Reply make_reply(int status, std::string content_type, std::string body) {
  Reply reply;
  reply.status = status;
  reply.content_type = std::move(content_type);
  reply.body = std::make_shared<const std::string>(std::move(body));
  return reply;
}

}  // namespace tapedeck::sim
