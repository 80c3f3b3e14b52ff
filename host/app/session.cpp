#include "app/session.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstdio>
#include <set>

#include "base/text.hpp"
#include "config/check_options.hpp"
#include "live/stream_offer.hpp"
#include "observe/log.hpp"
#include "plugins/discover.hpp"
#include "plugins/verdict_cache.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kReaders = 8;

void check_interface(const PluginConfig &plugin, const CatalogEntry &entry, const std::string &iid,
                     const std::string &role, const Location &at, std::vector<Problem> &problems) {
  if (std::find(entry.interfaces.begin(), entry.interfaces.end(), iid) != entry.interfaces.end()) return;
  problems.push_back({at, "'" + plugin.name + "' (module " + plugin.module + ") is no " + role, false});
}

// The catalog's entry for a configured plugin; nothing, and a problem, when there is none.
std::optional<CatalogEntry> find_module(const PluginConfig &plugin, PluginCatalog &catalog,
                                        std::vector<Problem> &problems) try {
  return catalog.find(plugin.module);
} catch (const Error &e) {
  problems.push_back({plugin.module_at, e.what(), false});
  return std::nullopt;
}

void check_plugin(const Config &config, PluginConfig &plugin, PluginCatalog &catalog,
                  std::vector<Problem> &problems) {
  const auto entry = find_module(plugin, catalog, problems);
  if (!entry) return;
  check_options(plugin, entry->options, problems);
  for (const auto &p : config.pipelines) {
    for (const auto &s : p.sources)
      if (s.name == plugin.name) check_interface(plugin, *entry, TDK_IID_PROVIDER, "source of market data", s.at, problems);
    if (p.storage.name == plugin.name)
      check_interface(plugin, *entry, TDK_IID_STORAGE, "storage", p.storage.at, problems);
    if (p.storage.name == plugin.name && !p.publish.empty())
      check_interface(plugin, *entry, TDK_IID_OUTBOX, "storage with an outbox, which 'publish' needs", p.storage.at, problems);
    for (const auto &sink : p.publish)
      if (sink.name == plugin.name) check_interface(plugin, *entry, TDK_IID_EVENTSINK, "event sink", sink.at, problems);
    if (p.cache.name == plugin.name) check_interface(plugin, *entry, TDK_IID_CACHE, "cache", p.cache.at, problems);
  }
  if (plugin.budget) check_interface(plugin, *entry, TDK_IID_PROVIDER, "source of market data, and has no budget", plugin.at, problems);
  for (const auto &p : config.plugins)
    if (p.budget && p.budget->through == plugin.name)
      check_interface(plugin, *entry, TDK_IID_SHARED_BUDGET, "cache that hosts can share budgets through", p.budget->at, problems);
}

std::vector<std::string> names_of(const std::vector<Interval> &intervals) {
  std::vector<std::string> out;
  for (const auto &i : intervals) out.push_back(i.name());
  return out;
}

// Asks each source what it offers, without any network: a provider answers info() from its options.
void check_intervals(const Config &config, PluginCatalog &catalog, std::vector<Problem> &problems) {
  Metrics metrics;
  Runtime runtime(config, catalog, metrics, system_clock());
  for (const auto &p : config.pipelines) {
    std::vector<Problem> streamless;  // who streams nothing is passed over where another one streams
    for (const auto &source : p.sources) try {
        const ProviderInfo &info = runtime.info_of(source.name);
        if (const std::string lack = p.stream ? stream_lack(p, info.capabilities) : ""; !lack.empty())
          streamless.push_back({source.at, source.name + " " + lack, false});
        for (const auto &[interval, at] : p.intervals)
          if (!info.offers(interval))
            problems.push_back({at, source.name + " offers no " + interval.name() + " candles; it has " +
                                        join(names_of(info.intervals), " "), false});
      } catch (const Error &e) {
        problems.push_back({source.at, printable(e.what(), 400), false});
      }
    if (streamless.size() == p.sources.size()) problems.insert(problems.end(), streamless.begin(), streamless.end());
  }
}

}  // namespace

std::unique_ptr<PluginCatalog> find_plugins(const std::vector<std::string> &configured_dirs) {
  CatalogSettings settings;
  settings.directories = plugin_directories({configured_dirs.begin(), configured_dirs.end()});
  settings.cache_directory = default_cache_directory();
  settings.debug = [](const std::string &note) { log(LogLevel::Debug, "plugins", note); };
  auto catalog = std::make_unique<PluginCatalog>(std::move(settings));
  for (const auto &e : catalog->entries()) {
    if (e.state == PluginState::Refused) log(LogLevel::Warn, "plugins", e.line());
    for (const auto &w : e.warnings) log(LogLevel::Debug, "plugins", e.path.string() + ": " + w);
  }
  return catalog;
}

ModuleOptions module_options(const PluginCatalog &catalog) {
  ModuleOptions out;
  for (const auto &e : catalog.entries())
    if (e.state != PluginState::Refused) out.emplace(e.id, e.options);
  return out;
}

std::vector<Problem> check_against_plugins(Config &config, PluginCatalog &catalog) {
  std::vector<Problem> problems;
  for (auto &plugin : config.plugins) check_plugin(config, plugin, catalog, problems);
  const bool usable = std::all_of(problems.begin(), problems.end(), [](const Problem &p) { return p.warning; });
  if (usable) check_intervals(config, catalog, problems);
  return problems;
}

bool print_problems(const std::vector<Problem> &problems) {
  bool mistakes = false;
  std::set<std::string> said;  // the parts of a pipeline that was split have each other's problems
  for (const auto &p : problems) {
    if (said.insert(p.text()).second) std::fprintf(stderr, "%s\n", p.text().c_str());
    mistakes = mistakes || !p.warning;
  }
  return mistakes;
}

std::shared_ptr<Session::Deployment> Session::deploy() {
  LoadedConfig loaded = load_config(files_, system_input(system_clock().now_ns()));
  if (print_problems(loaded.problems)) throw Refused{};
  auto out = std::make_shared<Deployment>();
  out->config = std::move(loaded.config);
  out->catalog = find_plugins(out->config.plugin_dirs);
  if (print_problems(check_against_plugins(out->config, *out->catalog))) throw Refused{};
  out->runtime = std::make_unique<Runtime>(out->config, *out->catalog, metrics_, clock());
  return out;
}

Session::Session(const std::vector<std::string> &files) : files_(files), deployment_(deploy()) {
  runtime().open_pools(kReaders);
  query_ = std::make_unique<QueryService>(config(), runtime().pools(), deployment_);
}

void Session::use_tape(std::shared_ptr<Tape> tape) {
  tape_ = std::move(tape);
  runtime().use_tape(tape_);
}

void Session::reload() {
  auto next = deploy();
  next->runtime->use_tape(tape_);
  next->runtime->adopt(runtime());
  next->runtime->open_pools(kReaders);
  query_->replace(next->config, next->runtime->pools(), next);
  std::lock_guard lock(mutex_);
  deployment_ = std::move(next);
}

std::shared_ptr<Session::Deployment> Session::deployment() const {
  std::lock_guard lock(mutex_);
  return deployment_;
}

Session::~Session() = default;

}  // namespace tapedeck
