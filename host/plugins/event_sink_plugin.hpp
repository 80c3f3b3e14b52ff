// An event sink plugin as the host calls it.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plugins/instance.hpp"

namespace tapedeck {

struct SinkEvent {
  std::uint64_t id = 0;
  std::int64_t time = 0;
  std::string type, key, payload;
};

// Why event `index` was not taken.
struct SinkEventFailure {
  std::uint64_t index = 0;
  tdk_status status = TDK_OK;
  std::string why;
};

// The caller can leave a call that hangs, which closes the instance: wedged() of it says so. Failures are thrown as
// Error ("bus: publish: ..."), a sink that breaks its contract as TDK_INTERNAL.
// Threads: any; calls of one instance wait for each other unless the plugin is concurrent.
class EventSinkPlugin {
 public:
  explicit EventSinkPlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  // What was not acknowledged, ascending by index. Throws TDK_CANCELLED as well: then nothing was.
  std::vector<SinkEventFailure> publish(std::vector<SinkEvent> events, const tdk_cancel *cancel);

  PluginInstance &instance() const { return *instance_; }

 private:
  std::shared_ptr<PluginInstance> instance_;
  tdk_eventsink table_;
};

}  // namespace tapedeck
