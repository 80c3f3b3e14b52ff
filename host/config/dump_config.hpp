// The effective configuration for people and the API, without its secrets.
#pragma once

#include <string>

#include "config/config.hpp"
#include "config/module_options.hpp"

namespace tapedeck {

// JSON in the shape of the YAML, with defaults filled in (those of options as far as `modules` has
// them). "***" stands for everything that came from ${env:} or ${file:}, for options declared
// secret and, since a module may be unknown, for options whose name says so; passwords in URLs are
// cut out.
std::string dump_config(const Config &config, const ModuleOptions &modules = {});

}  // namespace tapedeck
