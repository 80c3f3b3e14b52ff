#include "runtime/runtime.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "net/account_share.hpp"
#include "observe/log.hpp"
#include "runtime/host_services.hpp"
#include "runtime/plugin_cache.hpp"
#include "runtime/plugin_outbox.hpp"
#include "runtime/plugin_provider.hpp"
#include "runtime/plugin_storage.hpp"

namespace tapedeck {
namespace {

// Short values are words like "practice", not secrets; blanking those would garble every message.
constexpr std::size_t kShortestSecret = 8;

HttpSettings http_settings(const std::string &plugin, std::shared_ptr<Tape> tape) {
  HttpSettings s;
  s.tape = std::move(tape);
  s.tape_plugin = plugin;
  s.proxy = ProxyRules::from_environment();
  s.user_agent = "tapedeck/" TAPEDECK_VERSION;
  return s;
}

std::vector<std::string> secrets_of(const PluginConfig &plugin, const PluginDescriptor &descriptor) {
  std::vector<std::string> out;
  for (const auto &o : descriptor.options) {
    const auto value = plugin.options.find(o.key);
    if ((o.flags & TDK_OPT_SECRET) != 0 && value != plugin.options.end()) out.push_back(value->second.value);
  }
  std::erase_if(out, [](const std::string &s) { return s.size() < kShortestSecret; });
  return out;
}

}  // namespace

// What all instances of one configured plugin share: the vendor counts them together.
struct Runtime::Vendor {
  Vendor(const PluginConfig &plugin, std::shared_ptr<Tape> tape, Clock &clock)
      : http(http_settings(plugin.name, std::move(tape)), clock), account(plugin.name, clock) {}
  HttpClient http;
  Account account;
  std::mutex share_mutex;
  Runtime *shared_by = nullptr;  // whose plugins the account reaches the other hosts through
  std::mutex info_mutex;
  std::optional<ProviderInfo> info;
};

Runtime::Runtime(const Config &config, PluginCatalog &catalog, Metrics &metrics, Clock &clock)
    : config_(config), catalog_(catalog), metrics_(metrics), clock_(clock) {}

// A vendor may outlive it in a runtime that adopted it, or was adopted.
Runtime::~Runtime() {
  for (auto &[name, vendor] : vendors_) {
    std::lock_guard lock(vendor->share_mutex);
    if (vendor->shared_by == this) vendor->account.leave_others();
  }
}

// What configures it otherwise makes another vendor.
void Runtime::share(Vendor &vendor, const PluginConfig &plugin) {
  if (!plugin.budget) return;
  ShareSettings settings;
  settings.account = plugin.budget->account;
  settings.hosts = plugin.budget->hosts;
  settings.open = [this, through = plugin.budget->through] { return make_plugin_shared_budget(cache_instance(through)); };
  settings.say = [name = plugin.name](bool away, const std::string &text) {
    log(away ? LogLevel::Warn : LogLevel::Info, name, text);
  };
  std::lock_guard lock(vendor.share_mutex);
  vendor.account.share(std::move(settings));
  vendor.shared_by = this;
}

void Runtime::adopt(Runtime &older) {
  const auto same = [](const PluginConfig &a, const PluginConfig &b) {
    const auto equal = [](const auto &x, const auto &y) { return x.first == y.first && x.second.value == y.second.value; };
    const auto shares = [](const PluginConfig &p) {
      return p.budget ? p.budget->account + " " + p.budget->through + " " + std::to_string(p.budget->hosts) : std::string();
    };
    return a.module == b.module && shares(a) == shares(b) && std::equal(a.options.begin(), a.options.end(), b.options.begin(), b.options.end(), equal);
  };
  std::scoped_lock lock(mutex_, older.mutex_);
  for (const auto &[name, vendor] : older.vendors_) {
    const PluginConfig *now = config_.plugin(name), *then = older.config_.plugin(name);
    if (now == nullptr || then == nullptr || !same(*now, *then)) continue;
    vendors_[name] = vendor;
    share(*vendor, *now);
  }
}

const PluginConfig &Runtime::configured(const std::string &name) const {
  if (const PluginConfig *plugin = config_.plugin(name)) return *plugin;
  throw Error(TDK_NOT_FOUND, "no plugin '" + name + "' in the configuration");
}

Runtime::Vendor &Runtime::vendor(const PluginConfig &plugin) {
  std::lock_guard lock(mutex_);
  auto &vendor = vendors_[plugin.name];
  if (!vendor) {
    vendor = std::make_shared<Vendor>(plugin, tape_, clock_);
    share(*vendor, plugin);
  }
  return *vendor;
}

const PluginDescriptor &Runtime::descriptor_of(const PluginConfig &plugin, const Module *&module) {
  const CatalogEntry entry = catalog_.find(plugin.module);
  module = &catalog_.load(plugin.module);
  const PluginDescriptor *descriptor = module->find(entry.id);
  if (descriptor == nullptr) throw Error(TDK_NOT_FOUND, "no plugin '" + entry.id + "' in " + module->path().string());
  return *descriptor;
}

std::shared_ptr<PluginInstance> Runtime::make_instance(const std::string &name, Priority priority) {
  const PluginConfig &plugin = configured(name);
  const Module *module = nullptr;
  const PluginDescriptor &descriptor = descriptor_of(plugin, module);
  Vendor &shared = vendor(plugin);

  HostServicesSettings services;
  services.plugin = name;
  services.priority = priority;
  services.secrets = secrets_of(plugin, descriptor);
  services.metrics = &metrics_;
  services.clock = &clock_;
  if (descriptor.offers(TDK_IID_PROVIDER)) {  // the only kind that talks to a vendor
    services.http = &shared.http;
    services.account = &shared.account;
  }
  InstanceSettings settings;
  settings.name = name;
  settings.host = make_host_services(std::move(services));
  settings.watchdog = &watchdog_;
  settings.observer = observer_for(name, settings.host);
  settings.on_wedged = [](const WedgedEvent &e) { log(LogLevel::Error, e.plugin, e.text); };
  for (const auto &[key, value] : plugin.options) settings.options.emplace_back(key, value.value);
  return PluginInstance::make(*module, descriptor.id, std::move(settings));
}

CallObserver Runtime::observer_for(const std::string &name, std::shared_ptr<const tdk_host> host) {
  const auto seconds = metrics_.histogram("tapedeck_plugin_call_seconds", "Time in calls into a plugin.", {{"plugin", name}});
  const auto errors = metrics_.counter("tapedeck_plugin_errors_total", "Calls into a plugin that failed.", {{"plugin", name}});
  return [this, seconds, errors, host = std::move(host)](const CallReport &report) {
    if (report.function == std::string_view("run_stream")) close_streams(*host);  // what it has left open
    metrics_.record(seconds, static_cast<double>(report.latency_ns) / 1e9);
    const bool failed = report.status != TDK_OK && report.status != TDK_STOP && report.status != TDK_CANCELLED;
    if (failed) metrics_.record(errors, 1);
  };
}

std::unique_ptr<Provider> Runtime::open_provider(const std::string &name, Priority priority) {
  return make_plugin_provider(make_instance(name, priority));
}

std::unique_ptr<Storage> Runtime::open_storage(const std::string &name) {
  return make_plugin_storage(make_instance(name, Priority::Live));
}

std::unique_ptr<Outbox> Runtime::open_outbox(const std::string &storage) {
  return make_plugin_outbox(make_instance(storage, Priority::Live));
}

std::unique_ptr<EventSink> Runtime::open_event_sink(const std::string &name) {
  return make_plugin_event_sink(make_instance(name, Priority::Live));
}

std::shared_ptr<PluginInstance> Runtime::cache_instance(const std::string &name) {
  std::lock_guard lock(caches_mutex_);
  auto &instance = caches_[name];
  if (!instance) instance = make_instance(name, Priority::Live);
  return instance;
}

std::unique_ptr<Cache> Runtime::open_cache(const std::string &name) { return make_plugin_cache(cache_instance(name)); }

std::string Runtime::version_of(const std::string &name) {
  const CatalogEntry entry = catalog_.find(configured(name).module);
  return entry.id + " " + entry.version;
}

const ProviderInfo &Runtime::info_of(const std::string &name) {
  Vendor &shared = vendor(configured(name));
  std::lock_guard lock(shared.info_mutex);
  if (!shared.info) shared.info = open_provider(name, Priority::Backfill)->info();
  return *shared.info;
}

void Runtime::open_pools(std::size_t readers) {
  for (const auto &p : config_.pipelines) {
    auto &pool = pools_[p.storage.name];
    if (!pool)
      pool = std::make_unique<StoragePool>([this, name = p.storage.name] { return open_storage(name); }, readers);
  }
}

AccountSnapshot Runtime::account(const std::string &name) { return vendor(configured(name)).account.snapshot(); }

Nanos Runtime::estimate_requests(const std::string &name, std::uint64_t weight, std::uint64_t count) {
  info_of(name);  // an instance has defined its budgets by now
  return vendor(configured(name)).account.estimate({}, weight, count);
}

std::vector<SourceState> Runtime::sources() {
  std::vector<SourceState> out;
  for (const auto &plugin : config_.plugins) {
    const CatalogEntry entry = catalog_.find(plugin.module);
    if (std::find(entry.interfaces.begin(), entry.interfaces.end(), TDK_IID_PROVIDER) == entry.interfaces.end()) continue;
    out.push_back({plugin.name, entry.id, entry.version, account(plugin.name)});
  }
  return out;
}

}  // namespace tapedeck
