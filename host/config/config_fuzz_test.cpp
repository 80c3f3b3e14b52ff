// Seeded mutations of a good file: whatever comes out, reading it ends and says things in one line.
#include <gtest/gtest.h>

#include <random>

#include "config/check_options.hpp"
#include "config/config_testing.hpp"
#include "config/dump_config.hpp"

using namespace tapedeck;
using namespace tapedeck::config_testing;

namespace {

constexpr std::string_view kBits[] = {
    "[",   "]",           "{",         "}",  ": ",  "- ", "\n", "\t", "&a",
    "*a",  "<<: ",        "<<: *base", "\"", "'",   "|",  ">",  "? ", "---",
    "...", "${env:HOST}", "${",        "}",  "!x ", "#",  "%",  "~",  "9999999999999999999",
    "-",   "\xff",        "\xc3",      ","};

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string mutate(std::string text) {
    const std::size_t changes = 1 + below(5);
    for (std::size_t i = 0; i < changes; ++i) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  void change(std::string &text) {
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text.erase(at, 1 + below(20));
        break;
      case 1:
        text.insert(at, kBits[below(std::size(kBits))]);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), below(60)));
        break;
      case 3:
        text.resize(at + 1);
        break;
      default:
        text[at] = static_cast<char>(random_() & 0xff);
        break;
    }
    if (text.empty()) text = "x";
  }

  std::mt19937 random_;
};

}  // namespace

TEST(ConfigFuzz, MutationsNeverCrash) {
  const FakeInput fake{{{"HOST", "h.example"}}, {}};
  const std::vector<OptionSpec> specs = {{"kinds", TDK_OPT_INT, 0, false, "", "", {}}};
  for (unsigned seed = 0; seed < 4000; ++seed) {
    LoadedConfig loaded = load_text(Mutator(seed).mutate(kGood), fake);
    for (const auto &plugin : loaded.config.plugins) check_options(plugin, specs, loaded.problems);
    for (const auto &problem : loaded.problems)
      ASSERT_EQ(problem.text().find('\n'), std::string::npos)
          << "seed " << seed << ": " << problem.text();
    ASSERT_FALSE(dump_config(loaded.config).empty());
  }
}
