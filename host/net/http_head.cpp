#include "net/http_head.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view &text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/1.1 101 Switching Protocols"; 0 when it is none.
int status_of(std::string_view line) {
  const bool whole = line.size() == 12 || (line.size() > 12 && line[12] == ' ');
  if (!whole || line.substr(0, 7) != "HTTP/1." || !is_digit(line[7]) || line[8] != ' ') return 0;
  if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) return 0;
  return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

}  // namespace

std::string_view HttpHead::header(std::string_view name) const noexcept {
  for (const auto &[key, value] : headers)
    if (equal_ignoring_case(key, name)) return value;
  return {};
}

std::optional<HttpHead> parse_http_head(std::string_view text) {
  HttpHead out;
  out.status = status_of(take_line(text));
  if (out.status < 100 || out.status > 599) return std::nullopt;
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return std::nullopt;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) return std::nullopt;
    out.headers.emplace_back(line.substr(0, colon), value);
  }
  return out;
}

}  // namespace tapedeck
