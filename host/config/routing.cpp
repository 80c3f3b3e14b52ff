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

using Sources = std::vector<PipelineConfig::Named>;

bool same_names(const Sources &a, const Sources &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) { return x.name == y.name; });
}

// The asset classes of its symbols, in their order, and who is asked for them. Nothing, with a problem, when nobody is.
std::vector<std::pair<AssetClass, Sources>> sources_by_class(const Config &config, const PipelineConfig &pipeline,
                                                             std::vector<Problem> &problems) {
  std::vector<std::pair<AssetClass, Sources>> out;
  for (const auto &symbol : pipeline.symbols) {
    if (std::any_of(out.begin(), out.end(), [&](const auto &known) { return known.first == symbol.asset_class; })) continue;
    out.emplace_back(symbol.asset_class, sources_for(config, pipeline, symbol.asset_class));
    if (!out.back().second.empty()) continue;
    add_problem(problems, symbol.at,
                "no source for " + quoted(symbol.name) + " (" + std::string(asset_class_name(symbol.asset_class)) +
                    "): name one in 'sources', or add a plugin of the module " + join(modules_of(symbol.asset_class), " or "));
    return {};
  }
  return out;
}

PipelineConfig part_of(const PipelineConfig &pipeline, AssetClass asset_class, const Sources &sources) {
  PipelineConfig part = pipeline;
  part.name += "." + std::string(asset_class_name(asset_class));
  std::erase_if(part.symbols, [&](const auto &symbol) { return symbol.asset_class != asset_class; });
  part.sources = sources;
  return part;
}

// A pipeline has one list of sources and ranks by it: where its symbols have different ones it becomes several.
std::vector<PipelineConfig> routed(const Config &config, const PipelineConfig &pipeline, std::vector<Problem> &problems) {
  const auto classes = sources_by_class(config, pipeline, problems);
  if (classes.empty()) return {pipeline};
  const Sources &first = classes.front().second;
  if (std::all_of(classes.begin(), classes.end(), [&](const auto &c) { return same_names(c.second, first); })) {
    std::vector<PipelineConfig> whole = {pipeline};
    whole.front().sources = first;
    return whole;
  }
  std::vector<PipelineConfig> parts;
  for (const auto &[asset_class, sources] : classes) {
    parts.push_back(part_of(pipeline, asset_class, sources));
    if (const PipelineConfig *taken = config.pipeline(parts.back().name); taken != nullptr)
      add_problem(problems, pipeline.at, "pipeline " + quoted(pipeline.name) + " has symbols with different sources; the part " +
                                             quoted(taken->name) + " has the name of the pipeline at " + place(taken->at));
  }
  return parts;
}

}  // namespace

void route_pipelines(Config &config, std::vector<Problem> &problems) {
  std::vector<PipelineConfig> all;
  for (const auto &pipeline : config.pipelines) {
    if (pipeline.names_sources) all.push_back(pipeline);
    else
      for (auto &part : routed(config, pipeline, problems)) all.push_back(std::move(part));
  }
  config.pipelines = std::move(all);
}

}  // namespace tapedeck
