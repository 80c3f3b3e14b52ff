// What a module says about itself, copied out of its tables and checked.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/option_spec.hpp"

namespace tapedeck {

struct PluginDescriptor {
  std::string id, name, version, vendor, license, url, description;
  std::vector<std::string> interfaces;
  std::uint32_t flags = 0;  // TDK_PLUGIN_*
  std::vector<OptionSpec> options;

  bool offers(std::string_view interface) const;
};

struct ModuleInfo {
  std::uint32_t abi_version = 0;
  std::string sdk;
  std::vector<PluginDescriptor> plugins;
};

// Copies and checks what the entry returned: sizes, ABI major, oldest host, ids, interfaces,
// options, and that functions are functions. Throws Error(TDK_INCOMPATIBLE, what is wrong).
// Threads: any.
ModuleInfo describe_module(const tdk_module *module);

// "string", "int", "number", "bool", "duration".
std::string_view option_type_name(std::uint32_t type) noexcept;

}  // namespace tapedeck
