// One configured plugin: created from a module, called through one door, destroyed.
#pragma once

#include <tapedeck/abi.h>

#include <memory>
#include <string>

#include "plugins/call.hpp"
#include "plugins/module.hpp"
#include "plugins/options.hpp"
#include "plugins/watchdog.hpp"

namespace tapedeck {

struct WedgedEvent {
  std::string plugin, function;
  std::string text;  // "wedged in fetch_candles since 12:00:01; restart to recover"
  bool abandoned;    // false: the caller still waits, since this call must not be left alone
};

struct InstanceSettings {
  std::string name;                      // in the configuration; empty: the plugin's id
  OptionValues options;                  // as configured; checked and completed here
  std::shared_ptr<const tdk_host> host;  // lives as long as anything of the plugin does
  Watchdog *watchdog = nullptr;          // NULL: calls may hang for ever
  CallObserver observer;                 // after every call, on its caller's thread
  // On the watchdog's thread, which holds no lock; perhaps after the instance is gone, never after
  // the watchdog is.
  std::function<void(const WedgedEvent &)> on_wedged;
  std::int64_t create_limit_ns = 25'000'000'000;  // then, and the watchdog's grace later, given up
};

// Lifecycle: make(), calls, destructor. A wedged instance is never destroyed but leaked with its
// host services, since a thread of ours is still inside it. Threads: any; calls wait for each other
// unless the plugin says TDK_PLUGIN_CONCURRENT.
class PluginInstance {
 public:
  enum class Where { Inline, OnWorker };  // OnWorker: the caller can leave a call that hangs

  // Throws what create() answered, TDK_INVALID_ARGUMENT for options, TDK_INCOMPATIBLE for broken
  // ones.
  static std::shared_ptr<PluginInstance> make(const Module &module, std::string_view id,
                                              InstanceSettings settings);
  ~PluginInstance();
  PluginInstance(const PluginInstance &) = delete;
  PluginInstance &operator=(const PluginInstance &) = delete;

  const std::string &name() const;
  const PluginDescriptor &descriptor() const;
  void *self() const;  // for the tables' functions

  // The plugin's table of that interface, NULL when it has none. It is raw: complete_*() it.
  const void *interface(const char *iid);

  // Waits for its turn, enters the plugin, tells watchdog and observer. TDK_OK, TDK_STOP and
  // TDK_CANCELLED are answers; everything else is thrown as Error("NAME: FUNCTION: why").
  tdk_status call(const std::shared_ptr<PluginCall> &call, Where where);

  void health();  // throws what the plugin says is wrong; fine when it does not say

  std::string wedged() const;  // empty, or since when and in what

 private:
  struct State;
  explicit PluginInstance(std::shared_ptr<State> state);
  void create();

  std::shared_ptr<State> state_;
};

}  // namespace tapedeck
