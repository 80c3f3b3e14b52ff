#include "plugins/options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "market/time.hpp"

namespace tapedeck {
namespace {

template <class T>
bool parses(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool fits_type(std::uint32_t type, std::string_view value) {
  switch (type) {
    case TDK_OPT_INT:
      return parses<std::int64_t>(value);
    case TDK_OPT_NUMBER:
      return parses<double>(value);
    case TDK_OPT_BOOL:
      return value == "true" || value == "false";
    case TDK_OPT_DURATION:
      return parse_duration(value).has_value();
    default:
      return true;
  }
}

std::string sample(const OptionSpec &option) {
  if (!option.choices.empty()) return option.choices.front();
  switch (option.type) {
    case TDK_OPT_INT:
      return "1";
    case TDK_OPT_NUMBER:
      return "1.0";
    case TDK_OPT_BOOL:
      return "true";
    case TDK_OPT_DURATION:
      return "1s";
    // An address where one is expected: many plugins look at it when they are made.
    default:
      return option.key.find("url") != std::string::npos ? "https://localhost" : "sample";
  }
}

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INVALID_ARGUMENT, why); }

const std::string *value_of(const OptionValues &values, const std::string &key) {
  for (const auto &[k, v] : values)
    if (k == key) return &v;
  return nullptr;
}

void refuse_unknown(const PluginDescriptor &plugin, const OptionValues &given) {
  std::vector<std::string> keys;
  for (const auto &option : plugin.options) keys.push_back(option.key);
  for (const auto &[key, value] : given) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const auto meant = nearest(key, keys);
    refuse(plugin.id + ": unknown option '" + printable(key, 60) + "'" +
           (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
}

}  // namespace

std::optional<std::string> option_problem(const OptionSpec &option, std::string_view value) {
  const bool secret = (option.flags & TDK_OPT_SECRET) != 0;
  const std::string shown = secret ? "the value" : "'" + printable(value, 60) + "'";
  if (!option.choices.empty() &&
      std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end())
    return shown + " is none of " + join(option.choices, ", ");
  if (!fits_type(option.type, value))
    return shown + " is no " + std::string(option_type_name(option.type)) +
           (option.type == TDK_OPT_DURATION ? " (write 250ms, 5s, 1h)" : "");
  return std::nullopt;
}

OptionValues complete_options(const PluginDescriptor &plugin, const OptionValues &given) {
  refuse_unknown(plugin, given);
  OptionValues out;
  for (const auto &option : plugin.options) {
    const auto *value = value_of(given, option.key);
    if (value == nullptr && option.has_default) value = &option.default_value;
    if (value == nullptr && is_required(option))
      refuse(plugin.id + ": option '" + option.key + "' is required");
    if (value == nullptr) continue;
    if (const auto problem = option_problem(option, *value))
      refuse(plugin.id + ": option '" + option.key + "': " + *problem);
    out.emplace_back(option.key, *value);
  }
  return out;
}

OptionValues sample_options(const PluginDescriptor &plugin) {
  OptionValues out;
  for (const auto &option : plugin.options) {
    if (option.has_default)
      out.emplace_back(option.key, option.default_value);
    else if (is_required(option))
      out.emplace_back(option.key, sample(option));
  }
  return out;
}

}  // namespace tapedeck
