#include "config/check_options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "config/module_options.hpp"
#include "config/problems.hpp"
#include "config/value_checks.hpp"

namespace tapedeck {
namespace {

bool is_number(const std::string &text) {
  double number = 0;
  const char *end = text.data() + text.size();
  const auto r = std::from_chars(text.data(), end, number);
  return !text.empty() && r.ec == std::errc() && r.ptr == end && std::isfinite(number);
}

bool has_type(const std::string &text, std::uint32_t type) {
  switch (type) {
    case TDK_OPT_INT:
      return parse_integer(text).has_value();
    case TDK_OPT_NUMBER:
      return is_number(text);
    case TDK_OPT_BOOL:
      return text == "true" || text == "false";
    case TDK_OPT_DURATION:
      return parse_duration(text).has_value();
    default:
      return true;
  }
}

std::string expectation(const OptionSpec &spec) {
  switch (spec.type) {
    case TDK_OPT_INT:
      return "a whole number";
    case TDK_OPT_NUMBER:
      return "a number";
    case TDK_OPT_BOOL:
      return "true or false";
    case TDK_OPT_DURATION:
      return "a duration with a unit, such as 15s or 5m";
    default:
      return "a text";
  }
}

std::string shown(const OptionSpec &spec, const OptionValue &option) {
  const bool secret = option.from_secret || (spec.flags & TDK_OPT_SECRET) != 0;
  return secret ? "a secret that is something else" : quoted(option.value);
}

std::string value_problem(const OptionSpec &spec, const OptionValue &option) {
  const bool required = (spec.flags & TDK_OPT_REQUIRED) != 0;
  if (required && option.value.empty()) return "required option " + quoted(spec.key) + " is empty";
  const auto &choices = spec.choices;
  const bool chosen = std::find(choices.begin(), choices.end(), option.value) != choices.end();
  if (!choices.empty() && !chosen)
    return "option " + quoted(spec.key) + ": expected one of " + join(choices, ", ") + ", found " +
           shown(spec, option);
  if (has_type(option.value, spec.type)) return {};
  return "option " + quoted(spec.key) + ": expected " + expectation(spec) + ", found " +
         shown(spec, option);
}

void report_unknown(const PluginConfig &plugin, const std::vector<OptionSpec> &specs,
                    std::vector<Problem> &problems) {
  std::vector<std::string> keys;
  for (const auto &spec : specs) keys.push_back(spec.key);
  for (const auto &[key, option] : plugin.options)
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      add_problem(problems, option.key_at,
                  "unknown option " + quoted(key) + " of module " + quoted(plugin.module) +
                      (keys.empty() ? "; it has no options" : did_you_mean_or_list(key, keys)));
}

void report_missing(const PluginConfig &plugin, const OptionSpec &spec,
                    std::vector<Problem> &problems) {
  if ((spec.flags & TDK_OPT_REQUIRED) != 0)
    add_problem(problems, plugin.at,
                "required option " + quoted(spec.key) + " of module " + quoted(plugin.module) +
                    " is missing in plugin " + quoted(plugin.name));
}

}  // namespace

std::string option_type_name(const OptionSpec &spec) {
  switch (spec.type) {
    case TDK_OPT_INT:
      return "integer";
    case TDK_OPT_NUMBER:
      return "number";
    case TDK_OPT_BOOL:
      return "true/false";
    case TDK_OPT_DURATION:
      return "duration";
    default:
      return "text";
  }
}

std::vector<std::pair<std::string, std::string>> check_options(const PluginConfig &plugin,
                                                               const std::vector<OptionSpec> &specs,
                                                               std::vector<Problem> &problems) {
  std::vector<std::pair<std::string, std::string>> out;
  report_unknown(plugin, specs, problems);
  for (const auto &spec : specs) {
    const auto it = plugin.options.find(spec.key);
    if (it == plugin.options.end()) {
      if (spec.has_default)
        out.emplace_back(spec.key, spec.default_value);
      else
        report_missing(plugin, spec, problems);
      continue;
    }
    const OptionValue &option = it->second;
    const std::string why = value_problem(spec, option);
    if (!why.empty())
      add_problem(problems, option.at, why);
    else
      out.emplace_back(spec.key, option.value);
    if ((spec.flags & TDK_OPT_SECRET) != 0 && !option.from_secret && !option.value.empty())
      add_warning(problems, option.at,
                  "secret " + quoted(spec.key) +
                      " is written in plain text; use ${env:NAME} or ${file:PATH}");
  }
  return out;
}

}  // namespace tapedeck
