#include "support/site.hpp"

#include <algorithm>

namespace tapedeck::integration {
namespace {

std::string list_of(const std::vector<std::string> &items) {
  std::string out;
  for (const auto &i : items) out += (out.empty() ? "\"" : ", \"") + i + "\"";
  return "[" + out + "]";
}

}  // namespace

std::string yaml_of(const Pipeline &p) {
  std::string out = "version: 1\n";
  if (!p.plugin_dirs.empty()) out += "plugin_dirs: " + list_of({p.plugin_dirs.begin(), p.plugin_dirs.end()}) + "\n";
  out += "plugins:\n"
         "  binance: { module: binance, options: { base_url: \"" + p.base_url + "\" } }\n"
         "  store: { module: sqlite, options: { path: \"" + p.store.string() + "\" } }\n"
         "api: { listen: \"" + p.listen + "\" }\n"
         "pipelines:\n"
         "  - name: majors\n"
         "    symbols: " + list_of(p.symbols) + "\n"
         "    intervals: " + list_of(p.intervals) + "\n"
         "    sources: [binance]\n"
         "    storage: store\n"
         "    backfill: { since: \"" + p.since + "\", parallel: " + std::to_string(p.parallel);
  if (!p.until.empty()) out += ", until: \"" + p.until + "\"";
  return out + " }\n";
}

Site::Site(const std::string &base_url) {
  pipeline.base_url = base_url;
  pipeline.store = directory() / "market.db";
}

Command Site::command(std::vector<std::string> arguments) const {
  for (auto &a : arguments)
    if (a == "FILE") a = directory_.write("pipeline.yaml", yaml_of(pipeline)).string();
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
