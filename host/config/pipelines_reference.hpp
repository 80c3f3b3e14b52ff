// The reference of docs/PIPELINES.md, made from the declared keys.
#pragma once

#include <string>

#include "config/module_options.hpp"

namespace tapedeck {

// Markdown: a table for each section of the configuration, how values are written, then a table of
// options for each module. The same input gives the same text.
std::string pipelines_reference(const ModuleOptions &modules);

}  // namespace tapedeck
