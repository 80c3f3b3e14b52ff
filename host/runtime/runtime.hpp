// Everything a configuration names, opened: the accounts of the vendors, the instances of the plugins.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "net/budget.hpp"
#include "net/http_client.hpp"
#include "observe/metrics.hpp"
#include "plugins/catalog.hpp"
#include "plugins/instance.hpp"
#include "plugins/watchdog.hpp"
#include "runtime/cache.hpp"
#include "runtime/event_sink.hpp"
#include "runtime/outbox.hpp"
#include "runtime/provider.hpp"
#include "runtime/storage.hpp"
#include "runtime/storage_pool.hpp"

namespace tapedeck {

// A vendor as it looks from here.
struct SourceState {
  std::string name, module, version;
  AccountSnapshot account;
};

// Lifecycle: outlives every instance opened from it. Threads: any.
class Runtime {
 public:
  // `catalog` has been scanned. Throws nothing: what cannot be opened says so when it is.
  Runtime(const Config &config, PluginCatalog &catalog, Metrics &metrics, Clock &clock);
  ~Runtime();
  Runtime(const Runtime &) = delete;
  Runtime &operator=(const Runtime &) = delete;

  // Shares the accounts and connections of the plugins that are configured in both in the same way: the
  // vendor counts them together. Before anything is opened.
  void adopt(Runtime &older);
  // Records everything that plugins receive, or plays it to them in place of the network. Before anything
  // is opened.
  void use_tape(std::shared_ptr<Tape> tape) { tape_ = std::move(tape); }

  // One more instance of a configured plugin. Throws Error: TDK_NOT_FOUND (no such plugin), and what
  // the plugin says to its options.
  std::unique_ptr<Provider> open_provider(const std::string &name, Priority priority);
  std::unique_ptr<Storage> open_storage(const std::string &name);
  // Of the plugin that is the storage.
  std::unique_ptr<Outbox> open_outbox(const std::string &storage);
  std::unique_ptr<EventSink> open_event_sink(const std::string &name);
  std::unique_ptr<Cache> open_cache(const std::string &name);
  // "binance 0.1.0"
  std::string version_of(const std::string &name);

  // What a source offers; asked once, of an instance of its own that touches no network.
  const ProviderInfo &info_of(const std::string &name);

  // Makes a pool of at most `readers` for every storage that a pipeline names; opens none yet.
  void open_pools(std::size_t readers);
  std::map<std::string, std::unique_ptr<StoragePool>> &pools() noexcept { return pools_; }
  AccountSnapshot account(const std::string &name);
  // How long the vendor's budgets stretch `count` requests of `weight` each, from now.
  Nanos estimate_requests(const std::string &name, std::uint64_t weight, std::uint64_t count);
  std::vector<SourceState> sources();

 private:
  struct Vendor;
  const PluginConfig &configured(const std::string &name) const;
  const PluginDescriptor &descriptor_of(const PluginConfig &plugin, const Module *&module);
  std::shared_ptr<PluginInstance> make_instance(const std::string &name, Priority priority);
  std::shared_ptr<PluginInstance> cache_instance(const std::string &name);
  CallObserver observer_for(const std::string &name, std::shared_ptr<const tdk_host> host);
  Vendor &vendor(const PluginConfig &plugin);
  void share(Vendor &vendor, const PluginConfig &plugin);

  const Config &config_;
  PluginCatalog &catalog_;
  Metrics &metrics_;
  Clock &clock_;
  std::shared_ptr<Tape> tape_;  // may be NULL
  Watchdog watchdog_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Vendor>> vendors_;
  std::map<std::string, std::unique_ptr<StoragePool>> pools_;
  std::mutex caches_mutex_;
  std::map<std::string, std::shared_ptr<PluginInstance>> caches_;  // one of each: all that use it share its connections
};

}  // namespace tapedeck
