// A body read whole into a tree, for the small or rare answers; the large ones have a parser of
// their own. Whatever is not as expected throws TDK_BAD_DATA that names `where`.
#pragma once

#include "kit/text.hpp"

#include <tapedeck/layer/core.hpp>

#include <boost/json.hpp>

namespace kit {

namespace json = boost::json;

[[noreturn]] inline void refuse(const std::string &where, const std::string &why) {
  throw tapedeck::Error(TDK_BAD_DATA, where + ": " + why);
}

class JsonTree {
 public:
  JsonTree(std::string_view body, const std::string &where) {
    boost::system::error_code ec;
    root_ = json::parse({body.data(), body.size()}, ec, &memory_);
    if (ec)
      refuse(where, "not JSON (" + ec.message() + "), it begins with '" + excerpt(body) + "'");
  }
  const json::value &root() const { return root_; }

 private:
  json::monotonic_resource memory_;  // outlives the value
  json::value root_;
};

inline const json::object &object_of(const json::value &v, const std::string &where) {
  if (const json::object *object = v.if_object()) return *object;
  refuse(where, "not an object");
}

// Empty when the field is absent or null; refuses another type.
inline std::string_view text_or_empty(const json::object &from, std::string_view field,
                                      const std::string &where) {
  const json::value *v = from.if_contains(field);
  if (!v || v->is_null()) return {};
  if (const json::string *text = v->if_string()) return {text->data(), text->size()};
  refuse(where, std::string(field) + " is not a string");
}

inline std::string_view text_of(const json::object &from, std::string_view field,
                                const std::string &where) {
  const std::string_view text = text_or_empty(from, field, where);
  if (text.empty()) refuse(where, "no " + std::string(field));
  return text;
}

inline std::int64_t whole_number_or(const json::object &from, std::string_view field,
                                    std::int64_t otherwise) {
  const json::value *v = from.if_contains(field);
  const std::int64_t *number = v ? v->if_int64() : nullptr;
  return number ? *number : otherwise;
}

inline const json::array *array_or_null(const json::object &from, std::string_view field) {
  const json::value *v = from.if_contains(field);
  return v ? v->if_array() : nullptr;
}

}  // namespace kit
