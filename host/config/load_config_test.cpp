#include "config/load_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_testing.hpp"
#include "config/yaml_tree.hpp"

using namespace tapedeck;
using namespace tapedeck::config_testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

const FakeInput kHost{{{"HOST", "h.example"}}, {}};

std::string pipeline(const std::string &more) {
  return "version: 1\nplugins: { p: { module: m } }\npipelines:\n  - { name: a, symbols: [A], "
         "intervals: [1m], sources: [p], storage: p" +
         more + " }\n";
}

}  // namespace

TEST(LoadConfig, ReadsEverySetting) {
  const LoadedConfig loaded = load_text(kGood, kHost);
  ASSERT_THAT(texts(loaded.problems), IsEmpty());
  const Config &c = loaded.config;
  EXPECT_THAT(c.plugin_dirs, ElementsAre("./plugins"));
  EXPECT_EQ(c.api->port, 9090);
  ASSERT_NE(c.plugin("binance"), nullptr);
  const PipelineConfig *p = c.pipeline("majors");
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(p->symbols.at(1).name, "ETH/USDT");
  EXPECT_EQ(p->intervals.at(1).first.name(), "1M");
  EXPECT_EQ(p->calendar->name(), "24x7");
  EXPECT_EQ(p->storage.name, "store");
  EXPECT_EQ(p->backfill->since, "2y");
  EXPECT_EQ(p->backfill->parallel, 8);
  EXPECT_EQ(p->backfill->since_at.line, 17);
}

TEST(LoadConfig, FillsInDefaults) {
  const LoadedConfig loaded = load_text(pipeline(", backfill: {}"));
  ASSERT_THAT(texts(loaded.problems), IsEmpty());
  const PipelineConfig &p = loaded.config.pipelines.at(0);
  EXPECT_EQ(p.backfill->since, "30d");
  EXPECT_EQ(p.backfill->parallel, 4);
  EXPECT_EQ(p.calendar->name(), "24x7");
  EXPECT_FALSE(loaded.config.api);
}

TEST(LoadConfig, ReadsCacheAndSharedBudget) {
  const std::string text =
      "version: 1\nplugins:\n  p: { module: m, budget: { share: c } }\n  q: { module: m, budget: { share: c, account: x, hosts: 3 } }\n"
      "  c: { module: redis }\npipelines:\n  - { name: a, symbols: [A], intervals: [1m], sources: [p, q], storage: c }\n"
      "  - { name: b, symbols: [A], intervals: [1m], sources: [p], storage: c, cache: c }\n";
  const LoadedConfig loaded = load_text(text);
  ASSERT_THAT(texts(loaded.problems), IsEmpty());
  const auto &p = loaded.config.plugin("p")->budget, &q = loaded.config.plugin("q")->budget;
  ASSERT_TRUE(p && q);
  EXPECT_EQ(p->through + " " + p->account + " " + std::to_string(p->hosts), "c p 2");
  EXPECT_EQ(q->through + " " + q->account + " " + std::to_string(q->hosts), "c x 3");
  EXPECT_EQ(loaded.config.cache(), "c");
  EXPECT_FALSE(loaded.config.plugin("c")->budget);
}

TEST(LoadConfig, KnowsWhomAPipelinePublishesTo) {
  const LoadedConfig loaded = load_text(pipeline(", publish: [p]"));
  ASSERT_THAT(texts(loaded.problems), IsEmpty());
  ASSERT_EQ(loaded.config.pipelines.at(0).publish.size(), 1u);
  EXPECT_EQ(loaded.config.pipelines.at(0).publish[0].name, "p");
  EXPECT_TRUE(load_text(pipeline("")).config.pipelines.at(0).publish.empty());
}

TEST(LoadConfig, KnowsNoCacheWhereNoneIsNamed) { EXPECT_EQ(load_text(pipeline("")).config.cache(), ""); }

