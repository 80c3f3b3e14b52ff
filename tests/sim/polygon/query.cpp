#include "sim/polygon/query.hpp"

#include <algorithm>
#include <charconv>

#include "sim/polygon/refusals.hpp"
#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {

std::string decoded(std::string_view text) {
  std::string out;
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

Query::Query(std::string_view raw) {
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(raw.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.empty()) continue;
    fields_[decoded(pair.substr(0, equals))] =
        equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1));
  }
}

std::string_view Query::get(std::string_view name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? std::string_view{} : std::string_view(found->second);
}

std::size_t Query::limit(std::size_t usual, std::size_t most) const {
  const std::string_view text = get("limit");
  if (text.empty()) return usual;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0)
    throw ApiError{400, concat({"Could not parse the 'limit' parameter: ", text})};
  return std::min(value, most);
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> all;
  for (std::string_view text = get(name); !text.empty();) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    if (!one.empty()) all.emplace_back(one);
  }
  return all;
}

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> all;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view one = path.substr(0, path.find('/'));
    all.push_back(decoded(one));
    path.remove_prefix(one.size());
  }
  return all;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() == 10 && text[4] == '-') {
    const auto ms = parse_iso8601(text);
    return ms ? std::optional(Day{*ms, true}) : std::nullopt;
  }
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return Day{ms, false};
}

}  // namespace tapedeck::sim::polygon
