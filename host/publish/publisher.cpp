#include "publish/publisher.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

namespace tapedeck {
namespace {

constexpr Nanos kReplaced = 2 * kSecond;  // for what a drainer has under way when another takes its place

std::string owner_of_this_process(CorrelationIds &ids) {
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return std::string(host) + " " + std::to_string(getpid()) + " " + ids.next();
}

// Everything that is written of a plugin.
std::string fingerprint(const Config &config, const std::string &name) {
  std::string out = name;
  const PluginConfig *plugin = config.plugin(name);
  if (plugin == nullptr) return out;
  out += '\0' + plugin->module;
  for (const auto &[key, option] : plugin->options) out += '\0' + key + '\0' + option.value;
  return out + '\0';
}

}  // namespace

PublishRoutes routes_of(const Config &config, const std::string &storage) {
  PublishRoutes out;
  for (const auto &p : config.pipelines)
    if (p.storage.name == storage)
      for (const auto &sink : p.publish) out[p.name].push_back(sink.name);
  return out;
}

Publisher::Publisher(Metrics &metrics, Clock &clock) : metrics_(metrics), clock_(clock), owner_(owner_of_this_process(ids_)) {}

Publisher::~Publisher() { stop(0); }

void Publisher::apply(const PublishPorts &ports) {
  const Config &config = *ports.config;
  std::set<std::pair<std::string, std::string>> wanted;
  std::set<std::string> storages;
  for (const auto &p : config.pipelines)
    for (const auto &sink : p.publish) {
      wanted.insert({p.storage.name, sink.name});
      storages.insert(p.storage.name);
    }
  const auto same = [&](const std::string &fingerprint_then, const std::string &storage, const std::string &sink) {
    return fingerprint_then == fingerprint(config, storage) + (sink.empty() ? "" : fingerprint(config, sink));
  };
  Drainers old;
  Keepers old_keepers;
  {
    std::lock_guard lock(mutex_);
    config_ = ports.config;
    for (auto it = drainers_.begin(); it != drainers_.end();) {
      const auto next = std::next(it);
      if (wanted.count(it->first) == 0 || !same(it->second.fingerprint, it->first.first, it->first.second))
        old.insert(drainers_.extract(it));
      it = next;
    }
    for (auto it = keepers_.begin(); it != keepers_.end();) {
      const auto next = std::next(it);
      if (storages.count(it->first) == 0 || !same(it->second.fingerprint, it->first, "")) old_keepers.insert(keepers_.extract(it));
      it = next;
    }
  }
  stop_all(old_keepers, old, kReplaced);
  for (const auto &[storage, sink] : wanted) add(ports, storage, sink);
  for (const auto &storage : storages) add_keeper(ports, storage);
}

void Publisher::add(const PublishPorts &ports, const std::string &storage, const std::string &sink) {
  std::lock_guard lock(mutex_);
  auto &running = drainers_[{storage, sink}];
  if (running.it) return;
  DrainerSettings settings;
  settings.storage = storage;
  settings.sink = sink;
  settings.owner = owner_;
  settings.seed = static_cast<std::uint64_t>(clock_.now_ns()) + drainers_.size();
  running.fingerprint = fingerprint(*ports.config, storage) + fingerprint(*ports.config, sink);
  running.it = std::make_unique<OutboxDrainer>(
      std::move(settings), [open = ports.open_outbox, storage] { return open(storage); },
      [open = ports.open_event_sink, sink] { return open(sink); }, metrics_, clock_);
}

void Publisher::add_keeper(const PublishPorts &ports, const std::string &storage) {
  std::lock_guard lock(mutex_);
  auto &running = keepers_[storage];
  if (running.it) return;
  SourceEventSettings settings;
  settings.storage = storage;
  running.fingerprint = fingerprint(*ports.config, storage);
  running.it = std::make_unique<SourceEvents>(
      std::move(settings), [open = ports.open_storage, storage] { return open(storage); }, ids_, [this, storage] { poke(storage); },
      metrics_, clock_);
}

std::unique_ptr<Storage> Publisher::open_storage(const PublishPorts &ports, const std::string &name) {
  auto storage = ports.open_storage(name);
  auto routes = routes_of(*ports.config, name);
  if (routes.empty()) return storage;
  return make_publishing_storage(std::move(storage), std::move(routes), ids_, [this, name] { poke(name); });
}

void Publisher::poke(const std::string &storage) {
  std::lock_guard lock(mutex_);
  for (auto &[of, running] : drainers_)
    if (of.first == storage && running.it) running.it->poke();
}

void Publisher::put(SourceEvent event) {
  std::lock_guard lock(mutex_);
  const PipelineConfig *pipeline = config_ ? config_->pipeline(event.pipeline) : nullptr;
  if (pipeline == nullptr || pipeline->publish.empty()) return;
  std::vector<std::string> sinks;
  for (const auto &sink : pipeline->publish) sinks.push_back(sink.name);
  const auto keeper = keepers_.find(pipeline->storage.name);
  if (keeper != keepers_.end() && keeper->second.it) keeper->second.it->put(std::move(event), std::move(sinks));
}

// The drainers of the map only change in apply() and stop(), which the same thread calls.
bool Publisher::finish(Nanos timeout, const tdk_cancel *cancel) {
  const Nanos end = system_clock().monotonic_ns() + timeout;
  bool all = true;
  for (auto &[of, running] : drainers_)
    all = running.it->finish(std::max<Nanos>(end - system_clock().monotonic_ns(), 0), cancel) && all;
  return all;
}

void Publisher::stop(Nanos timeout) {
  Drainers drainers;
  Keepers keepers;
  {
    std::lock_guard lock(mutex_);
    keepers.swap(keepers_);
  }
  const Nanos end = system_clock().monotonic_ns() + timeout;
  Drainers none;
  stop_all(keepers, none, timeout / 2);  // what they keep is to be drained
  {
    std::lock_guard lock(mutex_);
    drainers.swap(drainers_);
  }
  keepers.clear();
  stop_all(keepers, drainers, std::max<Nanos>(end - system_clock().monotonic_ns(), 0));
}

void Publisher::stop_all(Keepers &keepers, Drainers &drainers, Nanos timeout) {
  const Nanos end = system_clock().monotonic_ns() + timeout;
  const auto left = [end] { return std::max<Nanos>(end - system_clock().monotonic_ns(), 0); };
  for (auto &[storage, running] : keepers) running.it->stop(left());
  for (auto &[of, running] : drainers)
    if (const Nanos t = left(); t > 0) running.it->finish(t, nullptr);
  for (auto &[of, running] : drainers) running.it->cancel();
  for (auto &[of, running] : drainers) running.it->stop(0);
}

std::vector<DrainerState> Publisher::states() const {
  std::lock_guard lock(mutex_);
  std::vector<DrainerState> out;
  for (const auto &[of, running] : drainers_)
    if (running.it) out.push_back(running.it->state());
  return out;
}

}  // namespace tapedeck
