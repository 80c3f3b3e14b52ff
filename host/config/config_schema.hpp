// The configuration described for editors and other programs.
#pragma once

#include <string>

#include "config/module_options.hpp"

namespace tapedeck {

// JSON Schema 2020-12, strict: what it does not name is refused. Options are checked for the
// modules given; those of any other module may be anything. It says what single values look like;
// what links them (unique names, declared plugins) only load_config() checks. Where one thing can
// be written in two ways it takes the usual one only: intervals by name, nested options (`spike: {
// sigma: 8 }`).
std::string config_schema(const ModuleOptions &modules);

}  // namespace tapedeck
