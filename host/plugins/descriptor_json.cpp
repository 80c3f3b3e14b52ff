#include "plugins/descriptor_json.hpp"

#include <boost/json.hpp>

namespace tapedeck {
namespace {

namespace json = boost::json;

json::value option_to_json(const OptionSpec &o) {
  json::object out{{"key", o.key}, {"type", o.type}, {"flags", o.flags}, {"help", o.help}};
  if (o.has_default) out["default"] = o.default_value;
  if (!o.choices.empty()) out["choices"] = to_json(o.choices);
  return out;
}

std::string text_at(const json::object &from, std::string_view key) {
  return json::value_to<std::string>(from.at(key));
}

std::uint32_t number_at(const json::object &from, std::string_view key) {
  return from.at(key).to_number<std::uint32_t>();
}

OptionSpec option_from_json(const json::value &value) {
  const auto &from = value.as_object();
  OptionSpec o;
  o.key = text_at(from, "key");
  o.type = number_at(from, "type");
  o.flags = number_at(from, "flags");
  o.help = text_at(from, "help");
  o.has_default = from.contains("default");
  if (o.has_default) o.default_value = text_at(from, "default");
  if (const auto *choices = from.if_contains("choices")) o.choices = texts_from_json(*choices);
  return o;
}

json::value plugin_to_json(const PluginDescriptor &p) {
  json::array options;
  for (const auto &o : p.options) options.push_back(option_to_json(o));
  return json::object{{"id", p.id},
                      {"name", p.name},
                      {"version", p.version},
                      {"vendor", p.vendor},
                      {"license", p.license},
                      {"url", p.url},
                      {"description", p.description},
                      {"interfaces", to_json(p.interfaces)},
                      {"flags", p.flags},
                      {"options", std::move(options)}};
}

PluginDescriptor plugin_from_json(const json::value &value) {
  const auto &from = value.as_object();
  PluginDescriptor p;
  p.id = text_at(from, "id");
  p.name = text_at(from, "name");
  p.version = text_at(from, "version");
  p.vendor = text_at(from, "vendor");
  p.license = text_at(from, "license");
  p.url = text_at(from, "url");
  p.description = text_at(from, "description");
  p.interfaces = texts_from_json(from.at("interfaces"));
  p.flags = number_at(from, "flags");
  for (const auto &o : from.at("options").as_array()) p.options.push_back(option_from_json(o));
  return p;
}

}  // namespace

json::array to_json(const std::vector<std::string> &texts) {
  json::array out;
  for (const auto &t : texts) out.emplace_back(t);
  return out;
}

std::vector<std::string> texts_from_json(const json::value &value) {
  return json::value_to<std::vector<std::string>>(value);
}

json::value to_json(const ModuleInfo &module) {
  json::array plugins;
  for (const auto &p : module.plugins) plugins.push_back(plugin_to_json(p));
  return json::object{
      {"abi", module.abi_version}, {"sdk", module.sdk}, {"plugins", std::move(plugins)}};
}

ModuleInfo module_from_json(const json::value &value) {
  const auto &from = value.as_object();
  ModuleInfo module;
  module.abi_version = number_at(from, "abi");
  module.sdk = text_at(from, "sdk");
  for (const auto &p : from.at("plugins").as_array()) module.plugins.push_back(plugin_from_json(p));
  return module;
}

}  // namespace tapedeck
