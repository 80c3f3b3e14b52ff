// A cache plugin behind the host's Cache, and behind the port of shared budgets.
#pragma once

#include <memory>

#include "net/shared_budget.hpp"
#include "plugins/instance.hpp"
#include "runtime/cache.hpp"

namespace tapedeck {

// Throw TDK_NOT_SUPPORTED when the plugin has no such thing.
std::unique_ptr<Cache> make_plugin_cache(std::shared_ptr<PluginInstance> instance);
std::unique_ptr<SharedBudget> make_plugin_shared_budget(std::shared_ptr<PluginInstance> instance);

}  // namespace tapedeck
