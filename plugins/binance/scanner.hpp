// Reads JSON in place, once, without allocating: for the small messages of streams, by the hundred
// thousand a second. Safe against any bytes; what is not JSON throws TDK_BAD_DATA. Inside values
// that nobody reads only strings and the nesting are checked.
#pragma once

#include "kit/text.hpp"

#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace binance {

enum class JsonType : std::uint8_t { Text, EscapedText, Number, True, False, Null, Object, Array };

// Its bytes, of a text those between the quotes.
struct JsonSlice {
  const char *data;
  std::uint32_t size;
  JsonType type;
  std::string_view text() const { return {data, size}; }
};

class Scanner {
 public:
  // `whole` is what error texts quote; `part` lies in it.
  Scanner(std::string_view part, std::string_view whole)
      : p_(part.data()), end_(part.data() + part.size()), whole_(whole) {}

  // The next character that is no white space, 0 at the end.
  char peek() {
    while (p_ != end_ && is_space(*p_)) ++p_;
    return p_ == end_ ? '\0' : *p_;
  }
  bool take(char c) {
    if (peek() != c || p_ == end_) return false;
    ++p_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("no '") + c + "' where one should be");
  }
  void expect_end() {
    if (peek() != '\0' || p_ != end_) fail("more after the end");
  }
  bool at_end() { return peek() == '\0' && p_ == end_; }

  JsonSlice text() {
    if (peek() != '"') fail("no string where one should be");
    const char *begin = ++p_;
    bool escaped = false;
    for (;;) {
      p_ = first_special(p_, end_);
      if (p_ == end_) fail("a string without an end");
      if (*p_ == '"') break;
      if (*p_ != '\\' || end_ - p_ < 2) fail("a control character in a string");
      escaped = true;
      p_ += 2;
    }
    const char *last = p_++;
    return slice(begin, last, escaped ? JsonType::EscapedText : JsonType::Text);
  }

  JsonSlice value() {
    switch (peek()) {
      case '"':
        return text();
      case '{':
        return container(JsonType::Object);
      case '[':
        return container(JsonType::Array);
      case 't':
        return word("true", JsonType::True);
      case 'f':
        return word("false", JsonType::False);
      case 'n':
        return word("null", JsonType::Null);
      default:
        return number();
    }
  }

  [[noreturn]] void fail(const std::string &why) const {
    throw tapedeck::Error(TDK_BAD_DATA, "binance stream: not JSON: " + why + " at byte " +
                                            std::to_string(p_ - whole_.data()) + " of '" +
                                            kit::excerpt(whole_, 160) + "'");
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_special(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  }
  JsonSlice slice(const char *begin, const char *end, JsonType type) const {
    return {begin, static_cast<std::uint32_t>(end - begin), type};
  }

  // The first quote, backslash or control character, eight bytes at a time; little-endian, as the
  // ABI. Each of the three tests may raise a false alarm only behind a true one of its own.
  static const char *first_special(const char *p, const char *end) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U, kHigh = 0x8080808080808080U;
    for (; end - p >= 8; p += 8) {
      std::uint64_t v;
      std::memcpy(&v, p, sizeof v);
      const std::uint64_t quote = v ^ (kOnes * '"'), backslash = v ^ (kOnes * '\\');
      const std::uint64_t hit = (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
                                 ((v - kOnes * 0x20) & ~v)) &
                                kHigh;
      if (hit) return p + (__builtin_ctzll(hit) >> 3);
    }
    while (p != end && !is_special(*p)) ++p;
    return p;
  }

  JsonSlice word(std::string_view text, JsonType type) {
    const char *begin = p_;
    if (static_cast<std::size_t>(end_ - p_) < text.size() ||
        std::memcmp(p_, text.data(), text.size()) != 0)
      fail("an unknown word");
    p_ += text.size();
    return slice(begin, p_, type);
  }

  const char *digits() {
    const char *begin = p_;
    while (p_ != end_ && is_digit(*p_)) ++p_;
    if (p_ == begin) fail("no value where one should be");
    return begin;
  }
  JsonSlice number() {
    const char *begin = p_;
    if (p_ != end_ && *p_ == '-') ++p_;
    if (const char *whole = digits(); *whole == '0' && p_ - whole > 1)
      fail("a number that begins with 0");
    if (p_ != end_ && *p_ == '.') {
      ++p_;
      digits();
    }
    if (p_ != end_ && (*p_ == 'e' || *p_ == 'E')) {
      ++p_;
      if (p_ != end_ && (*p_ == '-' || *p_ == '+')) ++p_;
      digits();
    }
    return slice(begin, p_, JsonType::Number);
  }

  // Over everything up to the bracket that closes this one.
  JsonSlice container(JsonType type) {
    constexpr int kDeepest = 64;
    const char *begin = p_;
    std::uint64_t objects = 0;  // a bit a level: '{' rather than '['
    int depth = 0;
    do {
      switch (peek()) {
        case '{':
        case '[':
          if (++depth > kDeepest) fail("nested deeper than 64");
          objects = objects << 1 | (*p_++ == '{' ? 1U : 0U);
          break;
        case '}':
        case ']':
          if ((objects & 1U) != (*p_ == '}' ? 1U : 0U)) fail("brackets that do not match");
          objects >>= 1;
          --depth;
          ++p_;
          break;
        case '"':
          text();
          break;
        case ',':
        case ':':
          ++p_;
          break;
        default:
          value();
          break;
      }
    } while (depth > 0);
    return slice(begin, p_, type);
  }

  const char *p_, *end_;
  std::string_view whole_;
};

}  // namespace binance
