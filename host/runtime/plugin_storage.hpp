// A storage plugin behind the host's Storage.
#pragma once

#include <memory>

#include "plugins/storage_plugin.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

std::unique_ptr<Storage> make_plugin_storage(std::shared_ptr<PluginInstance> instance);

}  // namespace tapedeck
