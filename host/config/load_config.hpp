// From the YAML files of an operator to one checked configuration.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/config_input.hpp"

namespace tapedeck {

struct ConfigText {
  std::string name;  // as it is to be called in messages
  std::string text;
};

struct LoadedConfig {
  Config config;                  // to be used only when ok()
  std::vector<Problem> problems;  // everything that is wrong, in the order of files and lines
  // False when a problem is more than a warning.
  bool ok() const;
};

// Reads and merges files: plugins, plugin directories and pipelines add up, `api` may be in one
// only. Reports everything that is wrong in one go; throws only std::bad_alloc. Options of plugins
// are not checked here: that takes their modules, see check_options().
LoadedConfig load_config(const std::vector<std::string> &files, const ConfigInput &input);

// The same for texts that were read already.
LoadedConfig load_config(const std::vector<ConfigText> &texts, const ConfigInput &input);

}  // namespace tapedeck
