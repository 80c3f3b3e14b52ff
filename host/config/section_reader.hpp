// Holds a map of a file against the section it is declared by, reports everything that is wrong
// with it, and hands out what is right.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_input.hpp"
#include "config/config_keys.hpp"
#include "config/value_checks.hpp"
#include "config/yaml_tree.hpp"

namespace tapedeck {

// What is carried along while a file is read.
struct ReadContext {
  const ConfigInput &input;
  std::vector<Problem> &problems;
  std::set<std::string> &referenced;  // see Config::referenced
};

class SectionReader {
 public:
  // Checks all keys and values at once: unknown, later and missing keys, kinds and single values.
  SectionReader(const YamlPtr &node, const SectionSpec &spec, ReadContext &context);

  // A well-formed value, else the declared default (empty: none), at the place of the section.
  Word word(std::string_view key) const;
  // The well-formed items of a list.
  const std::vector<Word> &words(std::string_view key) const;
  // What stands below a key that holds sections or options; NULL when absent or of a wrong kind.
  YamlPtr node(std::string_view key) const;
  Location at() const { return at_; }
  bool has(std::string_view key) const { return keys_at_.find(key) != keys_at_.end(); }  // well-formed or not
  Location key_at(std::string_view key) const;

 private:
  void read_key(const YamlPair &pair, const KeySpec &key);
  void read_list(const YamlPair &pair, const KeySpec &key);
  void read_item(const KeySpec &key, const YamlNode &item, std::map<std::string, int> &seen);
  void read_nested(const YamlPair &pair, const KeySpec &key);
  void report_empty(const YamlPair &pair);
  void report_missing(const YamlNode &node);
  void report_unknown(const YamlPair &pair);
  std::optional<Word> resolve(const YamlNode &node);

  const SectionSpec &spec_;
  ReadContext &context_;
  Location at_;
  std::map<std::string, std::vector<Word>, std::less<>> words_;
  std::map<std::string, YamlPtr, std::less<>> nodes_;
  std::map<std::string, Location, std::less<>> keys_at_;
};

}  // namespace tapedeck
