#include "query/fact_sources.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "query/series_not_found.hpp"

namespace tapedeck {
namespace {

using Symbol = PipelineConfig::Symbol;

void add_pipeline(FactTarget &target, const PipelineConfig &pipeline) {
  if (target.storage.empty()) target.storage = pipeline.storage.name;
  for (const auto &s : pipeline.sources)
    if (std::find(target.sources.begin(), target.sources.end(), s.name) == target.sources.end())
      target.sources.push_back(s.name);
}

std::vector<std::string> names_of(const Config &config) {
  std::vector<std::string> out;
  for (const auto &p : config.pipelines)
    for (const auto &s : p.symbols) out.push_back(s.name);
  return out;
}

// A symbol of one or more pipelines.
FactTarget configured(const Config &config, const std::string &name) {
  FactTarget target;
  for (const auto &p : config.pipelines)
    for (const auto &s : p.symbols) {
      if (s.name != name) continue;
      if (target.symbol.empty()) {
        target.symbol = s.name;
        target.asset_class = s.asset_class;
        target.price_type = p.prices.empty() ? usual_price_type(s.asset_class) : p.prices.front();
      }
      add_pipeline(target, p);
    }
  return target;
}

[[noreturn]] void refuse(const Config &config, const std::string &asked) {
  const std::string near = asked.size() > 100 ? "" : nearest_symbol(asked, names_of(config));
  const std::string hint = near.empty() ? "add it to a pipeline" : "did you mean '" + near + "'?";
  throw SeriesNotFound(false, "no source here is asked about '" + printable(asked, 60) + "'; " + hint, hint);
}

// Of a symbol that no pipeline has.
FactTarget target_by_class(const Config &config, const std::string &asked) {
  const auto meant = read_symbol(asked);
  if (meant.size() > 1)
    throw Error(TDK_INVALID_ARGUMENT, "'" + printable(asked, 60) + "': " + instrument_problem(asked).value_or("is ambiguous"));
  if (meant.empty()) refuse(config, asked);
  FactTarget target;
  target.symbol = meant.front().symbol;
  target.asset_class = meant.front().asset_class;
  target.price_type = usual_price_type(target.asset_class);
  for (const auto &p : config.pipelines)
    if (std::any_of(p.symbols.begin(), p.symbols.end(), [&](const Symbol &s) { return s.asset_class == target.asset_class; }))
      add_pipeline(target, p);
  if (target.sources.empty()) refuse(config, asked);
  return target;
}

}  // namespace

FactTarget target_of(const Config &config, const std::string &asked) {
  const auto meant = meanings(asked, names_of(config));
  if (meant.size() > 1)
    throw Error(TDK_INVALID_ARGUMENT, "'" + printable(asked, 60) + "' may mean " + join(meant, " or ") + "; write which");
  if (!meant.empty()) return configured(config, meant.front());
  return target_by_class(config, asked);
}

std::string storage_of(const Config &config, const std::string &source) {
  for (const auto &p : config.pipelines)
    for (const auto &s : p.sources)
      if (s.name == source) return p.storage.name;
  return config.pipelines.empty() ? "" : config.pipelines.front().storage.name;
}

}  // namespace tapedeck
