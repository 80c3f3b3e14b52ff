#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstdio>
#include <set>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

// Asks a source for the symbols a pipeline names; what cannot be asked is a warning, not a mistake.
class SymbolCheck {
 public:
  SymbolCheck(const Config &config, PluginCatalog &catalog, std::vector<Problem> &problems)
      : problems_(problems), runtime_(config, catalog, metrics_, system_clock()) {}

  void check(const PipelineConfig &pipeline, const PipelineConfig::Named &source) try {
    auto provider = runtime_.open_provider(source.name, Priority::Repair);
    if ((provider->info().capabilities & TDK_CAP_SYMBOLS) == 0) return;
    const CancelToken token(cancel_, kMinute);
    for (const auto &symbol : pipeline.symbols) check_symbol(*provider, source.name, symbol, token.raw());
  } catch (const Error &e) {
    problems_.push_back({source.at, "the symbols could not be looked up: " + printable(e.what(), 300) +
                                        "; --offline leaves this out", true});
  }

 private:
  void check_symbol(Provider &provider, const std::string &source, const PipelineConfig::Symbol &symbol,
                    const tdk_cancel *cancel) {
    std::vector<std::string> names;
    for (const auto &found : provider.search_symbols(symbol.name, 50, cancel)) {
      if (same_symbol(found.symbol, symbol.name)) return;
      names.push_back(found.symbol);
    }
    if (names.empty())  // a misspelt quote currency: what does the base trade against?
      for (const auto &found : provider.search_symbols(symbol.name.substr(0, symbol.name.find('/')), 500, cancel))
        names.push_back(found.symbol);
    const std::string near = nearest(symbol.name, names);
    problems_.push_back({symbol.at, source + " does not offer '" + printable(symbol.name, 60) + "'" +
                                        (near.empty() ? "" : "; did you mean '" + near + "'?"), false});
  }

  std::vector<Problem> &problems_;
  Metrics metrics_;
  CancelSource cancel_;
  Runtime runtime_;
};

void check_stores(const Config &config, PluginCatalog &catalog, std::vector<Problem> &problems) {
  Metrics metrics;
  Runtime runtime(config, catalog, metrics, system_clock());
  std::vector<std::string> seen;
  for (const auto &p : config.pipelines) {
    if (std::find(seen.begin(), seen.end(), p.storage.name) != seen.end()) continue;
    seen.push_back(p.storage.name);
    try {
      runtime.open_storage(p.storage.name)->health();
    } catch (const Error &e) {
      problems.push_back({p.storage.at, printable(e.what(), 400), false});
    }
  }
}

void check_sinks(const Config &config, PluginCatalog &catalog, std::vector<Problem> &problems) {
  Metrics metrics;
  Runtime runtime(config, catalog, metrics, system_clock());
  std::set<std::string> seen;
  for (const auto &p : config.pipelines)
    for (const auto &sink : p.publish) try {
        if (seen.insert(sink.name).second) runtime.open_event_sink(sink.name)->health();
      } catch (const Error &e) {
        problems.push_back({sink.at, printable(e.what(), 400), false});
      }
}

bool no_errors(const std::vector<Problem> &problems) {
  return std::all_of(problems.begin(), problems.end(), [](const Problem &p) { return p.warning; });
}

void check_beyond_text(Config &config, bool offline, std::vector<Problem> &problems) {
  auto catalog = find_plugins(config.plugin_dirs);
  const auto more = check_against_plugins(config, *catalog);
  problems.insert(problems.end(), more.begin(), more.end());
  if (offline || !no_errors(problems)) return;
  SymbolCheck symbols(config, *catalog, problems);
  for (const auto &p : config.pipelines)
    for (const auto &s : p.sources) symbols.check(p, s);
  check_stores(config, *catalog, problems);
  check_sinks(config, *catalog, problems);
}

}  // namespace

int cmd_validate(const std::vector<std::string> &files, bool offline) {
  LoadedConfig loaded = load_config(files, system_input(system_clock().now_ns()));
  auto &problems = loaded.problems;
  // Of a text with mistakes the plugins would only say the same again: a missing value, an empty name.
  if (no_errors(problems)) check_beyond_text(loaded.config, offline, problems);
  if (print_problems(problems)) return kExitConfig;
  std::fprintf(stderr, "%s: %zu pipelines, %zu plugins, no mistakes\n", join(files, ", ").c_str(),
               loaded.config.pipelines.size(), loaded.config.plugins.size());
  return kExitOk;
}

}  // namespace tapedeck
