#include "sim/polygon/json_writer.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr Wide kSmallestPlain = 10'000;  // 0.0001

std::string with_exponent(Wide mantissa) {
  std::string digits = std::to_string(static_cast<std::int64_t>(mantissa));
  const std::size_t exponent = 8 - (digits.size() - 1);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  if (digits.size() > 1) digits.insert(1, ".");
  return digits + "e-0" + std::to_string(exponent);
}

}  // namespace

std::string number_text(Wide mantissa) {
  if (mantissa > 0 && mantissa < kSmallestPlain) return with_exponent(mantissa);
  std::string text = decimal_text(mantissa);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

void JsonWriter::key(std::string_view name) {
  const bool first = out_.empty() || out_.back() == '{' || out_.back() == '[';
  if (!first) out_ += ',';
  if (!name.empty()) out_.append("\"").append(name).append("\":");
}

JsonWriter &JsonWriter::begin(std::string_view name, char bracket) {
  key(name);
  out_ += bracket;
  return *this;
}

JsonWriter &JsonWriter::end(char bracket) {
  out_ += bracket;
  return *this;
}

JsonWriter &JsonWriter::text(std::string_view name, std::string_view value) {
  key(name);
  out_ += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out_ += '\\';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

JsonWriter &JsonWriter::number(std::string_view name, Wide mantissa) {
  return raw(name, number_text(mantissa));
}

JsonWriter &JsonWriter::integer(std::string_view name, std::int64_t value) {
  return raw(name, std::to_string(value));
}

JsonWriter &JsonWriter::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

JsonWriter &JsonWriter::raw(std::string_view name, std::string_view json) {
  key(name);
  out_ += json;
  return *this;
}

}  // namespace tapedeck::sim::polygon
