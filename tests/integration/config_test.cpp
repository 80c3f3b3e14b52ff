// What the command line says of configurations that cannot work.
#include <gmock/gmock.h>

#include <sys/stat.h>

#include <algorithm>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

namespace fs = std::filesystem;

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto &entry : fs::directory_iterator(TAPEDECK_BROKEN_CONFIGS))
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "good") names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

fs::path broken_file(const std::string &name) { return fs::path(TAPEDECK_BROKEN_CONFIGS) / (name + ".yaml"); }

std::vector<std::string> errors_of(const std::string &text) {
  auto lines = lines_of(text);
  std::erase_if(lines, [](const std::string &l) { return l.find(": warning: ") != std::string::npos; });
  return lines;
}

class BrokenConfig : public testing::TestWithParam<std::string> {
 protected:
  Site site{"http://127.0.0.1:9/binance"};
  std::string file = broken_file(GetParam()).string();
};

TEST_P(BrokenConfig, ValidateSaysTheOneLineThatHelps) {
  const auto expected = lines_of(read_file(file)).at(0);
  const auto said = site.tapedeck({"validate", file, "--offline"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_EQ(said.out, "");
  const auto errors = errors_of(said.err);
  ASSERT_EQ(errors.size(), 1u) << said.err;
  EXPECT_THAT(errors[0], StartsWith(file + ":" + expected.substr(std::string("# expect: ").size())));
}

TEST_P(BrokenConfig, BackfillRefusesAndTouchesNothing) {
  EXPECT_EQ(site.tapedeck({"backfill", file}).exit_code, 2);
  EXPECT_FALSE(fs::exists(site.directory() / "market.db"));
}

INSTANTIATE_TEST_SUITE_P(All, BrokenConfig, testing::ValuesIn(broken_files()), [](const auto &p) { return p.param; });

// Of everything below, one line on standard error.
struct Config : testing::Test {
  Site site{"http://127.0.0.1:9/binance"};

  std::string only_error(const Outcome &said) {
    EXPECT_EQ(said.out, "");
    const auto errors = errors_of(said.err);
    EXPECT_EQ(errors.size(), 1u) << said.err;
    return errors.empty() ? "" : errors[0];
  }
  // With one text of the good configuration replaced.
  Outcome validate_with(const std::string &from, const std::string &to) {
    std::string text = yaml_of(site.pipeline);
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    const auto file = site.write("changed.yaml", text.replace(at, from.size(), to));
    return site.tapedeck({"validate", file.string(), "--offline"});
  }
};

TEST_F(Config, TheGoodOneIsAccepted) {
  EXPECT_EQ(site.tapedeck({"validate", broken_file("good").string(), "--offline"}).exit_code, 0);
}

TEST_F(Config, AnUnknownModuleIsNamedWithTheNearest) {
  const auto said = validate_with("module: binance", "module: binanse");
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), testing::AllOf(HasSubstr(":3:"), HasSubstr("binanse"), HasSubstr("did you mean 'binance'?")));
}

TEST_F(Config, WhatIsNoEventSinkCannotBePublishedTo) {
  site.pipeline.bus_plugin = "{ module: redis, options: { url: \"redis://127.0.0.1:1\" } }";
  site.pipeline.publishes = true;
  const auto said = site.tapedeck({"validate", "FILE", "--offline"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("'bus' (module redis) is no event sink"));
}

TEST_F(Config, AnIntervalTheSourceDoesNotOfferIsReported) {
  site.pipeline.intervals = {"1m", "7m"};
  const auto said = site.tapedeck({"validate", "FILE", "--offline"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("7m"));
}

TEST_F(Config, AnOptionOfTheWrongTypeIsReportedAtItsPlace) {
  const auto said = validate_with("options: { base_url", "options: { weight_limit: plenty, base_url");
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), testing::AllOf(HasSubstr(":3:"), HasSubstr("weight_limit"), HasSubstr("plenty")));
}

