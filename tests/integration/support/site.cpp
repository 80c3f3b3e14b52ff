#include "support/site.hpp"

#include <algorithm>

namespace tapedeck::integration {
namespace {

std::string list_of(const std::vector<std::string> &items) {
  std::string out;
  for (const auto &i : items) out += (out.empty() ? "\"" : ", \"") + i + "\"";
  return "[" + out + "]";
}

std::string binance(const std::string &name, const std::string &url, const Pipeline &p) {
  return "  " + name + ": { module: binance, options: { base_url: \"" + url + "\"" + p.plugin_options + " }" + p.plugin_more + " }\n";
}

std::string section_of(const Pipeline &p) {
  std::string out = "  - name: " + p.name + "\n"
         "    symbols: " + list_of(p.symbols) + "\n"
         "    intervals: " + list_of(p.intervals) + "\n"
         "    sources: " + list_of(p.sources) + "\n"
         "    storage: store\n";
  if (p.uses_cache) out += "    cache: cache\n";
  if (p.publishes) out += "    publish: [bus]\n";
  if (!p.calendar.empty()) out += "    calendar: " + p.calendar + "\n";
  if (!p.stream.empty()) out += "    stream: { " + p.stream + " }\n";
  if (!p.queue.empty()) out += "    queue: { " + p.queue + " }\n";
  if (!p.backfill) return out;
  out += "    backfill: { since: \"" + p.since + "\", parallel: " + std::to_string(p.parallel);
  if (!p.until.empty()) out += ", until: \"" + p.until + "\"";
  return out + " }\n";
}

}  // namespace

std::string yaml_of(const Pipeline &pipeline) { return yaml_of(std::vector{pipeline}); }

std::string yaml_of(const std::vector<Pipeline> &pipelines) {
  const Pipeline &p = pipelines.at(0);
  std::string out = "version: 1\n";
  if (!p.plugin_dirs.empty()) out += "plugin_dirs: " + list_of({p.plugin_dirs.begin(), p.plugin_dirs.end()}) + "\n";
  out += "plugins:\n" + binance("binance", p.base_url, p);
  for (const auto &[name, url] : p.other_binances) out += binance(name, url, p);
  if (!p.cache_plugin.empty()) out += "  cache: " + p.cache_plugin + "\n";
  if (!p.bus_plugin.empty()) out += "  bus: " + p.bus_plugin + "\n";
  const std::string sqlite = "module: sqlite, options: { path: \"" + p.store.string() + "\" }";
  out += "  store: { " + (p.store_plugin.empty() ? sqlite : p.store_plugin) + " }\n"
         "api: { listen: \"" + p.listen + "\" }\n"
         "pipelines:\n";
  for (const auto &each : pipelines) out += section_of(each);
  return out;
}

Site::Site(const std::string &base_url) {
  pipeline.base_url = base_url;
  pipeline.store = directory() / "market.db";
}

Command Site::command(std::vector<std::string> arguments) const {
  std::vector<Pipeline> all = {pipeline};
  all.insert(all.end(), others.begin(), others.end());
  for (auto &a : arguments)
    if (a == "FILE") a = directory_.write("pipeline.yaml", yaml_of(all)).string();
  Command c;
  c.program = TAPEDECK_PROGRAM;
  c.arguments = std::move(arguments);
  c.environment = {{"XDG_CACHE_HOME", (directory() / "cache").string()}, {"TAPEDECK_PLUGIN_PATH", ""},
                   {"http_proxy", ""}, {"https_proxy", ""}, {"all_proxy", ""},
                   // What a sanitizer finds must not pass for an exit code of ours.
                   {"ASAN_OPTIONS", "exitcode=99"}, {"UBSAN_OPTIONS", "exitcode=99:print_stacktrace=1"},
                   {"LSAN_OPTIONS", "exitcode=99"}};
  c.directory = directory();
  return c;
}

Outcome Site::backfill(std::vector<std::string> more, Millis deadline) const {
  more.insert(more.begin(), {"backfill", "FILE"});
  return tapedeck(std::move(more), deadline);
}

}  // namespace tapedeck::integration
