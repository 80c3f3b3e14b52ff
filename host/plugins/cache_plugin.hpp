// A cache plugin as the host calls it, and the shared budgets it may keep.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "plugins/instance.hpp"

namespace tapedeck {

// Every call runs on the caller's thread. `cancel` may be NULL. Failures are thrown as Error ("cache: get: ...").
// Threads: any; calls of one instance wait for each other unless the plugin is concurrent.
class CachePlugin {
 public:
  static constexpr std::uint64_t kMaxValue = 64 * 1024 * 1024;  // bytes that are taken from a plugin

  explicit CachePlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  // False when there is nothing. The value is borrowed until the sink returns; of a broken cache (a time to live
  // that is over, more than kMaxValue) TDK_BAD_DATA is thrown.
  using Sink = std::function<void(std::string_view value, std::int64_t ttl_left_ns)>;
  bool get(std::string_view key, const Sink &sink, const tdk_cancel *cancel = nullptr);
  void set(std::string_view key, std::string_view value, std::int64_t ttl_ns, const tdk_cancel *cancel = nullptr);
  void remove(std::string_view key, const tdk_cancel *cancel = nullptr);
  std::uint64_t clear(std::string_view prefix, const tdk_cancel *cancel = nullptr);

 private:
  std::shared_ptr<PluginInstance> instance_;
  tdk_cache table_;
};

// The same of tapedeck.sharedbudget/1.
class SharedBudgetPlugin {
 public:
  explicit SharedBudgetPlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  // `sink` gets an answer of this host's size with a use for every limit that was asked about, borrowed until it
  // returns. Throws TDK_BAD_DATA when there is none, or it says nonsense.
  using Sink = std::function<void(const tdk_shared_answer &, const tdk_shared_use *uses)>;
  void exchange(const tdk_shared_ask &ask, const Sink &sink, const tdk_cancel *cancel);

 private:
  std::shared_ptr<PluginInstance> instance_;
  tdk_shared_budget table_;
};

}  // namespace tapedeck
