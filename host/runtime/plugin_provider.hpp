// A provider plugin behind the host's Provider.
#pragma once

#include <memory>

#include "plugins/provider_plugin.hpp"
#include "runtime/provider.hpp"

namespace tapedeck {

// Throws what the plugin says to info().
std::unique_ptr<Provider> make_plugin_provider(std::shared_ptr<PluginInstance> instance);

}  // namespace tapedeck
