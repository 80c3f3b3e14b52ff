// Every plugin that can be found, with what is wrong with those that cannot be used.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/module.hpp"
#include "plugins/probe.hpp"

namespace tapedeck {

struct CatalogSettings {
  // As plugin_directories() lists them; the first that has an id wins.
  std::vector<std::filesystem::path> directories;
  ProbeSettings probe;
  std::filesystem::path cache_directory;  // of the verdicts; empty: every start probes anew
  std::function<void(const std::string &)> debug;  // notes for developers; may be empty
};

enum class PluginState {
  Available,  // passed lint and probe; loaded when it is first asked for
  Loaded,
  Refused,
};
std::string_view plugin_state_name(PluginState state) noexcept;  // "available", "loaded", "refused"

// One plugin of one file; of a refused file there is one entry, its id empty unless it is known.
struct CatalogEntry {
  std::filesystem::path path;
  std::string id, name, version, description;
  std::vector<std::string> interfaces;
  std::vector<OptionSpec> options;
  PluginState state = PluginState::Refused;
  std::string reason;  // of the refusal
  std::vector<std::string> warnings;

  std::string line() const;  // "PATH: refused: REASON", or "PATH: available: ID VERSION"
};

// Threads: any.
class PluginCatalog {
 public:
  // Looks at every file: lint, then the verdict known of exactly this content, else a probe in a
  // child process, two at a time. Never throws for what a file is.
  explicit PluginCatalog(CatalogSettings settings);

  std::vector<CatalogEntry> entries() const;

  // By id ("binance"), or by path of the file. Throws Error(TDK_NOT_FOUND) that names the nearest
  // id, or Error(TDK_INCOMPATIBLE) with the reason of the refusal.
  CatalogEntry find(std::string_view id_or_path) const;

  // find(), then the module in this process, loaded by now; what loading throws is thrown on and
  // refuses the plugin from then on. A path that is in no directory is looked at now.
  const Module &load(std::string_view id_or_path);

 private:
  void add(std::vector<CatalogEntry> found);

  CatalogSettings settings_;
  mutable std::mutex mutex_;
  std::vector<CatalogEntry> entries_;
};

// One file, probed whatever is cached, and the cache (where the settings name one) corrected by it:
// `tapedeck plugins check FILE.so`.
std::vector<CatalogEntry> check_plugin_file(const std::filesystem::path &file,
                                            const CatalogSettings &settings);

}  // namespace tapedeck
