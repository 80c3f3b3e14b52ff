// Everything that a configuration publishes: storages that make events, drainers that bring them to their sinks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "publish/drainer.hpp"
#include "publish/publishing_storage.hpp"
#include "publish/source_events.hpp"

namespace tapedeck {

// What publishing needs of the rest of the host. Lifecycle: copies keep alive what they need. Threads: any.
struct PublishPorts {
  std::shared_ptr<const Config> config;
  std::function<std::unique_ptr<Storage>(const std::string &storage)> open_storage;
  std::function<std::unique_ptr<Outbox>(const std::string &storage)> open_outbox;
  std::function<std::unique_ptr<EventSink>(const std::string &sink)> open_event_sink;
};

// The sinks of each pipeline that keeps its rows in `storage` and publishes.
PublishRoutes routes_of(const Config &config, const std::string &storage);

// Lifecycle: outlives the storages opened by it. Threads: apply(), finish() and stop() one; the rest any.
class Publisher {
 public:
  Publisher(Metrics &metrics, Clock &clock);
  ~Publisher();

  // A drainer for each pair of storage and sink that the configuration of `ports` names: those that are as before go
  // on, those that are gone are stopped.
  void apply(const PublishPorts &ports);
  // A storage of `ports`; what is committed on behalf of a pipeline that publishes becomes events.
  std::unique_ptr<Storage> open_storage(const PublishPorts &ports, const std::string &name);
  // Never waits; nothing happens when its pipeline publishes to nobody.
  void put(SourceEvent event);

  // Waits until all that was put is published or cannot be at present; false when `timeout` passes or `cancel` (may
  // be NULL) fires first.
  bool finish(Nanos timeout, const tdk_cancel *cancel);
  void stop(Nanos timeout);  // as OutboxDrainer::stop(), all at the same time
  std::vector<DrainerState> states() const;

 private:
  template <class T>
  struct Running {
    std::string fingerprint;
    std::unique_ptr<T> it;
  };
  using Drainers = std::map<std::pair<std::string, std::string>, Running<OutboxDrainer>>;  // by storage and sink
  using Keepers = std::map<std::string, Running<SourceEvents>>;                            // by storage

  void poke(const std::string &storage);
  void add(const PublishPorts &ports, const std::string &storage, const std::string &sink);
  void add_keeper(const PublishPorts &ports, const std::string &storage);
  static void stop_all(Keepers &keepers, Drainers &drainers, Nanos timeout);

  Metrics &metrics_;
  Clock &clock_;
  CorrelationIds ids_;
  const std::string owner_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Config> config_;
  Drainers drainers_;
  Keepers keepers_;
};

}  // namespace tapedeck
