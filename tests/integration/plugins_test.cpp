// Plugins that mean no good, beside good ones, through the command line.
#include <gmock/gmock.h>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

constexpr int kBroken = 31;

std::string file_name(int number) { return "broken_" + std::to_string(number) + ".so"; }

// One directory, probed once: hanging plugins cost the probe seconds each.
class BrokenPlugins : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!fs::exists(fs::path(TAPEDECK_BROKEN_PLUGINS) / file_name(0))) return;
    sim_ = std::make_unique<SimServer>();
    site_ = std::make_unique<Site>(sim_->base_url());
    const auto directory = site_->directory() / "broken";
    fs::create_directory(directory);
    for (int i = 0; i < kBroken; ++i)
      fs::create_symlink(fs::path(TAPEDECK_BROKEN_PLUGINS) / file_name(i), directory / file_name(i));
    listed_ = list();
    site_->pipeline.plugin_dirs = {directory};
    backfill_ = site_->backfill();
  }
  static void TearDownTestSuite() {
    site_.reset();
    sim_.reset();
  }
  void SetUp() override {
    if (!site_) GTEST_SKIP() << "TAPEDECK_SHARED holds no design/abi-prototype: its plugins were not built";
  }
  static Outcome list() {
    auto command = site_->command({"plugins", "list"});
    command.environment["TAPEDECK_PLUGIN_PATH"] = site_->directory() / "broken";
    return run(command, 120s);
  }
  static std::vector<std::string> lines_with(const std::string &text, const std::string &word) {
    auto lines = lines_of(text);
    std::erase_if(lines, [&](const std::string &l) { return l.find(word) == std::string::npos; });
    return lines;
  }
  static inline std::unique_ptr<SimServer> sim_;
  static inline std::unique_ptr<Site> site_;
  static inline Outcome listed_, backfill_;
};

TEST_F(BrokenPlugins, ListExitsWithZero) { EXPECT_EQ(listed_.exit_code, 0) << listed_.err; }

TEST_F(BrokenPlugins, ListShowsEachAsRefused) {
  for (int i = 0; i < kBroken; ++i) {
    const auto lines = lines_with(listed_.out, "/" + file_name(i));
    ASSERT_EQ(lines.size(), 1u) << file_name(i);
    EXPECT_THAT(lines[0], HasSubstr("refused"));
  }
}

TEST_F(BrokenPlugins, TheReasonOfEachIsOneLine) {
  for (int i = 0; i < kBroken; ++i) {
    const auto lines = lines_with(listed_.err, file_name(i) + ": refused: ");
    ASSERT_EQ(lines.size(), 1u) << file_name(i) << "\n" << listed_.err;
  }
}

TEST_F(BrokenPlugins, ListStillShowsTheGoodOnes) {
  constexpr const char *kOurs[] = {"binance", "kafka", "oanda", "polygon", "postgres", "redis", "sqlite", "twelvedata"};
  for (const char *id : kOurs)
    EXPECT_EQ(lines_with(listed_.out, "lib/tapedeck/plugins/" + std::string(id) + ".so").size(), 1u) << listed_.out;
  EXPECT_EQ(lines_with(listed_.out, "available").size(), std::size(kOurs)) << listed_.out;
}

TEST_F(BrokenPlugins, ABackfillRunsToItsEndBesideThem) {
  EXPECT_EQ(backfill_.exit_code, 0) << backfill_.err;
  EXPECT_EQ(site_->open_store().number("SELECT count(*) FROM candle"), 2880);
}

TEST_F(BrokenPlugins, WhatIsKnownOfThemIsNotProbedAgain) {
  EXPECT_LT(list().took, listed_.took / 2);
}

TEST_F(BrokenPlugins, CheckOfOneExitsWithOneAndOneLine) {
  const auto said = site_->tapedeck({"plugins", "check", (fs::path(TAPEDECK_BROKEN_PLUGINS) / file_name(3)).string()});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(lines_of(said.err), testing::ElementsAre(HasSubstr("was built for plugin ABI major 9")));
}

}  // namespace
