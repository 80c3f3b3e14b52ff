#include "sim/oanda/query.hpp"

#include <charconv>

#include "sim/oanda/answers.hpp"
#include "sim/oanda/time_form.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::oanda {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
                            text.data() + i + 3;
    out += escape ? static_cast<char>(value) : text[i] == '+' ? ' ' : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::vector<std::string> split_list(std::string_view text, char between) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t at = text.find(between);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Query::Query(std::string_view raw) {
  if (raw.empty()) return;
  for (const std::string &pair : split_list(raw, '&')) {
    const std::size_t equals = pair.find('=');
    fields_[decoded(pair.substr(0, equals))] =
        equals == std::string::npos ? "" : decoded(std::string_view(pair).substr(equals + 1));
  }
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto found = fields_.find(name);
  if (found == fields_.end()) return std::nullopt;
  return found->second;
}

std::optional<bool> Query::flag(std::string_view name) const {
  const auto text = find(name);
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "True") return true;
  if (*text != "false" && *text != "False") refuse_value(name);
  return false;
}

std::optional<std::int64_t> Query::number(std::string_view name) const {
  const auto text = find(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (text->empty() || error != std::errc{} || end != text->data() + text->size()) refuse_value(name);
  return value;
}

std::optional<std::int64_t> Query::time(std::string_view name, std::int64_t now_ms) const {
  const auto text = find(name);
  if (!text) return std::nullopt;
  const auto ms = parse_any_time(*text);
  if (!ms) refuse_value(name);
  if (*ms > now_ms)
    refuse(400, concat({"Invalid value specified for ", quoted(name), ". Time is in the future"}));
  return ms;
}

}  // namespace tapedeck::sim::oanda
