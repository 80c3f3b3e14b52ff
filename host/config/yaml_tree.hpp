// A YAML file as a tree that knows where everything was written. Aliases and merge keys (`<<`) are
// applied, duplicate keys are found, and size and depth are limited against YAML bombs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace tapedeck {

// More than any sensible file has, few enough to be read in an instant.
inline constexpr std::size_t kMaxYamlNodes = 100'000;  // with every alias counted in full
inline constexpr std::size_t kMaxYamlDepth = 32;

struct YamlNode;
using YamlPtr = std::shared_ptr<const YamlNode>;

struct YamlPair {
  std::string key;
  Location key_at;
  YamlPtr value;
};

struct YamlNode {
  enum class Kind { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  std::string text;             // of a scalar
  std::vector<YamlPtr> items;   // of a list
  std::vector<YamlPair> pairs;  // of a map, in the order written, each key once
  Location at;             // of an alias: where the alias is, what is below: where it was written
  std::size_t weight = 1;  // nodes in here, itself included

  const YamlPair *find(const std::string &key) const;
  // What stands here, for "expected a list, found ...": "a map", "'BTC/USDT'", "nothing".
  std::string description() const;
};

// Reads one document. NULL, with a problem, for a text that is no YAML or is over a limit; other
// problems (duplicate keys, bad merges) leave a tree that can be checked further.
YamlPtr parse_yaml(const std::string &file, const std::string &text,
                   std::vector<Problem> &problems);

}  // namespace tapedeck
