// A provider plugin to start from: small, whole, and working.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tapedeck {

struct SkeletonFile {
  std::string name, text;
};

// Why `name` cannot be a plugin's; nothing: it can. Lower-case letters, digits and '-', a letter first.
std::optional<std::string> plugin_name_problem(const std::string &name);

// `in_tree`: it is built together with Tapedeck; else by itself, against the installed SDK.
std::vector<SkeletonFile> plugin_skeleton(const std::string &name, bool in_tree);

}  // namespace tapedeck
