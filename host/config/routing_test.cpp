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

TEST(Routing, SymbolsWithOtherSourcesNeedTheirOwnPipeline) {
  std::vector<Problem> problems;
  routed({"BTC/USDT", "EUR/USD"}, &problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].message,
            "'EUR/USD' (forex) has other sources than 'BTC/USDT': name 'sources', or put it into a pipeline of its own");
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
