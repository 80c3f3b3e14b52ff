#include "config/check_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_testing.hpp"

using namespace tapedeck;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace {

const std::vector<OptionSpec> kSpecs = {
    {"path", TDK_OPT_STRING, TDK_OPT_REQUIRED, false, "", "", {}},
    {"mode", TDK_OPT_STRING, 0, true, "fast", "", {"fast", "safe"}},
    {"size", TDK_OPT_INT, 0, false, "", "", {}},
    {"ratio", TDK_OPT_NUMBER, 0, false, "", "", {}},
    {"sync", TDK_OPT_BOOL, 0, false, "", "", {}},
    {"wait", TDK_OPT_DURATION, 0, true, "5s", "", {}},
    {"token", TDK_OPT_STRING, TDK_OPT_SECRET, false, "", "", {}},
};

struct Checked {
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<std::string> problems;
};

Checked check(std::map<std::string, std::string> options, bool from_secret = false) {
  PluginConfig plugin{"store", "sqlite", {}, {"a.yaml", 1, 1}, {}};
  for (auto &[key, value] : options)
    plugin.options[key] = {value, {"a.yaml", 2, 9}, from_secret, {"a.yaml", 2, 3}};
  std::vector<Problem> problems;
  auto out = check_options(plugin, kSpecs, problems);
  return {std::move(out), tapedeck::config_testing::texts(problems)};
}

}  // namespace

TEST(CheckOptions, FillsInDefaults) {
  const Checked checked =
      check({{"path", "x"}, {"size", "-3"}, {"ratio", "1e-3"}, {"sync", "true"}});
  EXPECT_THAT(checked.problems, IsEmpty());
  EXPECT_THAT(checked.options,
              ElementsAre(Pair("path", "x"), Pair("mode", "fast"), Pair("size", "-3"),
                          Pair("ratio", "1e-3"), Pair("sync", "true"), Pair("wait", "5s")));
}

TEST(CheckOptions, NamesWhatIsMissingOrUnknown) {
  EXPECT_THAT(
      check({{"pth", "x"}}).problems,
      ElementsAre("a.yaml:2:3: unknown option 'pth' of module 'sqlite'; did you mean 'path'?",
                  "a.yaml:1:1: required option 'path' of module 'sqlite' is missing in plugin "
                  "'store'"));
  EXPECT_THAT(check({{"path", ""}}).problems,
              ElementsAre("a.yaml:2:9: required option 'path' is empty"));
}

TEST(CheckOptions, ChecksTypes) {
  const auto problem = [](const std::string &key, const std::string &value) {
    const auto problems = check({{"path", "x"}, {key, value}}).problems;
    return problems.size() == 1 ? problems[0] : ::testing::PrintToString(problems);
  };
  EXPECT_EQ(problem("size", "1.5"),
            "a.yaml:2:9: option 'size': expected a whole number, found '1.5'");
  EXPECT_EQ(problem("ratio", "nan"), "a.yaml:2:9: option 'ratio': expected a number, found 'nan'");
  EXPECT_EQ(problem("sync", "yes"),
            "a.yaml:2:9: option 'sync': expected true or false, found 'yes'");
  EXPECT_EQ(
      problem("wait", "15"),
      "a.yaml:2:9: option 'wait': expected a duration with a unit, such as 15s or 5m, found '15'");
  EXPECT_EQ(problem("mode", "slow"),
            "a.yaml:2:9: option 'mode': expected one of fast, safe, found 'slow'");
}

TEST(CheckOptions, WarnsOfSecretsInPlainText) {
  EXPECT_THAT(check({{"path", "x"}, {"token", "hunter2"}}).problems,
              ElementsAre("a.yaml:2:9: warning: secret 'token' is written in plain text; use "
                          "${env:NAME} or ${file:PATH}"));
  EXPECT_THAT(check({{"path", "x"}, {"token", "hunter2"}}, true).problems, IsEmpty());
}

TEST(CheckOptions, NeverShowsASecret) {
  for (const auto &problem :
       check({{"path", "x"}, {"mode", "hunter2"}, {"size", "hunter2"}}, true).problems)
    EXPECT_EQ(problem.find("hunter2"), std::string::npos) << problem;
}
