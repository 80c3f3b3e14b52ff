#include "plugins/probe.hpp"

#include <gmock/gmock.h>

#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string misdeed(const std::string &name) {
  return std::string(MISDEED_FOLDER) + "/misdeed_" + name + ".so";
}

TEST(Probe, DescribesWhatPasses) {
  const auto verdict = probe_plugin(SCRIPTED_PLUGIN, {});
  ASSERT_TRUE(verdict.ok) << verdict.reason;
  ASSERT_EQ(verdict.module.plugins.size(), 6u);
  const auto &plugin = verdict.module.plugins[0];
  EXPECT_EQ(plugin.id, "scripted");
  EXPECT_EQ(plugin.version, "1.2.3");
  EXPECT_THAT(plugin.interfaces, ElementsAre(TDK_IID_PROVIDER));
  ASSERT_EQ(plugin.options.size(), 4u);
  EXPECT_EQ(plugin.options[0].flags, TDK_OPT_REQUIRED | TDK_OPT_SECRET);
  EXPECT_EQ(plugin.options[1].default_value, "small");
  EXPECT_THAT(plugin.options[1].choices, ElementsAre("small", "large"));
  EXPECT_EQ(verdict.module.abi_version, TDK_ABI_VERSION);
}

TEST(Probe, SaysWhereAPluginCrashed) {
  const auto verdict = probe_plugin(misdeed("crashes"), {});
  EXPECT_EQ(verdict.reason, "crashed (SIGABRT) in its static constructors");
  EXPECT_TRUE(verdict.certain);
}

TEST(Probe, SaysWhereAPluginLeft) {
  const auto verdict = probe_plugin(misdeed("exits"), {});
  EXPECT_EQ(verdict.reason, "called exit(3) in fetch_candles");
  EXPECT_EQ(verdict.stage, "fetch_candles");
}

TEST(Probe, KillsAPluginThatHangs) {
  ProbeSettings settings;
  settings.limit = std::chrono::milliseconds(1500);
  const auto verdict = probe_plugin(misdeed("hangs"), settings);
  EXPECT_EQ(verdict.reason, "hung in fetch_candles (killed after 1500 ms)");
}

TEST(Probe, IsNotFooledByAPluginThatPrints) {
  const auto verdict = probe_plugin(misdeed("chatters"), {});
  EXPECT_TRUE(verdict.ok) << verdict.reason;
}

TEST(Probe, BlamesNoPluginForAProbeThatCannotRun) {
  ProbeSettings missing, other;
  missing.executable = "/nowhere";
  other.executable = "/bin/false";
  EXPECT_FALSE(probe_plugin(SCRIPTED_PLUGIN, missing).certain);
  EXPECT_FALSE(probe_plugin(SCRIPTED_PLUGIN, other).certain);
  EXPECT_THAT(probe_plugin(SCRIPTED_PLUGIN, other).reason, HasSubstr("could not be probed"));
}

}  // namespace
