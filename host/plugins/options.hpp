// Configured options against what a plugin declares.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/descriptor.hpp"

namespace tapedeck {

using OptionValues = std::vector<std::pair<std::string, std::string>>;

inline bool is_required(const OptionSpec &option) { return (option.flags & TDK_OPT_REQUIRED) != 0; }

// What is wrong with `value` for that option, for people; nothing when it fits type and choices.
std::optional<std::string> option_problem(const OptionSpec &option, std::string_view value);

// `given` with the defaults filled in, in the order of the descriptor. Throws
// Error(TDK_INVALID_ARGUMENT) for an unknown key (with the nearest known one), a value that does
// not fit, and a required option that is missing. Values of secrets are not in the message.
OptionValues complete_options(const PluginDescriptor &plugin, const OptionValues &given);

// Values a plugin can be tried out with: its defaults, and a sample of its type where one is
// required.
OptionValues sample_options(const PluginDescriptor &plugin);

}  // namespace tapedeck
