// The host's libraries inside a benchmark, as `tapedeck` puts them together.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/load_config.hpp"
#include "plugins/catalog.hpp"

namespace tapedeck::bench {

// Throws std::runtime_error that says what is wrong.
inline Config config_of(const std::string &text) {
  LoadedConfig loaded = load_config(std::vector<ConfigText>{{"bench", text}},
                                    system_input(system_clock().now_ns()));
  std::string wrong;
  for (const auto &p : loaded.problems) wrong += p.text() + "\n";
  if (!loaded.ok()) throw std::runtime_error(wrong);
  return std::move(loaded.config);
}

// The plugins that were built; `tapedeck` probes them, since this program cannot.
inline CatalogSettings built_plugins() {
  CatalogSettings settings;
  settings.directories = {PLUGIN_DIRECTORY};
  settings.probe.executable = TAPEDECK_PROGRAM;
  return settings;
}

}  // namespace tapedeck::bench
