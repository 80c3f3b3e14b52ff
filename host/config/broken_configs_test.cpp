#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "config/config_testing.hpp"

using namespace tapedeck;

namespace {

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(TAPEDECK_BROKEN_CONFIGS))
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "good")
      names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

// By its bare name, so that messages do not depend on where the tests are.
LoadedConfig load(const std::string &name) {
  ConfigInput input = system_input(config_testing::kNow);
  const FileText file = read_text_file(std::string(TAPEDECK_BROKEN_CONFIGS) + "/" + name + ".yaml");
  EXPECT_EQ(file.error, "");
  return load_config(std::vector<ConfigText>{{name + ".yaml", file.text}}, input);
}

class BrokenConfig : public ::testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(BrokenConfig, IsReportedInOneClearLine) {
  std::ifstream in(std::string(TAPEDECK_BROKEN_CONFIGS) + "/" + GetParam() + ".yaml");
  std::string expected;
  std::getline(in, expected);
  ASSERT_TRUE(expected.starts_with("# expect: ")) << expected;
  expected = GetParam() + ".yaml:" + expected.substr(10);
  std::vector<std::string> errors;
  for (const auto &problem : load(GetParam()).problems)
    if (!problem.warning) errors.push_back(problem.text());
  ASSERT_EQ(errors.size(), 1u) << ::testing::PrintToString(errors);
  EXPECT_EQ(errors[0].substr(0, expected.size()), expected);
  EXPECT_EQ(errors[0].find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, BrokenConfig, ::testing::ValuesIn(broken_files()),
                         [](const auto &param) { return param.param; });

TEST(GoodConfig, YieldsNoProblem) {
  EXPECT_EQ(config_testing::texts(load("good").problems), std::vector<std::string>{});
}
