// Every key of the configuration, declared once. The checks, the JSON Schema and the reference in
// docs/PIPELINES.md are all made from these tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tapedeck {

enum class KeyType {
  Version,     // the number 1
  Name,        // letters, digits, '.', '_', '-'
  Text,        // anything but nothing
  Integer,     // min..max
  Boolean,     // true, false
  Duration,    // with a unit; min..max in ms
  Choice,      // one of `choices`
  Time,        // ISO 8601, epoch seconds or a span before now
  Listen,      // host:port
  Calendar,    // one of calendar_names()
  PluginName,  // a name below `plugins`
  TextList,    // lists are never empty and repeat nothing
  ChoiceList,  // of `choices`
  SymbolList,
  IntervalList,
  PluginNameList,
  Section,      // a map with the keys of `section`
  SectionList,  // a list of them
  SectionMap,   // a map from names to them
  Options,      // a plugin's options: declared by its module
  Later,        // known, but comes with a later version
};

struct SectionSpec;

struct KeySpec {
  std::string_view name = {};
  KeyType type = KeyType::Text;
  bool required = false;
  std::string_view default_value = {};  // empty: none
  std::string_view help = {};
  long min = 0;
  long max = 0;
  const SectionSpec *section = nullptr;
  std::vector<std::string> choices = {};
};

struct SectionSpec {
  std::string_view path;   // "pipelines[].backfill"
  std::string_view title;  // what one is called in messages: "this pipeline"
  std::string_view help;
  std::vector<KeySpec> keys;

  const KeySpec *find(std::string_view key) const;
  // What may be written here: without the keys of later versions.
  std::vector<std::string> key_names() const;
};

// The top of a file; the other sections hang below it.
const SectionSpec &root_section();

// All of them, parents before children.
std::vector<const SectionSpec *> all_sections();

}  // namespace tapedeck
