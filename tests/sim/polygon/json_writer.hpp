// JSON as Polygon writes it: prices and sizes are numbers, without zeros behind them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/decimal.hpp"

namespace tapedeck::sim::polygon {

/// `1.0925`, `0.0001`, `1.2e-05`: the shortest form, with an exponent below 0.0001. The mantissa
/// counts 1e-8.
std::string number_text(Wide mantissa);

/// Puts a document together member by member; an empty name is for elements of an array.
class JsonWriter {
 public:
  JsonWriter &open(std::string_view name = {}) { return begin(name, '{'); }
  JsonWriter &list(std::string_view name = {}) { return begin(name, '['); }
  JsonWriter &close() { return end('}'); }
  JsonWriter &end_list() { return end(']'); }
  JsonWriter &text(std::string_view name, std::string_view value);
  JsonWriter &number(std::string_view name, Wide mantissa);
  JsonWriter &integer(std::string_view name, std::int64_t value);
  JsonWriter &boolean(std::string_view name, bool value);
  /// As it is: `null`, `12.0`.
  JsonWriter &raw(std::string_view name, std::string_view json);

  const std::string &str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter &begin(std::string_view name, char bracket);
  JsonWriter &end(char bracket);
  void key(std::string_view name);

  std::string out_;
};

}  // namespace tapedeck::sim::polygon
