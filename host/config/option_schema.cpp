#include "config/option_schema.hpp"

#include <boost/json/array.hpp>
#include <map>
#include <memory>
#include <string>

#include "config/value_checks.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;

// Options by the parts of their dotted keys.
struct Tree {
  const OptionSpec *spec = nullptr;
  std::map<std::string, std::unique_ptr<Tree>> children;
};

Tree tree_of(const std::vector<OptionSpec> &specs) {
  Tree root;
  for (const auto &spec : specs) {
    Tree *node = &root;
    std::size_t start = 0;
    while (start <= spec.key.size()) {
      const std::size_t end = std::min(spec.key.find('.', start), spec.key.size());
      auto &child = node->children[spec.key.substr(start, end - start)];
      if (!child) child = std::make_unique<Tree>();
      node = child.get();
      start = end + 1;
    }
    node->spec = &spec;
  }
  return root;
}

json::object type_schema(const OptionSpec &spec) {
  switch (spec.type) {
    case TDK_OPT_INT:
      return or_reference({{"type", "integer"}});
    case TDK_OPT_NUMBER:
      return or_reference({{"type", "number"}});
    case TDK_OPT_BOOL:
      return or_reference({{"type", "boolean"}});
    case TDK_OPT_DURATION:
      return or_reference({{"type", "string"}, {"pattern", "^[0-9]+(us|ms|s|m|h|d|w|y)$"}});
    default:
      break;
  }
  // A text may look like a number, and a list of words is joined by commas.
  const json::array scalar = {"string", "number", "boolean"};
  json::array any = scalar;
  any.emplace_back("array");
  return {{"type", std::move(any)}, {"items", json::object{{"type", scalar}}}};
}

json::value default_of(const OptionSpec &spec) {
  if (spec.type == TDK_OPT_INT)
    if (const auto n = parse_integer(spec.default_value)) return *n;
  if (spec.type == TDK_OPT_BOOL) return spec.default_value == "true";
  return json::string(spec.default_value);
}

// An integer of a closed set is written as one, not as a text.
json::object choices_schema(const OptionSpec &spec) {
  json::array values;
  for (const auto &choice : spec.choices) {
    const auto n = spec.type == TDK_OPT_INT ? parse_integer(choice) : std::nullopt;
    values.emplace_back(n ? json::value(*n) : json::value(json::string(choice)));
  }
  return or_reference({{"enum", std::move(values)}});
}

json::object leaf_schema(const OptionSpec &spec) {
  json::object out = spec.choices.empty() ? type_schema(spec) : choices_schema(spec);
  if (!spec.help.empty()) out["description"] = spec.help;
  // A default that is a secret has no place in a published schema.
  if (spec.has_default && (spec.flags & TDK_OPT_SECRET) == 0) out["default"] = default_of(spec);
  return out;
}

bool needs_value(const Tree &tree) {
  if (tree.spec != nullptr && (tree.spec->flags & TDK_OPT_REQUIRED) != 0 && !tree.spec->has_default)
    return true;
  for (const auto &child : tree.children)
    if (needs_value(*child.second)) return true;
  return false;
}

json::object map_schema(const Tree &tree) {
  json::object properties;
  json::array required;
  for (const auto &[name, child] : tree.children) {
    properties[name] = child->spec != nullptr ? leaf_schema(*child->spec) : map_schema(*child);
    if (needs_value(*child)) required.emplace_back(name);
  }
  json::object out = {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

}  // namespace

json::object options_schema(const std::vector<OptionSpec> &specs) {
  return map_schema(tree_of(specs));
}

json::object or_reference(json::object schema) {
  const json::object reference = {{"type", "string"}, {"pattern", "\\$\\{(env|file):[^}]+\\}"}};
  return {{"anyOf", json::array{std::move(schema), reference}}};
}

}  // namespace tapedeck
