// A plugin file in this process: loaded once, checked, and never unloaded.
#pragma once

#include <tapedeck/abi.h>

#include <filesystem>
#include <functional>

#include "plugins/descriptor.hpp"

namespace tapedeck {

// Lifecycle: from load() to the end of the process; unloading a library with threads or exit
// handlers of its own crashes, so nothing ever is. Threads: any.
class Module {
 public:
  // The module of that file, loaded if it is not yet (twice through a link is once). Throws
  // Error(TDK_INCOMPATIBLE) with the linker's words or what is wrong with its tables. Runs the
  // file's static constructors: probe it in a child process first.
  static const Module &load(const std::filesystem::path &file);

  // The same in steps, for the probe, which reports each before it starts.
  using Announce = std::function<void(const char *stage)>;
  static const Module &load(const std::filesystem::path &file, const Announce &announce);

  const std::filesystem::path &path() const { return path_; }
  const ModuleInfo &info() const { return info_; }
  const PluginDescriptor *find(std::string_view id) const;  // NULL: not in this module

  // Checked at load: a function in executable memory.
  decltype(tdk_module::create) create() const { return create_; }

 private:
  struct Library;
  Module(std::filesystem::path path, const Announce &announce);

  std::filesystem::path path_;
  Library *library_;  // never deleted
  ModuleInfo info_;
  decltype(tdk_module::create) create_ = nullptr;
};

}  // namespace tapedeck
