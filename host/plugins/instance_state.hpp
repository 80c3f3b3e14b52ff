// What of an instance outlives it while a thread is stuck inside its plugin.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugins/instance.hpp"
#include "plugins/worker.hpp"

namespace tapedeck {

// Lets one call in at a time; those who wait give up when they are cancelled or the instance
// wedges. Threads: any.
class Turnstile {
 public:
  explicit Turnstile(bool concurrent) : concurrent_(concurrent) {}
  // TDK_OK, the token's status, or TDK_UNAVAILABLE when closed. leave() after TDK_OK only.
  tdk_status enter(const PluginCall &call);
  void leave();

  void close(std::string why);
  void open();              // after close(), when the late call came back after all
  std::string why() const;  // empty: open

 private:
  const bool concurrent_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool busy_ = false;
  std::string why_;
};

struct PluginInstance::State {
  State(const Module &m, const PluginDescriptor &d, InstanceSettings s)
      : module(m),
        descriptor(d),
        settings(std::move(s)),
        turnstile((d.flags & TDK_PLUGIN_CONCURRENT) != 0) {}

  const Module &module;  // pinned for ever, as its descriptors are
  const PluginDescriptor &descriptor;
  const InstanceSettings settings;
  Turnstile turnstile;
  tdk_plugin made{};    // what create() fills, perhaps after we gave it up
  tdk_plugin plugin{};  // the same once it was found sound: then it is destroyed in the end
  std::atomic<bool> left_alone{false};  // a call was abandoned: a thread of ours is inside for ever

  std::mutex workers_mutex;
  std::vector<std::unique_ptr<Worker>> idle_workers;

  std::unique_ptr<Worker> take_worker();
  void give_back(std::unique_ptr<Worker> worker);

  // Runs the call, watched; false when it was abandoned.
  bool perform(const std::shared_ptr<State> &self, const std::shared_ptr<PluginCall> &call,
               Where where);
  void perform_on_worker(const std::shared_ptr<PluginCall> &call);
  Clock &clock() const;
};

}  // namespace tapedeck
