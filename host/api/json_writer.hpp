// JSON text, written front to back; commas put themselves where they belong.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "market/time.hpp"

namespace tapedeck::api {

class JsonWriter {
 public:
  JsonWriter &begin(char bracket) {  // '{' or '['
    separate();
    out_ += bracket;
    comma_ = false;
    return *this;
  }
  JsonWriter &end(char bracket) {
    out_ += bracket;
    comma_ = true;
    return *this;
  }
  JsonWriter &key(std::string_view name) {
    text(name);
    out_ += ':';
    comma_ = false;
    return *this;
  }
  JsonWriter &text(std::string_view value) {
    separate();
    out_ += '"';
    append_json_escaped(out_, value);
    out_ += '"';
    return *this;
  }
  JsonWriter &raw(std::string_view json) {  // null, true, or what is JSON already
    separate();
    out_ += json;
    return *this;
  }
  JsonWriter &number(std::integral auto value) { return raw(std::to_string(value)); }
  JsonWriter &time(Nanos value) { return text(format_time(value)); }
  JsonWriter &time(const std::optional<Nanos> &value) { return value ? time(*value) : raw("null"); }
  JsonWriter &text_or_null(std::string_view value) { return value.empty() ? raw("null") : text(value); }
  JsonWriter &texts(const std::vector<std::string> &values) {
    begin('[');
    for (const auto &v : values) text(v);
    return end(']');
  }

  // What was written since the last call; writing goes on behind it.
  std::string take() { return std::exchange(out_, {}); }
  std::size_t size() const noexcept { return out_.size(); }

 private:
  void separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }
  std::string out_;
  bool comma_ = false;
};

}  // namespace tapedeck::api
