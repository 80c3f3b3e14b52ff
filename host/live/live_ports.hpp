// What the live side needs of the rest of the host.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "live/live_hub.hpp"
#include "net/priority.hpp"
#include "observe/metrics.hpp"
#include "publish/envelope.hpp"
#include "runtime/provider.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

// Lifecycle: copies keep alive what they need; hub, metrics and clock outlive them. Threads: any.
struct LivePorts {
  std::shared_ptr<const Config> config;
  std::function<std::unique_ptr<Provider>(const std::string &source, Priority)> open_provider;
  std::function<std::unique_ptr<Storage>(const std::string &storage)> open_storage;
  std::function<ProviderInfo(const std::string &source)> info_of;
  std::function<std::string(const std::string &source)> version_of;
  // Is told what happens to sources; must not wait. May be empty.
  std::function<void(SourceEvent)> on_source;
  LiveHub *hub = nullptr;
  Metrics *metrics = nullptr;
  Clock *clock = nullptr;
  Nanos call_timeout = kMinute;  // of one question of a repair; kForever where the clock is none of the plugin watchdog's
  // How often, in real time, connections are looked after: a test's clock may stand still, or fly.
  std::chrono::milliseconds look_after{20};
};

}  // namespace tapedeck
