// `tapedeck compare`: two vendors, and a vendor and the store, over one range.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

struct Compare : testing::Test {
  Compare() {
    site.pipeline.other_binances["twin"] = sim.base_url();
    site.pipeline.other_binances["other"] = other.base_url();
  }
  Outcome compare(const std::string &a, const std::string &b, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"compare",  "FILE",       "--symbol", "BTCUSDT", "--interval", "1m",
                                          "--from",   "2024-01-01", "--to",     "2024-01-02", "--source", a,
                                          "--source", b};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return site.tapedeck(arguments);
  }

  SimServer sim;
  SimServer other{{"--limits", "off", "--seed", "7"}};  // the same market, of other prices
  Site site{sim.base_url()};
};

TEST_F(Compare, TheSameVendorTwiceIsTheSame) {
  const auto done = compare("binance", "twin");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("1,440 rows of binance, 1,440 of twin"));
  EXPECT_THAT(done.out, HasSubstr("equal 1,440, within the tolerance 0, different 0, only in binance 0, only in twin 0; "
                                  "largest difference 0.00 bp"));
}

TEST_F(Compare, AnotherMarketIsDifferentPriceByPrice) {
  const auto done = compare("binance", "other", {"--format", "csv"});
  EXPECT_EQ(done.exit_code, 3) << done.err;
  const auto lines = lines_of(done.out);
  ASSERT_GT(lines.size(), 1000u);
  EXPECT_EQ(lines[0], "time,kind,column,a,b,bp");
  EXPECT_THAT(lines[1], testing::MatchesRegex("2024-01-01T00:00:00Z,price,open,[0-9.]+,[0-9.]+,-?[0-9.]+"));
  EXPECT_THAT(done.err, HasSubstr("1,440 rows of binance, 1,440 of other"));
}

TEST_F(Compare, ATableShowsTheFirstAndSaysHowManyThereAre) {
  const auto done = compare("binance", "other");
  EXPECT_EQ(done.exit_code, 3) << done.err;
  EXPECT_THAT(lines_of(done.out).at(0), testing::MatchesRegex("time +what +binance +other +bp"));
  EXPECT_THAT(done.out, HasSubstr("more; --format csv has all"));
  EXPECT_EQ(compare("binance", "other", {"--tolerance", "10000"}).exit_code, 0);
}

TEST_F(Compare, AVendorAndTheStoreWithItsHoles) {
  site.pipeline.until = "2024-01-01T12:00:00Z";
  ASSERT_EQ(site.backfill().exit_code, 0);
  const auto done = compare("store", "binance", {"--format", "json"});
  EXPECT_EQ(done.exit_code, 3) << done.err;
  const auto body = boost::json::parse(done.out).as_object();
  EXPECT_EQ(body.at("summary").at("equal"), 720);
  EXPECT_EQ(body.at("summary").at("only_b"), 720);
  EXPECT_EQ(body.at("summary").at("same"), false);
  ASSERT_EQ(body.at("differences").as_array().size(), 720u);
  EXPECT_EQ(body.at("differences").at(0).at("kind"), "only_b");
  EXPECT_EQ(body.at("differences").at(0).at("time"), "2024-01-01T12:00:00Z");
  EXPECT_TRUE(body.at("differences").at(0).at("a").is_null());
  EXPECT_EQ(site.tapedeck({"compare", "FILE", "--symbol", "BTC/USDT", "--interval", "1m", "--from", "2024-01-01", "--to",
                           "2024-01-01T12:00:00Z", "--source", "store", "--source", "binance"}).exit_code, 0);
}

TEST_F(Compare, WhatCannotBeComparedIsSaid) {
  EXPECT_THAT(compare("binance", "twn").err, HasSubstr("no source 'twn' in the configuration; did you mean 'twin'?"));
  EXPECT_EQ(compare("binance", "twn").exit_code, 2);
  EXPECT_EQ(compare("binance", "twin", {"--tolerance", "1e3"}).exit_code, 2);
  EXPECT_THAT(compare("binance", "twin", {"--source", "other"}).err, HasSubstr("give --source twice"));
  EXPECT_THAT(compare("binance", "twin", {"--price", "bid"}).err, HasSubstr("asking binance for BTC/USDT 1m bid"));
  EXPECT_THAT(compare("store", "store").err, HasSubstr("nothing was compared"));
  EXPECT_EQ(compare("store", "store").exit_code, 1);
}

TEST_F(Compare, ASymbolThatNobodyHasIsSaidByWhomItWasAskedOf) {
  const auto of = [&](const char *symbol) {
    return site.tapedeck({"compare", "FILE", "--symbol", symbol, "--interval", "1m", "--source", "binance", "--source", "twin"});
  };
  const auto unknown = of("NOSUCHUSDT");
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("nothing was compared; binance says: "));
  EXPECT_EQ(of("AAPL").exit_code, 4) << "no source here has stocks";
  EXPECT_EQ(of("GOLD").exit_code, 2);
}

}  // namespace
