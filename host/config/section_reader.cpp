#include "config/section_reader.hpp"

#include <algorithm>

#include "config/problems.hpp"
#include "config/references.hpp"

namespace tapedeck {
namespace {

using Kind = YamlNode::Kind;

Kind expected_kind(KeyType type) {
  switch (type) {
    case KeyType::TextList:
    case KeyType::ChoiceList:
    case KeyType::SymbolList:
    case KeyType::IntervalList:
    case KeyType::PluginNameList:
    case KeyType::SectionList:
      return Kind::List;
    case KeyType::Section:
    case KeyType::SectionMap:
    case KeyType::Options:
      return Kind::Map;
    default:
      return Kind::Scalar;
  }
}

std::string expected_name(KeyType type) {
  switch (expected_kind(type)) {
    case Kind::List:
      return "a list";
    case Kind::Map:
      return "a map";
    default:
      return type == KeyType::Integer || type == KeyType::Version ? "a number" : "a word";
  }
}

// "'symbols': expected a list, found 'BTC/USDT'; write [BTC/USDT]".
std::string kind_problem(const KeySpec &key, const YamlNode &value) {
  std::string message =
      quoted(key.name) + ": expected " + expected_name(key.type) + ", found " + value.description();
  if (expected_kind(key.type) == Kind::List && value.kind == Kind::Scalar &&
      key.type != KeyType::SectionList)
    message += "; write [" + value.text.substr(0, 60) + "]";
  return message;
}

}  // namespace

SectionReader::SectionReader(const YamlPtr &node, const SectionSpec &spec, ReadContext &context)
    : spec_(spec), context_(context), at_(node->at) {
  if (node->kind != Kind::Map) {
    add_problem(context_.problems, at_,
                std::string(spec_.title) + ": expected a map, found " + node->description());
    return;
  }
  for (const auto &pair : node->pairs) {
    keys_at_.emplace(pair.key, pair.key_at);
    const KeySpec *key = spec_.find(pair.key);
    if (key == nullptr)
      report_unknown(pair);
    else
      read_key(pair, *key);
  }
  report_missing(*node);
}

void SectionReader::report_unknown(const YamlPair &pair) {
  add_problem(
      context_.problems, pair.key_at,
      "unknown key " + quoted(pair.key) + did_you_mean_or_list(pair.key, spec_.key_names()));
}

void SectionReader::report_missing(const YamlNode &node) {
  for (const auto &key : spec_.keys)
    if (key.required && node.find(std::string(key.name)) == nullptr)
      add_problem(
          context_.problems, at_,
          "required key " + quoted(key.name) + " is missing in " + std::string(spec_.title));
}

void SectionReader::read_key(const YamlPair &pair, const KeySpec &key) {
  if (key.type == KeyType::Later) {
    add_problem(context_.problems, pair.key_at,
                quoted(key.name) + " comes with a later version of Tapedeck; remove it");
  } else if (pair.value->kind != expected_kind(key.type)) {
    // The place of "nothing" is wherever the next thing stands: the key says more.
    const bool nothing = pair.value->kind == Kind::Null;
    add_problem(context_.problems, nothing ? pair.key_at : pair.value->at,
                kind_problem(key, *pair.value));
  } else if (pair.value->kind == Kind::Scalar) {
    const auto word = resolve(*pair.value);
    const std::string why = word ? word_problem(key, *word, context_.input.now) : std::string();
    if (!why.empty()) add_problem(context_.problems, pair.value->at, why);
    if (word && why.empty()) words_[pair.key] = {*word};
  } else if (key.section != nullptr || key.type == KeyType::Options) {
    read_nested(pair, key);
  } else {
    read_list(pair, key);
  }
}

void SectionReader::read_nested(const YamlPair &pair, const KeySpec &key) {
  if (key.type != KeyType::Section && key.type != KeyType::Options) report_empty(pair);
  nodes_[pair.key] = pair.value;
}

void SectionReader::report_empty(const YamlPair &pair) {
  if (pair.value->items.empty() && pair.value->pairs.empty())
    add_problem(context_.problems, pair.value->at,
                quoted(pair.key) + " is an empty " +
                    (pair.value->kind == Kind::List ? "list" : "map") + "; write at least one");
}

void SectionReader::read_list(const YamlPair &pair, const KeySpec &key) {
  report_empty(pair);
  std::map<std::string, int> seen;
  for (const auto &item : pair.value->items) read_item(key, *item, seen);
}

void SectionReader::read_item(const KeySpec &key, const YamlNode &item,
                              std::map<std::string, int> &seen) {
  if (item.kind != Kind::Scalar) {
    add_problem(context_.problems, item.at,
                quoted(key.name) + ": expected a word in the list, found " + item.description());
    return;
  }
  const auto word = resolve(item);
  if (!word) return;
  std::string why = word_problem(key, *word, context_.input.now);
  const auto [first, is_new] = seen.emplace(canonical_item(key.type, word->value), item.at.line);
  if (why.empty() && !is_new)
    why = quoted(word->written) + " is in " + quoted(key.name) + " twice; first at line " +
          std::to_string(first->second);
  if (why.empty())
    words_[std::string(key.name)].push_back(*word);
  else
    add_problem(context_.problems, item.at, why);
}

std::optional<Word> SectionReader::resolve(const YamlNode &node) {
  auto text = resolve_references(node.text, node.at, context_.input, context_.problems);
  if (!text) return std::nullopt;
  if (text->from_reference) context_.referenced.insert(text->value);
  return Word{std::move(text->value), node.text, node.at};
}

Word SectionReader::word(std::string_view key) const {
  const auto it = words_.find(key);
  if (it != words_.end()) return it->second.front();
  const std::string fallback(spec_.find(key)->default_value);
  return {fallback, fallback, at_};
}

const std::vector<Word> &SectionReader::words(std::string_view key) const {
  static const std::vector<Word> none;
  const auto it = words_.find(key);
  return it == words_.end() ? none : it->second;
}

YamlPtr SectionReader::node(std::string_view key) const {
  const auto it = nodes_.find(key);
  return it == nodes_.end() ? nullptr : it->second;
}

Location SectionReader::key_at(std::string_view key) const {
  const auto it = keys_at_.find(key);
  return it == keys_at_.end() ? at_ : it->second;
}

}  // namespace tapedeck
