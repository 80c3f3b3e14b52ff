// The command line as interface.md describes it: exit codes, what goes where, and texts programs read.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

namespace {

namespace json = boost::json;

constexpr std::int64_t kFrom = kNewYear2024Ms, kTo = kNewYear2024Ms + 2 * kDayMs;

struct Cli : testing::Test {
  Site site{"http://127.0.0.1:9/binance"};
};

TEST_F(Cli, VersionPrintsVersionAbiAndBuild) {
  const auto said = site.tapedeck({"version"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.out, AllOf(HasSubstr("tapedeck 0."), HasSubstr("plugin ABI 1."), HasSubstr("built with")));
}

TEST_F(Cli, HelpListsTheCommands) {
  const auto said = site.tapedeck({"--help"});
  EXPECT_EQ(said.exit_code, 0);
  for (const char *command : {"validate", "plan", "backfill", "run", "copy", "query", "tap", "coverage", "gaps", "verify", "plugins", "schema"})
    EXPECT_THAT(said.out, HasSubstr(command));
}

TEST_F(Cli, HelpOfACommandListsItsOptions) {
  EXPECT_THAT(site.tapedeck({"backfill", "--help"}).out, AllOf(HasSubstr("--from"), HasSubstr("--quiet")));
}

TEST_F(Cli, AnUnknownCommandExitsWithTwo) { EXPECT_EQ(site.tapedeck({"backfil", "FILE"}).exit_code, 2); }
TEST_F(Cli, AnUnknownOptionExitsWithTwo) { EXPECT_EQ(site.tapedeck({"backfill", "FILE", "--fast"}).exit_code, 2); }
TEST_F(Cli, NoCommandExitsWithTwo) { EXPECT_EQ(site.tapedeck({}).exit_code, 2); }
TEST_F(Cli, AMissingFileArgumentExitsWithTwo) { EXPECT_EQ(site.tapedeck({"backfill"}).exit_code, 2); }
TEST_F(Cli, AnUnknownLogLevelExitsWithTwo) {
  EXPECT_EQ(site.tapedeck({"--log-level", "loud", "version"}).exit_code, 2);
}
TEST_F(Cli, AnUnknownFormatExitsWithTwo) {
  EXPECT_EQ(site.tapedeck({"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m", "--format", "xml"}).exit_code, 2);
}

TEST_F(Cli, UsageErrorsGoToStandardError) {
  const auto said = site.tapedeck({"backfill", "FILE", "--fast"});
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, HasSubstr("--fast"));
}

TEST_F(Cli, PluginsListShowsThoseThatBelongToTheProgram) {
  const auto said = site.tapedeck({"plugins", "list"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.out, AllOf(HasSubstr("binance"), HasSubstr("sqlite"), HasSubstr("available")));
}

TEST_F(Cli, PluginsDescribePrintsTheOptions) {
  const auto said = site.tapedeck({"plugins", "describe", "binance"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.out, AllOf(HasSubstr("base_url"), HasSubstr("weight_limit"), HasSubstr("tapedeck.provider/1")));
}

TEST_F(Cli, PluginsDescribeOfAnUnknownIdNamesTheNearest) {
  const auto said = site.tapedeck({"plugins", "describe", "binanc"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr("did you mean 'binance'?"));
}

TEST_F(Cli, PluginsCheckAcceptsAGoodFile) {
  EXPECT_EQ(site.tapedeck({"plugins", "check", std::string(TAPEDECK_PLUGIN_DIR) + "/sqlite.so"}).exit_code, 0);
}

TEST_F(Cli, PluginsCheckRefusesWhatIsNoPlugin) {
  const auto said = site.tapedeck({"plugins", "check", site.write("text.so", "hello\n").string()});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr("is no ELF file"));
}

TEST_F(Cli, PluginsCheckOfAMissingFileFails) {
  EXPECT_EQ(site.tapedeck({"plugins", "check", "/nonexistent.so"}).exit_code, 1);
}

TEST_F(Cli, SchemaIsJsonWithThePluginsOptions) {
  const auto said = site.tapedeck({"schema"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_TRUE(json::parse(said.out).is_object());
  EXPECT_THAT(said.out, HasSubstr("weight_limit"));
}

TEST_F(Cli, AStoreThatIsStillEmptyHasNoRows) {
  const auto said = site.tapedeck({"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m"});
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(said.out, "time,open,high,low,close,volume,source\n");
}

TEST_F(Cli, AVendorOutOfReachLeavesHolesAndSaysWhy) {
  site.pipeline.until = "2024-01-01T01:00:00Z";
  const auto said = site.backfill();
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_THAT(said.out, HasSubstr("failed after"));
}

// Two days of minutes, fetched once for all cases below.
class Filled : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    sim_ = std::make_unique<SimServer>();
    site_ = std::make_unique<Site>(sim_->base_url());
    plan_ = site_->tapedeck({"plan", "FILE"});
    backfill_ = site_->backfill();
    requests_ = sim_->requests();
    truth_ = sim_->candles("BTCUSDT", "1m", kFrom, kTo);
  }
  static void TearDownTestSuite() {
    site_.reset();
    sim_.reset();
  }
  Outcome query(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m"});
    return site_->tapedeck(more);
  }
  static inline std::unique_ptr<SimServer> sim_;
  static inline std::unique_ptr<Site> site_;
  static inline Outcome plan_, backfill_;
  static inline std::uint64_t requests_ = 0;
  static inline std::vector<Candle> truth_;
};

std::vector<Candle> from_json(const json::array &rows, const std::vector<Candle> &times) {
  std::vector<Candle> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto cell = [&](const char *name) { return units_of(std::string_view(rows[i].at(name).as_string())); };
    out.push_back({times.at(i).open_ms, cell("open"), cell("high"), cell("low"), cell("close"), cell("volume")});
  }
  return out;
}

TEST_F(Filled, CsvHasAHeadAndARowEach) {
  const auto lines = lines_of(query().out);
  ASSERT_EQ(lines.size(), 2881u);
  EXPECT_EQ(lines[0], "time,open,high,low,close,volume,source");
  EXPECT_THAT(lines[1], MatchesRegex("2024-01-01T00:00:00Z,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,binance"));
}

TEST_F(Filled, JsonIsOneArrayOfTheVendorsRows) {
  const auto rows = json::parse(query({"--format", "json"}).out).as_array();
  EXPECT_EQ(difference(from_json(rows, truth_), truth_), "");
}

TEST_F(Filled, NdjsonIsAnObjectALine) {
  json::array rows;
  for (const auto &line : lines_of(query({"--format", "ndjson"}).out)) rows.push_back(json::parse(line));
  EXPECT_EQ(difference(from_json(rows, truth_), truth_), "");
}

TEST_F(Filled, FromIsIncludedAndToIsNot) {
  const auto lines = lines_of(query({"--from", "2024-01-01T10:00:00Z", "--to", "2024-01-01T10:03:00Z"}).out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[1], testing::StartsWith("2024-01-01T10:00:00Z,"));
  EXPECT_THAT(lines[3], testing::StartsWith("2024-01-01T10:02:00Z,"));
}

TEST_F(Filled, TimesMayBeEpochSeconds) {
  const auto lines = lines_of(query({"--from", "1704067200", "--to", "1704067260"}).out);
  EXPECT_EQ(lines.size(), 2u);
}

TEST_F(Filled, ASymbolMayBeWrittenWithoutItsSlash) {
  const auto said = site_->tapedeck({"query", "FILE", "--symbol", "BTCUSDT", "--interval", "1m", "--to", "2024-01-01T00:01:00Z"});
  EXPECT_EQ(lines_of(said.out).size(), 2u);
}

TEST_F(Filled, AnEmptyRangeExitsWithTwo) {
  EXPECT_EQ(query({"--from", "2024-01-02", "--to", "2024-01-01"}).exit_code, 2);
}

TEST_F(Filled, ATimeThatIsNoneExitsWithTwo) { EXPECT_EQ(query({"--from", "yesterday"}).exit_code, 2); }

TEST_F(Filled, AnUnknownSymbolExitsWithFourAndNamesTheNearest) {
  const auto said = site_->tapedeck({"query", "FILE", "--symbol", "BTC/USTD", "--interval", "1m"});
  EXPECT_EQ(said.exit_code, 4);
  EXPECT_THAT(said.err, HasSubstr("did you mean 'BTC/USDT'?"));
}

TEST_F(Filled, AnUnknownIntervalOfAKnownSymbolExitsWithFour) {
  const auto said = site_->tapedeck({"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1h"});
  EXPECT_EQ(said.exit_code, 4);
  EXPECT_THAT(said.err, HasSubstr("there are: 1m"));
}

TEST_F(Filled, DataAloneGoesToStandardOutput) {
  const auto said = site_->tapedeck({"--log-level", "debug", "query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m"});
  for (const auto &line : lines_of(said.out)) ASSERT_THAT(line, AnyOf(HasSubstr("Z,"), HasSubstr("time,")));
}

TEST_F(Filled, CoveragePrintsTheLedger) {
  const auto said = site_->tapedeck({"coverage", "FILE"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.out, AllOf(HasSubstr("present"), HasSubstr("2,880"), HasSubstr("binance")));
}

TEST_F(Filled, CoverageOfAnUnknownSymbolFails) {
  EXPECT_THAT(site_->tapedeck({"coverage", "FILE", "--symbol", "NOT/THERE"}).exit_code, AnyOf(2, 4));
}

TEST_F(Filled, GapsFindsNone) { EXPECT_EQ(site_->tapedeck({"gaps", "FILE"}).out, "no holes\n"); }

TEST_F(Filled, PlanSaysWhatTheBackfillThenAsks) {
  EXPECT_EQ(plan_.exit_code, 0);
  EXPECT_THAT(plan_.out, HasSubstr("up to 2,880 rows by 3 requests for 6 credits"));
  EXPECT_NEAR(static_cast<double>(requests_), 3.0, 1.0) << "one more: which candle is the first of all?";
}

TEST_F(Filled, PlanAsksTheVendorNothing) {
  sim_->reset();
  site_->tapedeck({"plan", "FILE"});
  EXPECT_EQ(sim_->requests(), 0u);
}

TEST_F(Filled, PlanOfACompleteStoreIsEmpty) {
  EXPECT_THAT(site_->tapedeck({"plan", "FILE"}).out, HasSubstr("nothing to ask for"));
}

TEST_F(Filled, BackfillWithAFilterThatMatchesNothingNamesTheNearest) {
  const auto said = site_->backfill({"--symbol", "BTC/USTD"});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_THAT(said.err, HasSubstr("did you mean 'BTC/USDT'?"));
}

TEST_F(Filled, NothingIsColouredWhenItIsNoTerminal) {
  EXPECT_THAT(backfill_.out + backfill_.err, Not(HasSubstr("\x1b[")));
}

TEST_F(Filled, PlanFiguresHoldForManyPages) {
  Site site(sim_->base_url());
  site.pipeline.until = "2024-02-15";
  site.pipeline.parallel = 4;
  const auto plan = site.tapedeck({"plan", "FILE"});
  EXPECT_THAT(plan.out, HasSubstr("by 65 requests"));
  sim_->reset();
  site.backfill();
  EXPECT_NEAR(static_cast<double>(sim_->requests()), 65.0, 6.5);
}

}  // namespace
