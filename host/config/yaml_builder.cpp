#include "config/yaml_builder.hpp"

#include "config/problems.hpp"

namespace tapedeck {

using Kind = YamlNode::Kind;

void YamlBuilder::OnDocumentStart(const YAML::Mark &mark) {
  if (has_document_)
    throw YamlRefused(mark,
                      "a second YAML document ('---') starts here; put it into a file of its own");
  has_document_ = true;
}

void YamlBuilder::count(const YAML::Mark &mark, std::size_t nodes) {
  nodes_ += nodes;
  if (nodes_ > kMaxYamlNodes)
    throw YamlRefused(mark, "too large: more than " + std::to_string(kMaxYamlNodes) +
                                " values, counting what aliases repeat");
}

std::shared_ptr<YamlNode> YamlBuilder::make(const YAML::Mark &mark, Kind kind) {
  count(mark, 1);
  auto node = std::make_shared<YamlNode>();
  node->kind = kind;
  node->at = locate_(mark);
  return node;
}

// yaml-cpp calls an untagged scalar "?" when plain and "!" when quoted.
void YamlBuilder::check_tag(const YAML::Mark &mark, const std::string &tag) {
  if (tag.empty() || tag == "?" || tag == "!") return;
  add_problem(problems_, locate_(mark), "YAML tag " + quoted(tag) + " is not supported; remove it");
}

void YamlBuilder::OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) {
  auto node = make(mark, Kind::Null);
  node->at = locate_nothing_(mark);
  finish(node, anchor);
}

void YamlBuilder::OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                           const std::string &value) {
  check_tag(mark, tag);
  auto node = make(mark, Kind::Scalar);
  node->text = value;
  finish(node, anchor);
}

void YamlBuilder::OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  // yaml-cpp refuses unknown anchors itself; what is left is one whose end has not come yet.
  if (found == anchors_.end()) throw YamlRefused(mark, "an alias stands inside of its own anchor");
  count(mark, found->second->weight);
  auto copy = std::make_shared<YamlNode>(*found->second);
  copy->at = locate_(mark);
  finish(copy, 0);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark &mark, const std::string &tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  open(mark, Kind::List, tag, anchor);
}

void YamlBuilder::OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  open(mark, Kind::Map, tag, anchor);
}

void YamlBuilder::open(const YAML::Mark &mark, Kind kind, const std::string &tag,
                       YAML::anchor_t anchor) {
  if (stack_.size() >= kMaxYamlDepth)
    throw YamlRefused(mark,
                      "nested too deep: more than " + std::to_string(kMaxYamlDepth) + " levels");
  check_tag(mark, tag);
  Open entry;
  entry.node = make(mark, kind);
  entry.anchor = anchor;
  stack_.push_back(std::move(entry));
}

void YamlBuilder::close() {
  apply_merges(stack_.back());
  const Open done = std::move(stack_.back());
  stack_.pop_back();
  finish(done.node, done.anchor);
}

void YamlBuilder::finish(const YamlPtr &node, YAML::anchor_t anchor) {
  if (anchor != 0) anchors_[anchor] = node;
  if (stack_.empty()) {
    root_ = node;
    return;
  }
  Open &parent = stack_.back();
  if (parent.node->kind == Kind::Map) {
    add_to_map(parent, node);
    return;
  }
  parent.node->items.push_back(node);
  parent.node->weight += node->weight;
}

void YamlBuilder::add_to_map(Open &map, const YamlPtr &node) {
  if (!map.key) {
    map.key = node;
    if (node->kind != Kind::Scalar)
      add_problem(problems_, node->at, "a key must be a word, found " + node->description());
    return;
  }
  const YamlPtr key = std::exchange(map.key, nullptr);
  if (key->kind != Kind::Scalar) return;
  const auto [first, is_new] = map.keys.emplace(key->text, key->at);
  if (!is_new) {
    add_problem(problems_, key->at,
                "duplicate key " + quoted(key->text) + "; first at line " +
                    std::to_string(first->second.line));
  } else if (key->text == "<<") {
    map.merges.push_back(node);
  } else {
    map.node->pairs.push_back({key->text, key->at, node});
    map.node->weight += node->weight;
  }
}

// After all keys are known: a key that the map has itself wins over a merged one.
void YamlBuilder::apply_merges(Open &map) {
  for (const auto &value : map.merges) {
    if (value->kind == Kind::List)
      for (const auto &item : value->items) merge_from(map, item);
    else
      merge_from(map, value);
  }
}

void YamlBuilder::merge_from(Open &map, const YamlPtr &source) {
  if (source->kind != Kind::Map) {
    add_problem(problems_, source->at,
                "'<<' merges a map or a list of maps, found " + source->description());
    return;
  }
  for (const auto &pair : source->pairs)
    if (map.keys.emplace(pair.key, pair.key_at).second) {
      map.node->pairs.push_back(pair);
      map.node->weight += pair.value->weight;
    }
}

}  // namespace tapedeck