TEST(LoadConfig, MergesMapsAndLetsOwnKeysWin) {
  const LoadedConfig loaded = load_text(kGood, kHost);
  const PipelineConfig *others = loaded.config.pipeline("others");
  ASSERT_NE(others, nullptr);
  EXPECT_EQ(others->symbols.size(), 1u);
  EXPECT_EQ(others->sources.at(0).name, "binance");
}

TEST(LoadConfig, FlattensOptions) {
  const LoadedConfig loaded = load_text(kGood, kHost);
  const auto &options = loaded.config.plugin("binance")->options;
  EXPECT_EQ(options.at("spike.sigma").value, "8");
  EXPECT_EQ(options.at("kinds").value, "a,b");
  EXPECT_EQ(options.at("base_url").value, "https://h.example/x");
  EXPECT_TRUE(options.at("base_url").from_secret);
  EXPECT_FALSE(options.at("kinds").from_secret);
}

TEST(LoadConfig, ReportsEverythingInOneGo) {
  const auto found = load_text(
      "version: 1\nplugins: { p: { module: m, modul: x } }\npipelines:\n  - name: a\n    simbols: "
      "[A]\n"
      "    intervals: [1m, 7m]\n    sources: [q]\n    storage: p\n");
  EXPECT_THAT(
      texts(found.problems),
      ElementsAre("a.yaml:2:28: unknown key 'modul'; did you mean 'module'?",
                  "a.yaml:4:5: required key 'symbols' is missing in this pipeline",
                  "a.yaml:5:5: unknown key 'simbols'; did you mean 'symbols'?",
                  "a.yaml:6:21: unknown interval '7m'; valid are 1s 1m 5m 15m 30m 1h 4h 1d 1w 1M",
                  "a.yaml:7:15: unknown plugin 'q'; did you mean 'p'?"));
  EXPECT_FALSE(found.ok());
}

TEST(LoadConfig, MergesFiles) {
  FakeInput fake;
  fake.files = {{"a.yaml", "version: 1\nplugins: { p: { module: m } }\napi: {}\n"},
                {"b.yaml", pipeline("").replace(11, 29, "plugins: { q: { module: m } }")}};
  const auto loaded = load_config(std::vector<std::string>{"a.yaml", "b.yaml"}, fake.input());
  EXPECT_THAT(texts(loaded.problems),
              ElementsAre("b.yaml:2:12: warning: plugin 'q' is used by no pipeline"));
  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.config.plugins.size(), 2u);
  EXPECT_EQ(loaded.config.api->port, 8080);
}

TEST(LoadConfig, NamesTheFirstPlaceOfWhatIsTwice) {
  FakeInput fake;
  fake.files = {{"a.yaml", pipeline("") + "api: {}\n"}, {"b.yaml", pipeline("") + "api: {}\n"}};
  const auto loaded =
      load_config(std::vector<std::string>{"a.yaml", "b.yaml", "a.yaml"}, fake.input());
  EXPECT_THAT(texts(loaded.problems),
              ElementsAre("a.yaml: is given twice",
                          "b.yaml:2:12: plugin 'p' is already defined at a.yaml:2:12",
                          "b.yaml:4:13: pipeline 'a' is already defined at a.yaml:4:13",
                          "b.yaml:5:1: 'api' is already set at a.yaml:5:1"));
}

TEST(LoadConfig, SaysWhyAFileCannotBeRead) {
  const std::string dir = ::testing::TempDir();
  const auto loaded =
      load_config(std::vector<std::string>{"no/such.yaml", dir, "/dev/null"}, system_input(kNow));
  EXPECT_THAT(texts(loaded.problems),
              ElementsAre("no/such.yaml: no such file", dir + ": is a directory; name a file",
                          "/dev/null: is not a regular file"));
}

