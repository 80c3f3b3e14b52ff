// `${env:NAME}` and `${file:PATH}` inside of values. `$${` stands for a literal `${`; any other `$`
// is itself. What a reference brings in is not searched for references again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/config_input.hpp"

namespace tapedeck {

struct ResolvedText {
  std::string value;
  bool from_reference = false;  // at least a part came from outside the file
};

// Replaces every reference; a file's last newline is left out. Nothing, with a problem at `at`,
// when one cannot be resolved. Problems name the reference, never what it stands for.
std::optional<ResolvedText> resolve_references(const std::string &text, const Location &at,
                                               const ConfigInput &input,
                                               std::vector<Problem> &problems);

}  // namespace tapedeck
