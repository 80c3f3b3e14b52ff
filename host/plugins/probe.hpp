// Tries a plugin file out in a child process, so that one that crashes, hangs or exits does it
// there.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "plugins/descriptor.hpp"

namespace tapedeck {

struct ProbeSettings {
  // What is run: EXECUTABLE ARGUMENTS... FILE; it must end up in probe_child_main().
  std::filesystem::path executable = "/proc/self/exe";
  std::vector<std::string> arguments = {"plugin-probe"};
  std::chrono::milliseconds limit{5000};  // of the whole probe; stages may have shorter ones
};

struct ProbeVerdict {
  bool ok = false;
  std::string stage;                  // of the failure: "fetch_candles"
  std::string reason;                 // for people: "crashed (SIGABRT) in fetch_candles"
  std::vector<std::string> warnings;  // "create with sample options: invalid_argument: ..."
  ModuleInfo module;                  // complete when ok
  bool certain = true;                // false: the child could not be run; says nothing of the file
};

// Blocks until the child is gone, `limit` at most. Never throws for what the plugin does.
// Threads: any.
ProbeVerdict probe_plugin(const std::filesystem::path &file, const ProbeSettings &settings);

}  // namespace tapedeck
