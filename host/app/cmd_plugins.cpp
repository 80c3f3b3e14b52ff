#include <tapedeck/layer/core.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "config/config_schema.hpp"
#include "config/pipelines_reference.hpp"
#include "plugins/discover.hpp"
#include "plugins/probe_child.hpp"
#include "plugins/verdict_cache.hpp"

namespace tapedeck {
namespace {

void print_options(const std::vector<OptionSpec> &options) {
  if (options.empty()) return;
  std::vector<std::vector<std::string>> table = {{"option", "type", "default", "meaning"}};
  for (const auto &o : options) {
    const bool required = (o.flags & TDK_OPT_REQUIRED) != 0;
    std::string type = option_type_name(o);
    if (!o.choices.empty()) type = join(o.choices, "|");
    if ((o.flags & TDK_OPT_SECRET) != 0) type += ", secret";
    table.push_back({o.key, type, required ? "(required)" : o.has_default ? o.default_value : "", o.help});
  }
  std::printf("\n%s", format_table(table).c_str());
}

void describe(const CatalogEntry &e) {
  std::printf("%s %s: %s\n", e.id.c_str(), e.version.c_str(), e.name.c_str());
  if (!e.description.empty()) std::printf("%s\n", printable(e.description, 1000).c_str());
  std::printf("file        %s\ninterfaces  %s\nstate       %s\n", e.path.c_str(), join(e.interfaces, ", ").c_str(),
              std::string(plugin_state_name(e.state)).c_str());
  for (const auto &w : e.warnings) std::printf("warning     %s\n", printable(w, 400).c_str());
  print_options(e.options);
}

}  // namespace

int cmd_plugins_list() {
  const auto catalog = find_plugins({});
  std::vector<std::vector<std::string>> table = {{"id", "version", "state", "interfaces", "file"}};
  for (const auto &e : catalog->entries())
    table.push_back({e.id.empty() ? "?" : e.id, e.version, std::string(plugin_state_name(e.state)),
                     join(e.interfaces, ","), e.path.string()});
  std::fputs(format_table(table).c_str(), stdout);
  if (table.size() == 1) {
    std::fputs("tapedeck: no plugins in:\n", stderr);
    for (const auto &d : plugin_directories({})) std::fprintf(stderr, "  %s\n", d.c_str());
  }
  return kExitOk;
}

int cmd_plugins_describe(const std::string &id) {
  describe(find_plugins({})->find(id));
  return kExitOk;
}

int cmd_plugins_check(const std::string &file) {
  CatalogSettings settings;
  settings.cache_directory = default_cache_directory();  // so that a fresh verdict replaces a wrong one
  bool refused = false;
  for (const auto &e : check_plugin_file(file, settings)) {
    if (e.state == PluginState::Refused) {
      std::fprintf(stderr, "%s\n", e.line().c_str());
      refused = true;
    } else {
      describe(e);
    }
  }
  return refused ? kExitError : kExitOk;
}

int cmd_schema() {
  std::puts(config_schema(module_options(*find_plugins({}))).c_str());
  return kExitOk;
}

int cmd_reference() {
  std::fputs(pipelines_reference(module_options(*find_plugins({}))).c_str(), stdout);
  return kExitOk;
}

int cmd_plugin_probe(const std::string &file) { return probe_child_main(file); }

}  // namespace tapedeck
