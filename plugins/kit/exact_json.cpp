#include "kit/exact_json.hpp"

#include "kit/text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <optional>

namespace kit {

namespace json = boost::json;

// Takes the parser's events and appends nodes. Not in the unnamed namespace: a friend of the tree.
class JsonTreeBuilder {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;
  using Code = boost::system::error_code;
  using Text = json::string_view;

  JsonTreeBuilder(ExactJson &tree, std::size_t most) : tree_(tree), most_(most) {}
  bool too_many() const { return too_many_; }

  bool on_document_begin(Code &) { return true; }
  bool on_document_end(Code &) { return true; }
  bool on_object_begin(Code &ec) { return open(JsonKind::Object, ec); }
  bool on_object_end(std::size_t, Code &) { return close(); }
  bool on_array_begin(Code &ec) { return open(JsonKind::Array, ec); }
  bool on_array_end(std::size_t, Code &) { return close(); }
  bool on_key_part(Text s, std::size_t, Code &) { return part(s); }
  bool on_key(Text s, std::size_t, Code &) {
    part(s);
    key_ = std::exchange(begin_, end_of_texts());
    key_size_ = end_of_texts() - key_;
    return true;
  }
  bool on_string_part(Text s, std::size_t, Code &) { return part(s); }
  bool on_string(Text s, std::size_t, Code &ec) { return leaf(JsonKind::Text, s, ec); }
  bool on_number_part(Text s, Code &) { return part(s); }
  bool on_int64(std::int64_t, Text s, Code &ec) { return leaf(JsonKind::Number, s, ec); }
  bool on_uint64(std::uint64_t, Text s, Code &ec) { return leaf(JsonKind::Number, s, ec); }
  bool on_double(double, Text s, Code &ec) { return leaf(JsonKind::Number, s, ec); }
  bool on_bool(bool b, Code &ec) { return leaf(b ? JsonKind::True : JsonKind::False, {}, ec); }
  bool on_null(Code &ec) { return leaf(JsonKind::Null, {}, ec); }
  bool on_comment_part(Text, Code &) { return true; }
  bool on_comment(Text, Code &) { return true; }

 private:
  std::uint32_t end_of_texts() const { return static_cast<std::uint32_t>(tree_.texts_.size()); }
  bool part(Text s) {
    tree_.texts_.append(s.data(), s.size());
    return true;
  }
  bool add(JsonKind kind, Code &ec) {
    if (tree_.nodes_.size() >= most_) {
      too_many_ = true;
      ec = json::error::exception;
      return false;
    }
    const auto end = static_cast<std::uint32_t>(tree_.nodes_.size() + 1);
    tree_.nodes_.push_back({kind, end, 0, 0, key_, std::exchange(key_size_, 0)});
    return true;
  }
  bool open(JsonKind kind, Code &ec) {
    open_.push_back(static_cast<std::uint32_t>(tree_.nodes_.size()));
    return add(kind, ec);
  }
  bool close() {
    tree_.nodes_[open_.back()].end = static_cast<std::uint32_t>(tree_.nodes_.size());
    open_.pop_back();
    return true;
  }
  bool leaf(JsonKind kind, Text s, Code &ec) {
    part(s);
    if (!add(kind, ec)) return false;
    ExactJson::Node &node = tree_.nodes_.back();
    node.text = std::exchange(begin_, end_of_texts());
    node.text_size = end_of_texts() - node.text;
    return true;
  }

