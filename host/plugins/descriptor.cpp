#include "plugins/descriptor.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "plugins/foreign_struct.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxPlugins = 256, kMaxInterfaces = 64, kMaxOptions = 256;
constexpr std::size_t kShortText = 256, kLongText = 4096;

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INCOMPATIBLE, why); }

std::string abi_text(std::uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version & 0xffff);
}

bool only(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

std::string text_of(const char *from, std::size_t limit, const std::string &what) {
  if (from == nullptr) return {};
  auto text = read_foreign_text(from, limit);
  if (!text) refuse(what + " is not readable text of at most " + std::to_string(limit) + " bytes");
  return *text;
}

// The elements of a NULL-terminated array of pointers.
template <class T>
std::vector<const T *> pointers(const T *const *array, std::size_t limit, const std::string &what) {
  if (array == nullptr) refuse(what + " is null");
  std::vector<const T *> out;
  for (;;) {
    const T *element = nullptr;
    if (!read_foreign(array + out.size(), &element, sizeof element))
      refuse(what + " is not readable");
    if (element == nullptr) return out;
    if (out.size() == limit) refuse("more than " + std::to_string(limit) + " " + what);
    out.push_back(element);
  }
}

std::vector<std::string> split_choices(const std::string &text) {
  std::vector<std::string> out;
  for (std::size_t start = 0; !text.empty() && start <= text.size();) {
    const std::size_t end = std::min(text.find('|', start), text.size());
    out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

OptionSpec option_of(const tdk_option &raw, const std::string &owner) {
  OptionSpec option;
  option.key = text_of(raw.key, 64, owner + " option key");
  if (option.key.empty() || !only(option.key, "abcdefghijklmnopqrstuvwxyz0123456789_.-"))
    refuse(owner + " has a bad option key '" + option.key + "'");
  const std::string what = owner + " option " + option.key;
  if (raw.type > TDK_OPT_DURATION)
    refuse(what + " has type " + std::to_string(raw.type) + ", unknown to this host");
  option.type = raw.type;
  option.flags = raw.flags;
  option.has_default = raw.default_value != nullptr;
  if (option.has_default)
    option.default_value = text_of(raw.default_value, kLongText, what + " default");
  option.help = text_of(raw.help, kLongText, what + " help");
  option.choices = split_choices(text_of(raw.choices, kLongText, what + " choices"));
  const auto &allowed = option.choices;
  if (!allowed.empty() && option.has_default &&
      std::find(allowed.begin(), allowed.end(), option.default_value) == allowed.end())
    refuse(what + " has a default that is none of its choices");
  return option;
}

std::vector<OptionSpec> options_of(const tdk_descriptor &raw, const std::string &owner) {
  constexpr std::size_t kSmallest = TAPEDECK_SIZE_TO(tdk_option, help);
  std::vector<OptionSpec> options;
  if (raw.option_count == 0) return options;
  if (raw.option_count > kMaxOptions || raw.option_stride < kSmallest ||
      raw.option_stride > kMaxStruct || raw.option_stride % alignof(tdk_option) != 0)
    refuse(owner + " has a bad option table: " + std::to_string(raw.option_count) +
           " options, stride " + std::to_string(raw.option_stride));
  std::set<std::string> keys;
  for (std::uint64_t i = 0; i < raw.option_count; ++i) {
    const auto *at =
        raw.options == nullptr ? nullptr : &detail::at(raw.options, i, raw.option_stride);
    const auto copy = read_struct(at, kSmallest, owner + " option");
    if (copy.struct_size > raw.option_stride)
      refuse(owner + " has options larger than their stride");
    options.push_back(option_of(copy, owner));
    if (!keys.insert(options.back().key).second)
      refuse(owner + " has the option " + options.back().key + " twice");
  }
  return options;
}

std::string id_of(const tdk_descriptor &raw) {
  const std::string id = text_of(raw.id, 64, "the plugin id");
  if (id.size() < 3 || !only(id, "abcdefghijklmnopqrstuvwxyz0123456789.-"))
    refuse("has the bad plugin id '" + id + "' (3 to 64 of a-z 0-9 . -)");
  return id;
}

std::vector<std::string> interfaces_of(const tdk_descriptor &raw, const std::string &owner) {
  std::vector<std::string> out;
  for (const char *iid : pointers(raw.interfaces, kMaxInterfaces, "interfaces")) {
    out.push_back(text_of(iid, 128, owner + " interface id"));
    if (out.back().empty() || !only(out.back(), "abcdefghijklmnopqrstuvwxyz0123456789./-_"))
      refuse(owner + " has the bad interface id '" + out.back() + "'");
  }
  if (out.empty()) refuse(owner + " offers no interface");
  return out;
}

PluginDescriptor plugin_of(const tdk_descriptor *from) {
  const auto raw =
      read_struct(from, TAPEDECK_SIZE_TO(tdk_descriptor, option_stride), "the descriptor");
  PluginDescriptor plugin;
  plugin.id = id_of(raw);
  if (raw.min_host_abi > TDK_ABI_VERSION)
    refuse(plugin.id + " needs a host of ABI " + abi_text(raw.min_host_abi) + "; this one has " +
           abi_text(TDK_ABI_VERSION));
  plugin.name = text_of(raw.name, kShortText, plugin.id + " name");
  plugin.version = text_of(raw.version, kShortText, plugin.id + " version");
  plugin.vendor = text_of(raw.vendor, kShortText, plugin.id + " vendor");
  plugin.license = text_of(raw.license, kShortText, plugin.id + " license");
  plugin.url = text_of(raw.url, kShortText, plugin.id + " url");
  plugin.description = text_of(raw.description, kLongText, plugin.id + " description");
  plugin.interfaces = interfaces_of(raw, plugin.id);
  plugin.flags = raw.flags;
  plugin.options = options_of(raw, plugin.id);
  return plugin;
}

}  // namespace

bool PluginDescriptor::offers(std::string_view interface) const {
  return std::find(interfaces.begin(), interfaces.end(), interface) != interfaces.end();
}

ModuleInfo describe_module(const tdk_module *module) {
  const auto raw = read_struct(module, TAPEDECK_SIZE_TO(tdk_module, create), "the module table");
  if (raw.abi_version >> 16 != TDK_ABI_MAJOR)
    refuse("was built for plugin ABI major " + std::to_string(raw.abi_version >> 16) +
           "; this host offers major " + std::to_string(TDK_ABI_MAJOR));
  if (!is_code(raw.create)) refuse("module.create is no function");
  ModuleInfo info;
  info.abi_version = raw.abi_version;
  info.sdk = text_of(raw.sdk, kShortText, "module.sdk");
  std::set<std::string> ids;
  for (const auto *d : pointers(raw.descriptors, kMaxPlugins, "descriptors")) {
    info.plugins.push_back(plugin_of(d));
    if (!ids.insert(info.plugins.back().id).second)
      refuse("describes the plugin " + info.plugins.back().id + " twice");
  }
  if (info.plugins.empty()) refuse("describes no plugin");
  return info;
}

std::string_view option_type_name(std::uint32_t type) noexcept {
  static constexpr std::array<std::string_view, 5> kNames = {"string", "int", "number", "bool",
                                                             "duration"};
  return type < kNames.size() ? kNames[type] : "unknown";
}

}  // namespace tapedeck
