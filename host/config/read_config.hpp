// One file's tree as a Config: what can be said of a file without knowing the others.
#pragma once

#include "config/config.hpp"
#include "config/section_reader.hpp"

namespace tapedeck {

// Reads what is well-formed and reports the rest. Plugins and pipelines with mistakes stay in, so
// that references to them are not reported as well.
Config read_config(const YamlPtr &root, const ConfigInput &input, std::vector<Problem> &problems);

}  // namespace tapedeck