TEST_F(Config, AnUnknownOptionIsNamedWithTheNearest) {
  const auto said = validate_with("options: { base_url", "options: { base_ulr");
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), testing::AllOf(HasSubstr("base_ulr"), HasSubstr("did you mean 'base_url'?")));
}

TEST_F(Config, AMissingRequiredOptionIsReported) {
  const auto said = validate_with(", options: { path: \"" + site.store().string() + "\" }", "");
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), testing::AllOf(HasSubstr(":4:"), HasSubstr("path")));
}

TEST_F(Config, AStoreIsNoSource) {
  const auto said = validate_with(R"(sources: ["binance"])", R"(sources: ["store"])");
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("is no source of market data"));
}

TEST_F(Config, AFileThatIsNotThereIsReported) {
  const auto said = site.tapedeck({"validate", (site.directory() / "absent.yaml").string()});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("absent.yaml"));
}

TEST_F(Config, AMissingDirectoryOfTheStoreIsReported) {
  site.pipeline.store = site.directory() / "nowhere" / "market.db";
  const auto said = site.backfill();
  EXPECT_THAT(said.exit_code, testing::AnyOf(1, 2));
  EXPECT_THAT(only_error(said), testing::AllOf(HasSubstr("there is no directory"), HasSubstr("nowhere")));
}

TEST_F(Config, AFileThatIsNoDatabaseIsReported) {
  site.write("market.db", std::string(8192, 'x'));
  const auto said = site.backfill();
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("not a database"));
}

TEST_F(Config, AFileThatIsNoDatabaseIsLeftAsItIs) {
  site.write("market.db", std::string(8192, 'x'));
  site.backfill();
  EXPECT_EQ(read_file(site.store()), std::string(8192, 'x'));
}

TEST_F(Config, ADatabaseOfAnotherProgramIsRefused) {
  SqliteFile(site.store(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).execute("CREATE TABLE notes(text)");
  const auto said = site.backfill();
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("another application"));
}

TEST_F(Config, AStoreOfANewerVersionIsRefused) {
  SqliteFile(site.store(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
      .execute("PRAGMA application_id = 1414546507; PRAGMA user_version = 99");
  const auto said = site.backfill();
  EXPECT_THAT(said.exit_code, testing::AnyOf(1, 2));
  EXPECT_THAT(only_error(said), HasSubstr("written by a newer Tapedeck"));
}

TEST_F(Config, ADirectoryInPlaceOfTheStoreIsRefused) {
  fs::create_directory(site.store());
  const auto said = site.backfill();
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), HasSubstr("it is a directory"));
}

struct Online : Config {
  SimServer sim;
  Online() { site.pipeline.base_url = sim.base_url(); }
};

TEST_F(Online, ASymbolTheVendorDoesNotHaveIsNamedWithTheNearest) {
  site.pipeline.symbols = {"BTC/USDT", "ETH/USTD"};
  const auto said = site.tapedeck({"validate", "FILE"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(only_error(said), testing::AllOf(HasSubstr("ETH/USTD"), HasSubstr("did you mean 'ETH/USDT'?")));
}

TEST_F(Online, KnownSymbolsAreAccepted) {
  const auto said = site.tapedeck({"validate", "FILE"});
  EXPECT_EQ(said.exit_code, 0) << said.err;
}

TEST_F(Online, OfflineOpensNoSocket) {
  site.tapedeck({"validate", "FILE", "--offline"});
  EXPECT_EQ(sim.requests(), 0u);
}

TEST_F(Config, AVendorThatDoesNotAnswerIsAWarningOnly) {
  const auto said = site.tapedeck({"validate", "FILE"});
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_THAT(said.err, HasSubstr("could not be looked up"));
}

TEST_F(Online, BackfillOfAnUnknownSymbolSaysSoAndExitsWithHoles) {
  site.pipeline.symbols = {"ETH/USTD"};
  const auto said = site.backfill();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, HasSubstr("Invalid symbol"));
}

}  // namespace
