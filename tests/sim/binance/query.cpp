#include "sim/binance/query.hpp"

#include <algorithm>
#include <charconv>

namespace tapedeck::sim::binance {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char *begin = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(begin, begin + 2, byte, 16).ptr == begin + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

void refuse(int code, std::string message) { throw ApiError{code, std::move(message)}; }

Query Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(raw.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    Field field;
    field.name = decoded(pair.substr(0, equals));
    if (equals != std::string_view::npos) field.value = decoded(pair.substr(equals + 1));
    if (query.peek(field.name)) refuse(-1101, "Duplicate values for a parameter detected.");
    query.fields_.push_back(std::move(field));
  }
  return query;
}

std::optional<std::string_view> Query::take(std::string_view name) {
  for (Field &field : fields_)
    if (field.name == name) {
      field.read = true;
      return field.value;
    }
  return std::nullopt;
}

std::optional<std::string_view> Query::peek(std::string_view name) const {
  for (const Field &field : fields_)
    if (field.name == name) return field.value;
  return std::nullopt;
}

void Query::finish() const {
  const auto read = static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(), [](const Field &field) { return field.read; }));
  if (read == fields_.size()) return;
  if (read == 0)
    refuse(-1101, "Too many parameters; expected '0' and received '" +
                      std::to_string(fields_.size()) + "'.");
  refuse(-1104, "Not all sent parameters were read; read '" + std::to_string(read) +
                    "' parameter(s) but was sent '" + std::to_string(fields_.size()) + "'.");
}

}  // namespace tapedeck::sim::binance
