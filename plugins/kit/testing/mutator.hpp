// Damages texts in ways that come from networks, proxies and bad will; the same for the same seed.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace kit::test {

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string damaged(std::string text) {
    for (std::size_t n = 1 + below(3); n > 0 && !text.empty(); --n) damage(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  void damage(std::string &text) {
    static constexpr std::string_view kBytes = "[]{},:\".0123456789eE-+ntf\\u\0\xff ";
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text[at] = kBytes[below(kBytes.size())];
        break;
      case 2:
        text.erase(at, 1 + below(20));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(200)));
        break;
      default:
        text[at] = static_cast<char>(random_());
        break;
    }
  }
  std::mt19937 random_;
};

// How many of `rounds` damaged texts parse() refuses; it may throw nothing but TDK_BAD_DATA.
template <class Parse>
int refused_of(int rounds, const std::string &valid, Parse &&parse) {
  int refused = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::string text = Mutator(static_cast<unsigned>(i)).damaged(valid);
    try {
      parse(text);
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_BAD_DATA) << e.what();
      ++refused;
    }
  }
  return refused;
}

}  // namespace kit::test