TEST(LoadConfig, RefusesEmptyAndLargeFiles) {
  EXPECT_THAT(texts(load_text(" \n").problems),
              ElementsAre("a.yaml: is empty; a configuration starts with 'version: 1'"));
  EXPECT_THAT(texts(load_text(std::string(1024 * 1024 + 1, ' ')).problems),
              ElementsAre("a.yaml: is larger than 1 MiB"));
  EXPECT_THAT(texts(load_text("# only this\n").problems),
              ElementsAre("a.yaml: is empty; a configuration starts with 'version: 1'"));
}

TEST(LoadConfig, WarnsOfNothingToDo) {
  const auto loaded = load_text("version: 1\n");
  EXPECT_THAT(texts(loaded.problems),
              ElementsAre("a.yaml: warning: no pipelines: there is nothing to do"));
  EXPECT_TRUE(loaded.ok());
}

TEST(LoadConfig, CountsColumnsInCharacters) {
  EXPECT_THAT(texts(load_text("version: 1\n\"\xc3\xbc\": 1\n").problems)[0],
              ::testing::StartsWith("a.yaml:2:1: unknown key '\xc3\xbc'"));
  EXPECT_THAT(texts(load_text("{ \"\xc3\xbc\": 1, version: 2 }\n").problems)[1],
              ::testing::StartsWith("a.yaml:1:20: version '2'"));
}

TEST(LoadConfig, AcceptsAByteOrderMarkAndWindowsLines) {
  EXPECT_THAT(
      texts(load_text("\xef\xbb\xbfversion: 1\r\nplugin_dirs:\r\n  - x\r\n  - \r\n").problems)[0],
      "a.yaml:4:3: 'plugin_dirs': expected a word in the list, found nothing");
}

TEST(LoadConfig, RefusesAnAliasInItsOwnAnchor) {
  EXPECT_THAT(texts(load_text("version: 1\nplugin_dirs: &a [*a]\n").problems),
              ElementsAre("a.yaml:2:18: an alias stands inside of its own anchor"));
}

TEST(LoadConfig, TakesPathologicalFilesInReasonableTime) {
  for (const char *unit :
       {"[", "{", "- ", "? ", "a: ", "&a ", "!", "\"", "'", "|\n", "#", "*", "x,"}) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    EXPECT_FALSE(load_text(text).ok()) << unit;
  }
}

TEST(LoadConfig, TakesALargeFile) {
  std::string text = pipeline("");
  std::string symbols;
  for (int i = 0; i < 20'000; ++i) symbols += ",S" + std::to_string(i);
  text.replace(text.find("[A]"), 3, "[A" + symbols + "]");
  const auto loaded = load_text(text);
  EXPECT_THAT(texts(loaded.problems), IsEmpty());
  EXPECT_EQ(loaded.config.pipelines.at(0).symbols.size(), 20'001u);
}

TEST(LoadConfig, ListensOnEveryLoopbackAddressAndNoOther) {
  for (const char *good : {"127.0.0.1:0", "127.1.2.3:80", "localhost:8080", "[::1]:65535"})
    EXPECT_TRUE(load_text("version: 1\napi: { listen: \"" + std::string(good) + "\" }\n").ok())
        << good;
  for (const char *bad : {"0.0.0.0:80", "[::]:80", "127.0.0.example:80", "h:80", "127.0.0.1", ":80",
                          "127.0.0.1:65536", "127.0.0.1:", "::1:80", "127.0.0.1:-1", "[]:80"})
    EXPECT_FALSE(load_text("version: 1\napi: { listen: \"" + std::string(bad) + "\" }\n").ok())
        << bad;
}

TEST(ResolveTime, IsRelativeToNow) {
  EXPECT_EQ(resolve_time("", kNow), kNow);
  EXPECT_EQ(resolve_time("30d", kNow), kNow - 30 * kDay);
  EXPECT_EQ(resolve_time("2024-01-01", kNow), 1'704'067'200 * kSecond);
  EXPECT_EQ(resolve_time("30", kNow), std::nullopt);
}
