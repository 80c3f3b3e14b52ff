// The two stores that a copy is about, found and opened.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/session.hpp"
#include "ingest/copy/pretend_clock.hpp"
#include "runtime/outbox.hpp"

namespace tapedeck {

// A storage plugin in a configuration. `where` is for people: "store of market.yaml".
struct ChosenStore {
  std::shared_ptr<Session> session;
  std::string plugin, where;
  const PluginConfig &config() const { return *session->config().plugin(plugin); }
};

// Throws TDK_INVALID_ARGUMENT when a name fits nothing or too much, and when both are the same store.
struct ChosenStores {
  ChosenStore from, to;
};
ChosenStores choose_stores(const CopyOptions &options);

// Lifecycle: the session outlives it. Threads: one. Failures: as Runtime::open_storage().
class OpenStore {
 public:
  enum class Use { Read, Write };
  // A plugin that has an option `read_only` is opened so for reading, except where its tables are older than it and
  // have to be migrated first.
  OpenStore(const ChosenStore &chosen, Use use, Clock &clock);
  Storage &storage() noexcept { return *storage_; }
  // What waits in it to be published, and its dead letters; none where it keeps no outbox.
  std::vector<OutboxStat> outbox(const tdk_cancel *cancel);

 private:
  void open();
  const std::string plugin_;
  Config config_;
  std::shared_ptr<Session::Deployment> deployment_;
  Metrics &metrics_;
  Clock &clock_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Storage> storage_;
};

}  // namespace tapedeck
