// The fields of a stream's payload by their one-letter keys, and the typed reading of them.
#pragma once

#include "decimals.hpp"
#include "scanner.hpp"

#include <string>
#include <string_view>

namespace binance {

// One JSON object: its values under keys of one ASCII letter. Others are checked and forgotten.
class LetterFields {
 public:
  bool has(char key) const { return (seen_ & bit(key)) != 0; }
  const JsonSlice &operator[](char key) const { return at_[index(key)]; }
  bool has_text(char key) const { return has(key) && (*this)[key].type == JsonType::Text; }

  // Reads the object at the scanner, whose other keys go to on_other(std::string_view, JsonSlice).
  template <class F>
  void read(Scanner &in, F &&on_other) {
    in.expect('{');
    if (in.take('}')) return;
    do {
      const JsonSlice key = in.text();
      in.expect(':');
      const JsonSlice value = in.value();
      if (key.size == 1 && is_letter(*key.data))
        put(*key.data, value, in);
      else
        on_other(key.text(), value);
    } while (in.take(','));
    in.expect('}');
  }
  void read(Scanner &in) {
    read(in, [](std::string_view, const JsonSlice &) {});
  }

 private:
  static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
  static unsigned index(char key) { return static_cast<unsigned char>(key) & 63U; }
  static std::uint64_t bit(char key) { return std::uint64_t{1} << index(key); }
  void put(char key, const JsonSlice &value, const Scanner &in) {
    if (has(key)) in.fail(std::string("the key '") + key + "' twice");
    seen_ |= bit(key);
    at_[index(key)] = value;
  }

  std::uint64_t seen_ = 0;
  JsonSlice at_[64];  // those not seen are not initialised
};

struct FieldName {
  char key;
  const char *meaning;
};

// Throws TDK_BAD_DATA that names message, field and value.
class FieldReader {
 public:
  FieldReader(const LetterFields &fields, const char *kind, std::string_view whole)
      : fields_(fields), kind_(kind), whole_(whole) {}

  [[noreturn]] void refuse(const std::string &why) const {
    throw tapedeck::Error(TDK_BAD_DATA, std::string("binance stream: ") + kind_ + ": " + why +
                                            ", in '" + kit::excerpt(whole_, 200) + "'");
  }
  [[noreturn]] void refuse(FieldName field, const char *what) const {
    const bool there = fields_.has(field.key);
    refuse(std::string(field.meaning) + " (" + field.key + ") is " + (there ? what : "missing") +
           (there ? ": '" + kit::excerpt(fields_[field.key].text()) + "'" : std::string()));
  }

  std::string_view text(FieldName field) const {
    if (!fields_.has_text(field.key) || fields_[field.key].size == 0) refuse(field, "no text");
    return fields_[field.key].text();
  }
  bool flag(FieldName field) const {
    if (fields_.has(field.key)) {
      if (fields_[field.key].type == JsonType::True) return true;
      if (fields_[field.key].type == JsonType::False) return false;
    }
    refuse(field, "neither true nor false");
  }
  std::int64_t whole_number(FieldName field) const {
    std::int64_t value = 0;
    if (!fields_.has(field.key) || !read_whole(fields_[field.key], value))
      refuse(field, "no whole number from 0 to 2^63-1");
    return value;
  }

  // Digits only, in an int64.
  static bool read_whole(const JsonSlice &from, std::int64_t &value) {
    constexpr std::uint32_t kAlwaysFit = 18;
    if (from.type != JsonType::Number || from.size > kAlwaysFit + 1) return false;
    std::int64_t v = 0;
    for (const char c : from.text()) {
      const int digit = c - '0';
      if (digit < 0 || digit > 9 || !detail::append_digit(v, digit)) return false;
    }
    value = v;
    return true;
  }

  struct Amount {
    FieldName field;
    std::int64_t *cell;
  };
  // Decimals in texts; returns the finest exponent at which all of them fit into int64.
  template <std::size_t N>
  int amounts(const Amount (&all)[N]) const {
    for (int exp = kFinestExp;; ++exp)
      if (amounts_fit(all, exp)) return exp;
  }

 private:
  template <std::size_t N>
  bool amounts_fit(const Amount (&all)[N], int exp) const {
    for (const Amount &amount : all) {
      const Scan scan = scan_decimal(text(amount.field), exp, *amount.cell);
      if (scan == Scan::Ok) continue;
      if (scan == Scan::TooLarge && exp < 0) return false;
      refuse(amount.field, scan == Scan::Malformed ? "no decimal" : "no decimal that int64 holds");
    }
    return true;
  }

  const LetterFields &fields_;
  const char *kind_;
  std::string_view whole_;
};

}  // namespace binance
