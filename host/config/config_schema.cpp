#include "config/config_schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "config/config_keys.hpp"
#include "config/json_text.hpp"
#include "config/option_schema.hpp"
#include "market/calendar.hpp"
#include "market/interval.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;

constexpr const char *kNamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
constexpr const char *kSymbolPattern = "^[^a-z/ ]+(/[^a-z/ ]+)?$";
constexpr const char *kTimePattern =
    "^(now|[0-9]+(us|ms|s|m|h|d|w|y)|[0-9]{5,}|[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?)$";
constexpr const char *kDurationPattern = "^[0-9]+(us|ms|s|m|h|d|w|y)$";

template <typename Texts>
json::object one_of(const Texts &texts) {
  json::array values;
  for (const auto &text : texts) values.emplace_back(text);
  return {{"enum", std::move(values)}};
}

std::vector<std::string> interval_names() {
  std::vector<std::string> names;
  for (const auto &interval : Interval::all()) names.push_back(interval.name());
  return names;
}

// A name or symbol of digits only is an integer to other YAML readers.
json::object word_schema(const char *pattern) {
  return {{"type", {"string", "integer"}}, {"pattern", pattern}};
}

// Epoch seconds are a number; up to four digits are refused as a unit forgotten.
json::object time_schema() {
  json::object out = word_schema(kTimePattern);
  out["minimum"] = 10'000;
  return out;
}

class SchemaWriter {
 public:
  explicit SchemaWriter(const ModuleOptions &modules) : modules_(modules) {}

  json::object section(const SectionSpec &spec) const {
    json::object properties;
    json::array required;
    for (const auto &key : spec.keys) {
      if (key.type == KeyType::Later) continue;
      properties[key.name] = described(key);
      if (key.required) required.emplace_back(key.name);
    }
    json::object out = {{"type", "object"}, {"description", spec.help}};
    out["additionalProperties"] = false;
    out["properties"] = std::move(properties);
    if (!required.empty()) out["required"] = std::move(required);
    return out;
  }

 private:
  json::object described(const KeySpec &key) const {
    json::object out = value(key);
    out["description"] = key.help;
    if (key.default_value.empty()) return out;
    if (key.type == KeyType::Integer)
      out["default"] = std::stol(std::string(key.default_value));
    else if (key.type == KeyType::Boolean)
      out["default"] = key.default_value == "true";
    else
      out["default"] = key.default_value;
    return out;
  }

  json::object value(const KeySpec &key) const {
    switch (key.type) {
      case KeyType::Version:
        return {{"const", 1}};
      case KeyType::Integer:
        return or_reference({{"type", "integer"}, {"minimum", key.min}, {"maximum", key.max}});
      case KeyType::Boolean:
        return or_reference({{"type", "boolean"}});
      case KeyType::Duration:
        return or_reference({{"type", "string"}, {"pattern", kDurationPattern}});
      case KeyType::Choice:
        return or_reference(one_of(key.choices));
      case KeyType::ChoiceList:
        return list(or_reference(one_of(key.choices)));
      case KeyType::Listen:
        return or_reference({{"type", "string"}, {"pattern", "^[^ ]+:[0-9]{1,5}$"}});
      case KeyType::Calendar:
        return or_reference(one_of(calendar_names()));
      case KeyType::Name:
        return or_reference(word_schema(kNamePattern));
      case KeyType::Time:
        return or_reference(time_schema());
      case KeyType::PluginName:
        return or_reference(word_schema(kNamePattern));
      case KeyType::TextList:
        return list(word_schema("."));
      case KeyType::SymbolList:
        return list(or_reference(word_schema(kSymbolPattern)));
      case KeyType::PluginNameList:
        return list(or_reference(word_schema(kNamePattern)));
      case KeyType::IntervalList:
        return list(or_reference(one_of(interval_names())));
      case KeyType::Section:
        return section(*key.section);
      case KeyType::SectionList:
        return list(section(*key.section));
      case KeyType::SectionMap:
        return plugins(*key.section);
      case KeyType::Options:
        return {{"type", "object"}};
      default:
        return {{"type", "string"}, {"minLength", 1}};
    }
  }

  static json::object list(json::object items) {
    return {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", std::move(items)}};
  }

  json::object plugins(const SectionSpec &spec) const {
    json::object plugin = section(spec);
    json::array modules;
    for (const auto &[id, specs] : modules_) modules.emplace_back(when_module(id, specs));
    if (!modules.empty()) plugin["allOf"] = std::move(modules);
    return {{"type", "object"},
            {"minProperties", 1},
            {"propertyNames", json::object{{"pattern", kNamePattern}}},
            {"additionalProperties", std::move(plugin)}};
  }

  static json::object when_module(const std::string &id, const std::vector<OptionSpec> &specs) {
    json::object options = options_schema(specs);
    json::object then = {{"properties", json::object{{"options", options}}}};
    if (options.contains("required")) then["required"] = json::array{"options"};
    const json::object is_module = {{"module", json::object{{"const", id}}}};
    return {{"if", json::object{{"properties", is_module}, {"required", json::array{"module"}}}},
            {"then", std::move(then)}};
  }

  const ModuleOptions &modules_;
};

}  // namespace

std::string config_schema(const ModuleOptions &modules) {
  json::object out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "Tapedeck configuration"}};
  for (auto &member : SchemaWriter(modules).section(root_section()))
    out[member.key()] = member.value();
  return pretty_json(out);
}

}  // namespace tapedeck
