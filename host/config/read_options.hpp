// A plugin's options as flat texts: `spike: { sigma: 8 }` becomes "spike.sigma" = "8", a list of
// words becomes one text with commas.
#pragma once

#include <map>
#include <string>

#include "config/config.hpp"
#include "config/section_reader.hpp"

namespace tapedeck {

// `options` is a map. What cannot be handed over (lists of lists, nothing, a key written both
// nested and dotted, a list item with a comma) is reported and left out.
std::map<std::string, OptionValue> read_options(const YamlNode &options, ReadContext &context);

}  // namespace tapedeck
