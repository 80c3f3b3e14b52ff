#include "config/references.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_testing.hpp"
#include "config/dump_config.hpp"

using namespace tapedeck;
using namespace tapedeck::config_testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

const FakeInput kFake{
    {{"A", "alpha"}, {"EMPTY", ""}, {"NESTED", "${env:A}"}, {"SECRET", "hunter2"}},
    {{"f", "text\r\n"}, {"two", "x\n\n"}}};

std::string resolved(const std::string &text) {
  std::vector<Problem> problems;
  const auto out = resolve_references(text, {"a.yaml", 1, 1}, kFake.input(), problems);
  EXPECT_EQ(out.has_value(), problems.empty());
  return out ? out->value : problems.at(0).message;
}

}  // namespace

TEST(References, AreReplaced) {
  EXPECT_EQ(resolved("${env:A}"), "alpha");
  EXPECT_EQ(resolved("x${env:A}y${env:A}"), "xalphayalpha");
  EXPECT_EQ(resolved("${env:EMPTY}"), "");
  EXPECT_EQ(resolved("${file:f}"), "text");
  EXPECT_EQ(resolved("${file:two}"), "x\n");
}

TEST(References, AreNotSearchedAgain) { EXPECT_EQ(resolved("${env:NESTED}"), "${env:A}"); }

TEST(References, CanBeEscaped) {
  EXPECT_EQ(resolved("$${env:A}"), "${env:A}");
  EXPECT_EQ(resolved("pa$$word $ $x"), "pa$$word $ $x");
}

TEST(References, MarkWhatCameFromOutside) {
  std::vector<Problem> problems;
  EXPECT_TRUE(resolve_references("x${env:A}", {}, kFake.input(), problems)->from_reference);
  EXPECT_FALSE(resolve_references("$${env:A}", {}, kFake.input(), problems)->from_reference);
}

TEST(References, AreAllReported) {
  std::vector<Problem> problems;
  resolve_references("${env:X} ${vault:a#b} ${env:} ${file:} ${file:no}", {}, kFake.input(),
                     problems);
  EXPECT_EQ(problems.size(), 5u);
}

// A secret in any value at all shows neither in a problem nor in a dump.
TEST(References, AreNeverShown) {
  for (const std::string &text :
       {std::string("plugin_dirs"), std::string("module"), std::string("o"), std::string("listen"),
        std::string("name"), std::string("symbols"), std::string("intervals"),
        std::string("calendar"), std::string("sources"), std::string("storage"),
        std::string("since"), std::string("until"), std::string("parallel")}) {
    std::string yaml =
        "version: 1\nplugin_dirs: [ plugin_dirs ]\nplugins: { p: { module: module, options: { x: o "
        "} } }\n"
        "api: { listen: listen }\npipelines: [ { name: name, symbols: [ symbols ], intervals: [ "
        "intervals ], "
        "calendar: calendar, sources: [ sources ], storage: storage, backfill: { since: since, "
        "until: until, parallel: parallel } } ]\n";
    // The value, not the key: it stands after ": " or "[ ".
    for (const char *before : {": ", "[ "}) {
      const std::size_t at = yaml.find(before + text + " ");
      if (at != std::string::npos) yaml.replace(at + 2, text.size(), "\"${env:SECRET}\"");
      const std::size_t comma = yaml.find(before + text + ",");
      if (comma != std::string::npos) yaml.replace(comma + 2, text.size(), "\"${env:SECRET}\"");
    }
    ASSERT_THAT(yaml, HasSubstr("SECRET")) << text;
    const LoadedConfig loaded = load_text(yaml, kFake);
    EXPECT_THAT(::testing::PrintToString(texts(loaded.problems)), Not(HasSubstr("hunter2")))
        << text;
    EXPECT_THAT(dump_config(loaded.config), Not(HasSubstr("hunter2"))) << text;
  }
}

TEST(DumpConfig, FillsInDefaultsAndHidesSecrets) {
  const LoadedConfig loaded = load_text(
      "version: 1\nplugins: { p: { module: m, options: { token: t1, url: \"http://u:t2@h/\", own: "
      "t3, "
      "x: \"a${env:SECRET}\", depth: 3 } } }\npipelines: [ { name: n, symbols: [A], intervals: "
      "[M1], "
      "sources: [p], storage: p, backfill: {} } ]\n",
      kFake);
  ASSERT_THAT(texts(loaded.problems), IsEmpty());
  const ModuleOptions modules = {{"m",
                                  {{"own", TDK_OPT_STRING, TDK_OPT_SECRET, false, "", "", {}},
                                   {"wait", TDK_OPT_DURATION, 0, true, "5s", "", {}}}}};
  const std::string dump = dump_config(loaded.config, modules);
  for (const char *secret : {"t1", "t2", "t3", "hunter2"})
    EXPECT_THAT(dump, Not(HasSubstr(secret)));
  for (const char *shown : {"\"depth\": \"3\"", "\"wait\": \"5s\"", "\"since\": \"30d\"", "\"1m\"",
                            "\"calendar\": \"24x7\"", "\"x\": \"***\""})
    EXPECT_THAT(dump, HasSubstr(shown));
}
