// Pipelines that name no source.
#include "config/routing.hpp"

#include <gtest/gtest.h>

namespace tapedeck {
namespace {

Config with_plugins() {
  Config config;
  for (const auto &[name, module] : std::vector<std::pair<std::string, std::string>>{
           {"backup", "twelvedata"}, {"fx", "oanda"}, {"coins", "./build/binance.so"}, {"us", "polygon"}, {"store", "sqlite"}}) {
    config.plugins.push_back({});
    config.plugins.back().name = name;
    config.plugins.back().module = module;
  }
  return config;
}

PipelineConfig of(const std::vector<std::string> &symbols) {
  PipelineConfig p;
  p.name = "p";
  p.names_sources = false;
  for (const auto &s : symbols) p.symbols.push_back({s, {}, instrument_of(s).asset_class});
  return p;
}

std::string routed(const std::vector<std::string> &symbols, std::vector<Problem> *problems = nullptr) {
  Config config = with_plugins();
  config.pipelines.push_back(of(symbols));
  std::vector<Problem> found;
  route_pipelines(config, found);
  std::string out;
  for (const auto &s : config.pipelines[0].sources) out += (out.empty() ? "" : " ") + s.name;
  if (problems != nullptr) *problems = found;
  return out;
}

TEST(Routing, GoesByTheAssetClass) {
  EXPECT_EQ(routed({"BTC/USDT", "ETH/USDT"}), "coins");
  EXPECT_EQ(routed({"EUR/USD", "XAU/USD"}), "fx backup");
  EXPECT_EQ(routed({"AAPL", "SPX"}), "us backup");
  EXPECT_EQ(routed({"BCO/USD"}), "fx");
}

// "name: symbols < sources", of each pipeline.
std::vector<std::string> outline(const Config &config) {
  std::vector<std::string> out;
  for (const auto &p : config.pipelines) {
    out.push_back(p.name + ":");
    for (const auto &s : p.symbols) out.back() += " " + s.name;
    out.back() += " <";
    for (const auto &s : p.sources) out.back() += " " + s.name;
  }
  return out;
}

TEST(Routing, SymbolsWithDifferentSourcesAreSplitByTheirClass) {
  Config config = with_plugins();
  config.pipelines = {of({"BTC/USDT", "EUR/USD", "AAPL", "ETH/USDT", "XAU/USD"}), of({"SPX", "AAPL"})};
  config.pipelines[0].intervals = {{*Interval::parse("1h"), {}}};
  config.pipelines[1].name = "us";
  std::vector<Problem> problems;
  route_pipelines(config, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(outline(config), (std::vector<std::string>{"p.crypto: BTC/USDT ETH/USDT < coins", "p.forex: EUR/USD < fx backup",
                                                       "p.stock: AAPL < us backup", "p.metal: XAU/USD < fx backup",
                                                       "us: SPX AAPL < us backup"}));
  EXPECT_EQ(config.pipelines[3].series().front().name(), "XAU/USD 1h mid");
}

TEST(Routing, APartMayNotHaveTheNameOfAPipeline) {
  Config config = with_plugins();
  config.pipelines = {of({"BTC/USDT", "EUR/USD"}), of({"ETH/USDT"})};
  config.pipelines[1].name = "p.crypto";
  config.pipelines[1].at = {"b.yaml", 7, 5};
  std::vector<Problem> problems;
  route_pipelines(config, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].message,
            "pipeline 'p' has symbols with different sources; the part 'p.crypto' has the name of the pipeline at b.yaml:7:5");
}

TEST(Routing, ASymbolThatNobodyHereHasIsAProblem) {
  Config config = with_plugins();
  std::erase_if(config.plugins, [](const auto &p) { return p.name == "coins"; });
  config.pipelines = {of({"EUR/USD", "BTC/USDT"})};
  std::vector<Problem> problems;
  route_pipelines(config, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].message, "no source for 'BTC/USDT' (crypto): name one in 'sources', or add a plugin of the module binance");
}

TEST(Routing, WhatIsNamedStands) {
  Config config = with_plugins();
  config.pipelines.push_back(of({"BTC/USDT"}));
  config.pipelines[0].names_sources = true;
  config.pipelines[0].sources = {{"backup", {}}};
  std::vector<Problem> problems;
  route_pipelines(config, problems);
  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(config.pipelines[0].sources.size(), 1u);
  EXPECT_EQ(config.pipelines[0].sources[0].name, "backup");
}

TEST(PipelineSeries, AreMadeOfTheUsualPriceUnlessOneIsNamed) {
  PipelineConfig p = of({"EUR/USD", "BTC/USDT"});
  p.intervals = {{*Interval::parse("1m"), {}}};
  std::vector<std::string> names;
  for (const auto &s : p.series()) names.push_back(s.name());
  EXPECT_EQ(names, (std::vector<std::string>{"EUR/USD 1m mid", "BTC/USDT 1m"}));
  p.prices = {TDK_PRICE_BID, TDK_PRICE_ASK};
  names.clear();
  for (const auto &s : p.series_of(p.symbols[0])) names.push_back(s.name());
  EXPECT_EQ(names, (std::vector<std::string>{"EUR/USD 1m bid", "EUR/USD 1m ask"}));
}

}  // namespace
}  // namespace tapedeck
