// What an ELF file tells about a plugin before anything of it runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck {

struct LintReport {
  bool ok = false;
  std::string reason;                 // of the refusal: what is wrong and what to do
  std::vector<std::string> warnings;  // it may be loaded, but its author should know
  std::vector<std::string> needed;    // the shared libraries it names
  std::string hash;                   // changes when the file does; empty when it cannot be read
};

// Reads the file, never runs or maps it; a truncated or hostile one is refused like any other.
// Never throws for what the file holds. Threads: any.
LintReport lint_plugin(const std::filesystem::path &file);

}  // namespace tapedeck