  ExactJson &tree_;
  std::size_t most_;
  bool too_many_ = false;
  std::vector<std::uint32_t> open_;
  std::uint32_t begin_ = 0;               // of the text that is coming
  std::uint32_t key_ = 0, key_size_ = 0;  // of the value that is coming
};

ExactJson::ExactJson(std::string_view body, std::string where, JsonLimits limits)
    : where_(std::move(where)) {
  const auto refuse = [&](const std::string &why) {
    throw tapedeck::Error(TDK_BAD_DATA,
                          where_ + ": " + why + ", it begins with '" + excerpt(body) + "'");
  };
  // Offsets are 32 bits wide.
  if (body.size() >= UINT32_MAX) refuse("larger than 4 GiB");
  nodes_.reserve(std::min(body.size() / 8 + 1, limits.values));
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<JsonTreeBuilder> parser(options, *this, limits.values);
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  if (parser.handler().too_many()) refuse("more than " + std::to_string(limits.values) + " values");
  if (ec == json::error::too_deep)
    refuse("nested deeper than " + std::to_string(limits.depth) + " levels");
  if (ec) refuse("not JSON (" + ec.message() + " at byte " + std::to_string(used) + ")");
  if (used < body.size())
    refuse("not JSON (more after the end, at byte " + std::to_string(used) + ")");
}

JsonValue JsonValue::operator[](std::string_view key) const {
  if (absent()) return *this;
  if (is_object())
    for (const JsonValue child : children())
      if (child.key() == key) return child;
  return {tree_, node_, key};
}

bool JsonValue::is(JsonKind kind) const { return !absent() && tree_->nodes_[node_].kind == kind; }

std::string_view JsonValue::text() const {
  if (!is_text()) refuse("is not a string");
  return tree_->text_of(tree_->nodes_[node_]);
}

std::string_view JsonValue::number() const {
  if (!is_number()) refuse("is not a number");
  return tree_->text_of(tree_->nodes_[node_]);
}

std::int64_t JsonValue::whole_number() const {
  const std::string_view text = number();
  std::int64_t out = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (ec == std::errc{} && end == text.data() + text.size()) return out;
  // Languages that have doubles only write 12 as 12.0 or 1.2e1.
  const ScannedDecimal scanned = scan_decimal(text);
  if (scanned.status != DecimalStatus::Ok ||
      mantissa_at(scanned.value, 0, out) != DecimalStatus::Ok)
    refuse("is not a whole number that int64 holds: '" + excerpt(text) + "'");
  return out;
}

bool JsonValue::boolean() const {
  if (!is(JsonKind::True) && !is(JsonKind::False)) refuse("is neither true nor false");
  return is(JsonKind::True);
}

Decimal JsonValue::decimal() const {
  const std::string_view text = is_number() ? number() : this->text();
  const ScannedDecimal scanned = scan_decimal(text);
  if (scanned.status != DecimalStatus::Ok)
    refuse(std::string(said_of(scanned.status)) + ": '" + excerpt(text) + "'");
  return scanned.value;
}

std::string_view JsonValue::text_or(std::string_view otherwise) const {
  return exists() ? text() : otherwise;
}

std::int64_t JsonValue::whole_number_or(std::int64_t otherwise) const {
  return exists() ? whole_number() : otherwise;
}

JsonValue::Children JsonValue::children() const {
  if (!is_object() && !is_array()) refuse("is neither an object nor an array");
  return {tree_, node_};
}

std::size_t JsonValue::size() const {
  std::size_t out = 0;
  for (const JsonValue child : children()) {
    (void)child;
    ++out;
  }
  return out;
}

std::string_view JsonValue::key() const {
  return absent() ? absent_key_ : tree_->key_of(tree_->nodes_[node_]);
}

// Down from the root, each time into the child that holds the node: "data.rows[3].close".
std::string JsonValue::path() const {
  const std::uint32_t wanted = absent() ? parent_ : node_;
  std::string out;
  for (std::uint32_t at = 0; at != wanted;) {
    const bool in_array = tree_->nodes_[at].kind == JsonKind::Array;
    std::size_t index = 0;
    std::uint32_t child = at + 1;
    for (; tree_->nodes_[child].end <= wanted; child = tree_->nodes_[child].end) ++index;
    if (in_array)
      out += "[" + std::to_string(index) + "]";
    else
      out += (out.empty() ? "" : ".") + excerpt(tree_->key_of(tree_->nodes_[child]));
    at = child;
  }
  if (absent()) out += (out.empty() ? "" : ".") + std::string(absent_key_);
  return out;
}

void JsonValue::refuse(const std::string &why) const {
  const std::string at = path();
  throw tapedeck::Error(TDK_BAD_DATA, tree_->where_ + ": " + (at.empty() ? "the answer" : at) +
                                          " " + (absent() ? "is missing" : why));
}

}  // namespace kit
