#include "config/config_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "config/config_keys.hpp"
#include "config/pipelines_reference.hpp"

using namespace tapedeck;
using ::testing::HasSubstr;

namespace {

namespace json = boost::json;

const ModuleOptions kModules = {
    {"quality",
     {{"spike.sigma", TDK_OPT_NUMBER, 0, true, "8", "How far | is far.", {}},
      {"spike.window", TDK_OPT_INT, TDK_OPT_REQUIRED, false, "", "Candles.", {}},
      {"level", TDK_OPT_STRING, 0, true, "warn", "", {"warn", "stop"}},
      {"token", TDK_OPT_STRING, TDK_OPT_SECRET, true, "hunter2", "", {}}}}};

json::value schema() { return json::parse(config_schema(kModules)); }

// Every map whose keys are listed refuses others.
void expect_strict(const json::value &value, const std::string &path) {
  if (value.is_array())
    for (const auto &item : value.get_array()) expect_strict(item, path + "[]");
  if (!value.is_object()) return;
  const auto &object = value.get_object();
  const bool conditional = path.ends_with("if") || path.ends_with("then");
  if (object.contains("properties") && !conditional) {
    const json::value *more = object.if_contains("additionalProperties");
    EXPECT_TRUE(more != nullptr && *more == json::value(false)) << path;
  }
  for (const auto &member : object)
    expect_strict(member.value(), path + "/" + std::string(member.key()));
}

}  // namespace

TEST(ConfigSchema, IsStrict) { expect_strict(schema(), ""); }

TEST(ConfigSchema, NamesEveryKeyButThoseOfLaterVersions) {
  const json::value root = schema();
  const json::object &pipeline =
      root.at("properties").at("pipelines").at("items").at("properties").as_object();
  EXPECT_TRUE(pipeline.contains("symbols"));
  EXPECT_FALSE(pipeline.contains("derive"));
  for (const auto *section : all_sections())
    for (const auto &key : section->keys)
      if (key.type != KeyType::Later) {
        EXPECT_THAT(config_schema(kModules), HasSubstr("\"" + std::string(key.name) + "\": {"));
        EXPECT_NE(key.help, "") << key.name;
      }
}

TEST(ConfigSchema, HoldsOptionsOfEachModule) {
  const json::value root = schema();
  const auto &rule =
      root.at("properties").at("plugins").at("additionalProperties").at("allOf").at(0);
  EXPECT_EQ(rule.at("if").at("properties").at("module").at("const"), "quality");
  const auto &options = rule.at("then").at("properties").at("options");
  EXPECT_EQ(options.at("properties").at("spike").at("required").at(0), "window");
  EXPECT_EQ(options.at("required").at(0), "spike");
  EXPECT_EQ(rule.at("then").at("required").at(0), "options");
  EXPECT_EQ(options.at("properties").at("level").at("anyOf").at(0).at("enum").at(1), "stop");
}

TEST(ConfigSchema, HasNoDefaultsThatAreSecret) {
  EXPECT_EQ(config_schema(kModules).find("hunter2"), std::string::npos);
  EXPECT_EQ(pipelines_reference(kModules).find("hunter2"), std::string::npos);
}

TEST(PipelinesReference, HasARowForEveryKeyAndOption) {
  const std::string text = pipelines_reference(kModules);
  for (const auto *section : all_sections())
    for (const auto &key : section->keys)
      EXPECT_THAT(text, HasSubstr("`" + std::string(key.name) + "`"));
  EXPECT_THAT(text, HasSubstr("| `spike.sigma` | number | `8` | How far \\| is far. |"));
  EXPECT_THAT(text, HasSubstr("| `storage` | plugin name | **required** |"));
  EXPECT_THAT(text, HasSubstr("| `parallel` | integer, 1 to 64 | `4` |"));
}
