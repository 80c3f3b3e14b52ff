// What most commands begin with: the configuration read and checked, the plugins found, the runtime.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "config/load_config.hpp"
#include "config/module_options.hpp"
#include "plugins/catalog.hpp"
#include "query/query_service.hpp"
#include "runtime/runtime.hpp"

namespace tapedeck {

std::unique_ptr<PluginCatalog> find_plugins(const std::vector<std::string> &configured_dirs);
ModuleOptions module_options(const PluginCatalog &catalog);

// Everything that is wrong with a configuration beyond its own text: modules, options, intervals.
std::vector<Problem> check_against_plugins(Config &config, PluginCatalog &catalog);

// Prints problems and warnings to standard error; true when a problem is more than a warning.
bool print_problems(const std::vector<Problem> &problems);

// Lifecycle: one a process. Threads: the members say.
class Session {
 public:
  // Prints what is wrong and throws Refused when the configuration cannot be used.
  explicit Session(const std::vector<std::string> &files);
  ~Session();

  struct Refused {};  // everything was said; exit with kExitConfig

  // Records what vendors send, or plays a recording to the plugins. Before anything is opened; also for
  // what reload() makes.
  void use_tape(std::shared_ptr<Tape> tape);

  // Reads the files again: the new configuration is checked whole, and takes the place of the old one. A
  // broken one throws Refused, and nothing has changed. Threads: one; what was taken from config() and
  // runtime() before stays valid as long as its deployment() is kept.
  void reload();

  // A configuration and what was opened for it.
  struct Deployment {
    Config config;
    std::unique_ptr<PluginCatalog> catalog;
    std::unique_ptr<Runtime> runtime;
  };
  std::shared_ptr<Deployment> deployment() const;  // the one that is current now; any thread
  const Config &config() const noexcept { return deployment_->config; }
  Runtime &runtime() noexcept { return *deployment_->runtime; }
  QueryService &query() noexcept { return *query_; }
  Metrics &metrics() noexcept { return metrics_; }
  Clock &clock() noexcept { return system_clock(); }
  CancelSource &cancel() noexcept { return cancel_; }

 private:
  std::shared_ptr<Deployment> deploy();

  const std::vector<std::string> files_;
  Metrics metrics_;
  CancelSource cancel_;
  mutable std::mutex mutex_;  // of the pointer
  std::shared_ptr<Deployment> deployment_;
  std::unique_ptr<QueryService> query_;
  std::shared_ptr<Tape> tape_;
};

// SIGINT and SIGTERM fire the session's cancellation instead of ending the process, as long as this
// lives; a second one ends it. SIGHUP, which otherwise ends the process too, is noted where it is
// `with_reload`. Threads: one at a time.
class SignalGuard {
 public:
  explicit SignalGuard(CancelSource &cancel, bool with_reload = false);
  ~SignalGuard();
  static bool interrupted() noexcept;
  static bool take_reload() noexcept;  // true once after one or several SIGHUP
};

}  // namespace tapedeck
