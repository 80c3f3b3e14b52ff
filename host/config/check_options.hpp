// Holds a plugin's options against those its module declares.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/option_spec.hpp"
#include "config/config.hpp"

namespace tapedeck {

// The options to hand to the plugin: those written and the defaults of the others, in the order of
// `specs`. Reports unknown, missing and ill-typed options (which are left out) and warns of secrets
// written in plain text. No problem ever shows the value of a secret.
std::vector<std::pair<std::string, std::string>> check_options(const PluginConfig &plugin,
                                                               const std::vector<OptionSpec> &specs,
                                                               std::vector<Problem> &problems);

}  // namespace tapedeck
