#include "config/read_options.hpp"

#include "config/problems.hpp"
#include "config/references.hpp"

namespace tapedeck {
namespace {

using Kind = YamlNode::Kind;

class OptionsReader {
 public:
  explicit OptionsReader(ReadContext &context) : context_(context) {}

  void read_map(const YamlNode &map, const std::string &prefix) {
    for (const auto &pair : map.pairs) {
      const std::string key = prefix + pair.key;
      if (pair.value->kind == Kind::Map)
        read_map(*pair.value, key + ".");
      else
        read_value(key, pair);
    }
  }

  std::map<std::string, OptionValue> take() { return std::move(options_); }

 private:
  void read_value(const std::string &key, const YamlPair &pair) {
    auto value = text_of(key, pair);
    if (!value) return;
    const auto [it, is_new] = options_.emplace(
        key, OptionValue{value->value, pair.value->at, value->from_reference, pair.key_at});
    if (!is_new)
      add_problem(context_.problems, pair.key_at,
                  "option " + quoted(key) + " is set twice; first at line " +
                      std::to_string(it->second.key_at.line));
  }

  std::optional<ResolvedText> text_of(const std::string &key, const YamlPair &pair) {
    if (pair.value->kind == Kind::List) return joined(key, *pair.value);
    if (pair.value->kind == Kind::Scalar) return resolve(*pair.value);
    add_problem(context_.problems, pair.key_at,
                "option " + quoted(key) + ": expected a value, found nothing");
    return std::nullopt;
  }

  std::optional<ResolvedText> joined(const std::string &key, const YamlNode &list) {
    ResolvedText all;
    bool ok = true;
    for (const auto &item : list.items) {
      const auto text = item_text(key, *item);
      ok = ok && text;
      if (!ok) continue;  // the other items may have problems of their own
      if (item != list.items.front()) all.value += ',';
      all.value += text->value;
      all.from_reference = all.from_reference || text->from_reference;
    }
    return ok ? std::optional(std::move(all)) : std::nullopt;
  }

  std::optional<ResolvedText> item_text(const std::string &key, const YamlNode &item) {
    if (item.kind != Kind::Scalar) {
      add_problem(context_.problems, item.at,
                  "option " + quoted(key) + ": expected a list of words, found " +
                      item.description() + " in it");
      return std::nullopt;
    }
    auto text = resolve(item);
    if (text && text->value.find(',') != std::string::npos) {
      add_problem(context_.problems, item.at,
                  "option " + quoted(key) + ": an item of a list cannot have a comma");
      return std::nullopt;
    }
    return text;
  }

  std::optional<ResolvedText> resolve(const YamlNode &node) {
    return resolve_references(node.text, node.at, context_.input, context_.problems);
  }

  ReadContext &context_;
  std::map<std::string, OptionValue> options_;
};

}  // namespace

std::map<std::string, OptionValue> read_options(const YamlNode &options, ReadContext &context) {
  OptionsReader reader(context);
  reader.read_map(options, "");
  return reader.take();
}

}  // namespace tapedeck
