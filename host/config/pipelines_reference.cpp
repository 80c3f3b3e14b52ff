#include "config/pipelines_reference.hpp"

#include "base/text.hpp"
#include "config/config_keys.hpp"
#include "market/calendar.hpp"
#include "market/interval.hpp"

namespace tapedeck {
namespace {

constexpr std::string_view kValues = R"(## How values are written

- **References.** `${env:NAME}` is an environment variable, `${file:PATH}` the text of a file without
  its last newline; both may be a part of a value (`https://${env:HOST}/x`). A reference that cannot
  be resolved is an error. `$${` stands for a literal `${`; any other `$` is itself. Relative paths
  start at the working directory. What came through a reference is never shown.
- **Durations** have a unit: `250ms`, `15s`, `5m`, `2h`, `30d`, `2w`, `1y`.
- **Options** may be nested (`spike: { sigma: 8 }` is the option `spike.sigma`); a list of words is
  handed over as one text with commas.
- **Anchors**, aliases and merge keys (`<<: *base`) of YAML work; a key of the map itself wins.
- **Limits.** A file has at most 1 MiB, 32 levels and 100,000 values, aliases counted in full.
)";

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

// A cell of a table: `|` would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string type_text(const KeySpec &key) {
  switch (key.type) {
    case KeyType::Version:
      return "1";
    case KeyType::Name:
      return "name";
    case KeyType::Integer:
      return "integer, " + std::to_string(key.min) + " to " + std::to_string(key.max);
    case KeyType::Boolean:
      return "true or false";
    case KeyType::Duration:
      return "duration";
    case KeyType::Choice:
      return "one of " + code(join(key.choices, "` `"));
    case KeyType::ChoiceList:
      return "list of " + code(join(key.choices, "` `"));
    case KeyType::Time:
      return "time";
    case KeyType::Listen:
      return "host:port";
    case KeyType::Calendar:
      return "one of " + code(join(calendar_names(), "` `"));
    case KeyType::PluginName:
      return "plugin name";
    case KeyType::TextList:
      return "list of texts";
    case KeyType::SymbolList:
      return "list of symbols";
    case KeyType::IntervalList: {
      std::vector<std::string> names;
      for (const auto &interval : Interval::all()) names.push_back(interval.name());
      return "list of " + code(join(names, "` `"));
    }
    case KeyType::PluginNameList:
      return "list of plugin names";
    case KeyType::Section:
      return "map, see " + code(key.section->path);
    case KeyType::SectionList:
      return "list of maps, see " + code(key.section->path);
    case KeyType::SectionMap:
      return "map by name, see " + code(key.section->path);
    case KeyType::Options:
      return "map";
    default:
      return "text";
  }
}

std::string default_text(bool required, bool has_default, std::string_view value) {
  if (has_default) return value.empty() ? "empty" : code(value);
  return required ? "**required**" : "";
}

std::string row(std::string_view key, const std::string &type, const std::string &fallback,
                std::string_view help) {
  return "| " + code(cell(key)) + " | " + cell(type) + " | " + cell(fallback) + " | " + cell(help) +
         " |\n";
}

constexpr std::string_view kHead = "| key | type | default | meaning |\n|---|---|---|---|\n";

std::string section_text(const SectionSpec &section) {
  std::string out = section.path.empty() ? "## Top level\n\n" : "## " + code(section.path) + "\n\n";
  out += std::string(section.help) + "\n\n" + std::string(kHead);
  std::vector<std::string> later;
  for (const auto &key : section.keys)
    if (key.type == KeyType::Later)
      later.push_back(code(key.name));
    else
      out +=
          row(key.name, type_text(key),
              default_text(key.required, !key.default_value.empty(), key.default_value), key.help);
  if (!later.empty()) out += "\nRefused until a later version: " + join(later, ", ") + ".\n";
  return out + "\n";
}

std::string option_row(const OptionSpec &spec) {
  const bool secret = (spec.flags & TDK_OPT_SECRET) != 0;
  std::string type =
      spec.choices.empty() ? option_type_name(spec) : "one of " + code(join(spec.choices, "` `"));
  if (secret) type += ", secret";
  return row(spec.key, type,
             default_text((spec.flags & TDK_OPT_REQUIRED) != 0, spec.has_default && !secret,
                          spec.default_value),
             spec.help);
}

}  // namespace

std::string pipelines_reference(const ModuleOptions &modules) {
  std::string out;
  for (const auto *section : all_sections()) out += section_text(*section);
  out += kValues;
  for (const auto &[id, specs] : modules) {
    out += "\n## Options of module " + code(id) + "\n\n";
    out += specs.empty() ? "None.\n" : std::string(kHead);
    for (const auto &spec : specs) out += option_row(spec);
  }
  return out;
}

}  // namespace tapedeck
