// The outbox of a storage plugin as the host calls it.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "plugins/instance.hpp"

namespace tapedeck {

// Every call runs on the caller's thread, as those of a StoragePlugin, and is late in the same way. What sinks get is
// borrowed until they return; they answer TDK_OK or TDK_STOP. `cancel` may be NULL. Failures are thrown as Error
// ("store: settle: ..."); an entry or a figure that cannot be is TDK_BAD_DATA.
// Threads: any; calls of one instance wait for each other unless the plugin is concurrent.
class OutboxPlugin {
 public:
  static constexpr std::uint64_t kMaxPayload = 64 * 1024 * 1024;  // bytes that are taken from a plugin
  static constexpr std::uint64_t kMaxText = 4096;                 // of sink, type and key

  template <class T>
  using Sink = std::function<tdk_status(const T &)>;

  explicit OutboxPlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  void claim(tdk_str sink, tdk_str owner, std::int64_t now, std::int64_t until);
  // Entries are checked: ascending, of what was asked for, with texts of a readable size.
  tdk_status read(const tdk_outbox_request &request, const Sink<tdk_outbox_entry> &sink, const tdk_cancel *cancel);
  void settle(std::span<const tdk_outbox_outcome> outcomes);
  std::uint64_t replay(const tdk_outbox_request &request);
  std::uint64_t purge(const tdk_outbox_request &request);
  tdk_status stat(const Sink<tdk_outbox_stat> &sink, const tdk_cancel *cancel);

 private:
  std::shared_ptr<PluginInstance> instance_;
  tdk_outbox table_;
};

}  // namespace tapedeck
