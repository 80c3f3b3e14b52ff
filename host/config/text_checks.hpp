// What must hold of a file's bytes before they are read as YAML.
#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"

namespace tapedeck {

// Takes a byte order mark off. A problem for a text that is empty, too large, not UTF-8, or that
// has control characters (yaml-cpp takes the byte 4 for the end and would ignore the rest).
std::optional<Problem> prepare_text(const std::string &file, std::string &text);

}  // namespace tapedeck
