// A body read whole into a small tree in which every number keeps its text, so that a price given
// as a JSON number stays exact. Whatever is not as expected throws TDK_BAD_DATA that begins with
// `where` and names the place: "twelvedata quote: [2].close is not a decimal: 'abc'".
//
// Lifecycle: values are views; they live as long as their tree, which may not move. The body need
// not outlive the constructor. Threads: reading from any.
#pragma once

#include "kit/decimal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kit {

struct JsonLimits {
  std::size_t depth = 32;
  std::size_t values = 4'000'000;  // a value takes some 32 bytes, and its text
};

enum class JsonKind : std::uint8_t { Null, False, True, Number, Text, Array, Object };

class ExactJson;

// A value, or the absence of one: what is absent can be asked for, not read.
class JsonValue {
 public:
  // Of an object the member of that name, the first if there are several; absent if there is none.
  JsonValue operator[](std::string_view key) const;

  bool absent() const { return node_ == kAbsent; }
  bool exists() const { return !absent() && !is(JsonKind::Null); }  // there, and not null
  bool is(JsonKind kind) const;
  bool is_object() const { return is(JsonKind::Object); }
  bool is_array() const { return is(JsonKind::Array); }
  bool is_text() const { return is(JsonKind::Text); }
  bool is_number() const { return is(JsonKind::Number); }

  // These refuse what is absent, null, or of another type.
  std::string_view text() const;
  std::string_view number() const;  // as written: "1.5e-05"
  std::int64_t whole_number() const;  // also of 12.0 and 1.2e1
  bool boolean() const;
  Decimal decimal() const;  // of a number, or of a text that is one
  // These refuse another type only.
  std::string_view text_or(std::string_view otherwise) const;
  std::int64_t whole_number_or(std::int64_t otherwise) const;

  // The members of an object, the elements of an array; refuses other types.
  class Children;
  Children children() const;
  std::size_t size() const;      // how many children
  std::string_view key() const;  // of a member; empty for other values

  [[noreturn]] void refuse(const std::string &why) const;

 private:
  friend class ExactJson;
  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  JsonValue(const ExactJson *tree, std::uint32_t node) : tree_(tree), node_(node) {}
  JsonValue(const ExactJson *tree, std::uint32_t parent, std::string_view key)
      : tree_(tree), node_(kAbsent), parent_(parent), absent_key_(key) {}
  std::string path() const;

  const ExactJson *tree_;
  std::uint32_t node_;
  std::uint32_t parent_ = 0;     // if absent
  std::string_view absent_key_;  // if absent
};

class ExactJson {
 public:
  ExactJson(std::string_view body, std::string where, JsonLimits limits = {});
  ExactJson(const ExactJson &) = delete;
  ExactJson &operator=(const ExactJson &) = delete;

  JsonValue root() const { return {this, 0}; }

 private:
  friend class JsonValue;
  friend class JsonTreeBuilder;
  // In the order of the text: the children of a node come right behind it, `end` is the first
  // behind all of them.
  struct Node {
    JsonKind kind;
    std::uint32_t end;
    std::uint32_t text = 0, text_size = 0;  // of a number or text, in texts_
    std::uint32_t key = 0, key_size = 0;    // of a member
  };
  std::string_view text_of(const Node &n) const {
    return std::string_view(texts_).substr(n.text, n.text_size);
  }
  std::string_view key_of(const Node &n) const {
    return std::string_view(texts_).substr(n.key, n.key_size);
  }

  std::string where_;
  std::vector<Node> nodes_;
  std::string texts_;
};

class JsonValue::Children {
 public:
  class Iterator {
   public:
    Iterator(const ExactJson *tree, std::uint32_t node) : tree_(tree), node_(node) {}
    JsonValue operator*() const { return {tree_, node_}; }
    Iterator &operator++() {
      node_ = tree_->nodes_[node_].end;
      return *this;
    }
    bool operator==(const Iterator &other) const { return node_ == other.node_; }

   private:
    const ExactJson *tree_;
    std::uint32_t node_;
  };
  Children(const ExactJson *tree, std::uint32_t parent) : tree_(tree), parent_(parent) {}
  Iterator begin() const { return {tree_, parent_ + 1}; }
  Iterator end() const { return {tree_, tree_->nodes_[parent_].end}; }

 private:
  const ExactJson *tree_;
  std::uint32_t parent_;
};

}  // namespace kit
