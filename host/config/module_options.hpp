// The options that plugin modules declare, as far as the modules were found.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/option_spec.hpp"

namespace tapedeck {

// By module id, the text behind `module:`.
using ModuleOptions = std::map<std::string, std::vector<OptionSpec>>;

// "text", "integer", "number", "true/false", "duration": for people.
std::string option_type_name(const OptionSpec &spec);

}  // namespace tapedeck
