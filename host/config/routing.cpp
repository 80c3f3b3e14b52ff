#include "config/routing.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "config/problems.hpp"

namespace tapedeck {
namespace {

// In the order of preference.
std::vector<std::string> modules_of(AssetClass asset_class) {
  switch (asset_class) {
    case AssetClass::Crypto: return {"binance"};
    case AssetClass::Forex:
    case AssetClass::Metal: return {"oanda", "twelvedata"};
    case AssetClass::Commodity: return {"oanda"};
    case AssetClass::Index:
    case AssetClass::Stock: return {"polygon", "twelvedata"};
  }
  return {};
}

// "binance", "./build/binance.so" and "libbinance.so" are the module binance.
bool is_module(std::string_view written, std::string_view id) {
  if (const std::size_t slash = written.rfind('/'); slash != std::string_view::npos) written.remove_prefix(slash + 1);
  if (written.ends_with(".so")) written.remove_suffix(3);
  if (written.starts_with("lib")) written.remove_prefix(3);
  return written == id;
}

std::vector<PipelineConfig::Named> sources_for(const Config &config, const PipelineConfig &pipeline, AssetClass asset_class) {
  std::vector<PipelineConfig::Named> out;
  for (const auto &module : modules_of(asset_class))
    for (const auto &plugin : config.plugins)
      if (is_module(plugin.module, module)) out.push_back({plugin.name, pipeline.at});
  return out;
}

bool same_names(const std::vector<PipelineConfig::Named> &a, const std::vector<PipelineConfig::Named> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) { return x.name == y.name; });
}

void route(const Config &config, PipelineConfig &pipeline, std::vector<Problem> &problems) {
  for (const auto &symbol : pipeline.symbols) {
    const auto sources = sources_for(config, pipeline, symbol.asset_class);
    const std::string what = quoted(symbol.name) + " (" + std::string(asset_class_name(symbol.asset_class)) + ")";
    if (sources.empty()) {
      add_problem(problems, symbol.at,
                  "no source for " + what + ": name one in 'sources', or add a plugin of the module " +
                      join(modules_of(symbol.asset_class), " or "));
      return;
    }
    if (pipeline.sources.empty()) pipeline.sources = sources;
    if (same_names(pipeline.sources, sources)) continue;
    add_problem(problems, symbol.at,
                what + " has other sources than " + quoted(pipeline.symbols.front().name) +
                    ": name 'sources', or put it into a pipeline of its own");
    return;
  }
}

}  // namespace

void route_pipelines(Config &config, std::vector<Problem> &problems) {
  for (auto &pipeline : config.pipelines)
    if (!pipeline.names_sources) route(config, pipeline, problems);
}

}  // namespace tapedeck
