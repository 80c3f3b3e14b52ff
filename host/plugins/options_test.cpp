#include "plugins/options.hpp"

#include <gmock/gmock.h>

#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::ElementsAre;
using testing::Pair;

namespace {

PluginDescriptor sample_plugin() {
  PluginDescriptor plugin;
  plugin.id = "acme";
  plugin.options = {{"token", TDK_OPT_STRING, TDK_OPT_REQUIRED | TDK_OPT_SECRET, false, "", "", {}},
                    {"page", TDK_OPT_INT, 0, true, "500", "", {}},
                    {"side", TDK_OPT_STRING, 0, true, "bid", "", {"bid", "ask"}},
                    {"pause", TDK_OPT_DURATION, 0, false, "", "", {}},
                    {"live", TDK_OPT_BOOL, 0, false, "", "", {}}};
  return plugin;
}

TEST(CompleteOptions, FillsDefaultsInAndLeavesTheRestOut) {
  EXPECT_THAT(complete_options(sample_plugin(), {{"token", "t"}, {"pause", "250ms"}}),
              ElementsAre(Pair("token", "t"), Pair("page", "500"), Pair("side", "bid"),
                          Pair("pause", "250ms")));
}

TEST(CompleteOptions, RefusesWithTheReason) {
  const struct {
    OptionValues given;
    const char *text;
  } cases[] = {
      {{}, "acme: option 'token' is required"},
      {{{"tokn", "t"}}, "acme: unknown option 'tokn'; did you mean 'token'?"},
      {{{"token", "t"}, {"page", "many"}}, "acme: option 'page': 'many' is no int"},
      {{{"token", "t"}, {"side", "mid"}}, "acme: option 'side': 'mid' is none of bid, ask"},
      {{{"token", "t"}, {"live", "yes"}}, "acme: option 'live': 'yes' is no bool"},
      {{{"token", "t"}, {"pause", "30"}},
       "acme: option 'pause': '30' is no duration (write 250ms, 5s, 1h)"},
  };
  for (const auto &c : cases) {
    const auto error = test::error_of([&] { complete_options(sample_plugin(), c.given); });
    EXPECT_STREQ(error.what(), c.text);
    EXPECT_EQ(error.code(), TDK_INVALID_ARGUMENT);
  }
}

TEST(SampleOptions, AreDefaultsAndWhatIsRequired) {
  EXPECT_THAT(sample_options(sample_plugin()),
              ElementsAre(Pair("token", "sample"), Pair("page", "500"), Pair("side", "bid")));
}

}  // namespace
