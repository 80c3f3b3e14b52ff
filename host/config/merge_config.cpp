#include "config/merge_config.hpp"

#include <iterator>
#include <set>
#include <unordered_map>

#include "config/problems.hpp"

namespace tapedeck {
namespace {

// A name that came out of ${env:} or ${file:} may be a secret in the wrong place.
std::string shown(const std::string &name, const std::set<std::string> &referenced) {
  return referenced.count(name) != 0 ? "'***'" : quoted(name);
}

// Both plugins and pipelines: a name, and where it is.
template <typename Item>
void add_named(std::vector<Item> &all, std::vector<Item> more, const std::string &what,
               const std::set<std::string> &referenced, std::vector<Problem> &problems) {
  std::unordered_map<std::string, Location> taken;
  for (const auto &item : all) taken.emplace(item.name, item.at);
  for (auto &item : more) {
    const auto [first, is_new] = taken.emplace(item.name, item.at);
    // A missing name was reported as such.
    if (is_new || item.name.empty())
      all.push_back(std::move(item));
    else
      add_problem(problems, item.at,
                  what + " " + shown(item.name, referenced) + " is already defined at " +
                      place(first->second));
  }
}

class LinkChecker {
 public:
  LinkChecker(const Config &config, std::vector<Problem> &problems)
      : problems_(problems), referenced_(config.referenced) {
    for (const auto &plugin : config.plugins) {
      names_.push_back(plugin.name);
      known_.insert(plugin.name);
    }
  }

  void use(const PipelineConfig::Named &plugin) {
    if (plugin.name.empty()) return;  // missing or wrong: reported as such
    used_.insert(plugin.name);
    if (known_.count(plugin.name) == 0)
      add_problem(problems_, plugin.at,
                  "unknown plugin " + shown(plugin.name, referenced_) +
                      (names_.empty() ? "; 'plugins' declares none"
                                      : did_you_mean_or_list(plugin.name, names_)));
  }

  bool used(const std::string &name) const { return used_.count(name) != 0; }

 private:
  std::vector<Problem> &problems_;
  const std::set<std::string> &referenced_;
  std::vector<std::string> names_;
  std::set<std::string> known_, used_;
};

void warn_of_unused(const Config &config, const LinkChecker &links,
                    std::vector<Problem> &problems) {
  if (config.pipelines.empty()) {
    add_warning(problems, {config.files.empty() ? "" : config.files.front(), 0, 0},
                "no pipelines: there is nothing to do");
    return;
  }
  for (const auto &plugin : config.plugins)
    if (!links.used(plugin.name))
      add_warning(problems, plugin.at, "plugin " + quoted(plugin.name) + " is used by no pipeline");
}

// Queries are not of one pipeline, so that a second cache would hold nothing.
void check_one_cache(const Config &config, std::vector<Problem> &problems) {
  const std::string first = config.cache();
  for (const auto &pipeline : config.pipelines)
    if (!pipeline.cache.name.empty() && pipeline.cache.name != first)
      add_problem(problems, pipeline.cache.at,
                  "'cache' is " + shown(pipeline.cache.name, config.referenced) + " here and " + shown(first, config.referenced) +
                      " in another pipeline; name the same one in all of them");
}

}  // namespace

void merge_config(Config &all, Config more, std::vector<Problem> &problems) {
  all.plugin_dirs.insert(all.plugin_dirs.end(), more.plugin_dirs.begin(), more.plugin_dirs.end());
  all.referenced.merge(more.referenced);
  add_named(all.plugins, std::move(more.plugins), "plugin", all.referenced, problems);
  add_named(all.pipelines, std::move(more.pipelines), "pipeline", all.referenced, problems);
  if (all.api && more.api)
    add_problem(problems, more.api->at, "'api' is already set at " + place(all.api->at));
  else if (more.api)
    all.api = std::move(more.api);
}

void check_links(const Config &config, std::vector<Problem> &problems) {
  LinkChecker links(config, problems);
  for (const auto &pipeline : config.pipelines) {
    for (const auto &source : pipeline.sources) links.use(source);
    links.use(pipeline.storage);
    links.use(pipeline.cache);
    for (const auto &sink : pipeline.publish) links.use(sink);
  }
  for (const auto &plugin : config.plugins)
    if (plugin.budget) links.use({plugin.budget->through, plugin.budget->at});
  check_one_cache(config, problems);
  // What is unused because of a mistake is mended with the mistake.
  if (!has_errors(problems)) warn_of_unused(config, links, problems);
}

}  // namespace tapedeck
