// The catalogue: what is configured, what is stored, and what vendors have said of it.
#include <algorithm>

#include "query/facts_market.hpp"

namespace tapedeck {
namespace {

using Entries = std::map<std::string, InstrumentEntry>;

void add_once(std::vector<std::string> &list, std::string_view name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.emplace_back(name);
}

InstrumentEntry &entry_of(Entries &all, const std::string &symbol) {
  InstrumentEntry &entry = all[symbol];
  entry.symbol = symbol;
  return entry;
}

void add_series(InstrumentEntry &entry, const Series &series) {
  add_once(entry.intervals, series.interval.name());
  add_once(entry.prices, price_type_name(series.price_type));
}

void add_pipeline(const PipelineConfig &pipeline, Entries &all) {
  for (const auto &symbol : pipeline.symbols) {
    InstrumentEntry &entry = entry_of(all, symbol.name);
    entry.asset_class = asset_class_name(symbol.asset_class);
    add_once(entry.pipelines, pipeline.name);
    for (const auto &source : pipeline.sources) add_once(entry.sources, source.name);
    for (const auto &series : pipeline.series_of(symbol)) add_series(entry, series);
  }
}

void add_details(Storage &store, Entries &all, const tdk_cancel *cancel) try {
  for (auto &[symbol, entry] : all) {
    if (entry.details) continue;
    const auto known = store.query_symbols(symbol, 1, cancel);
    if (!known.empty()) entry.details = known.front();
  }
} catch (const Error &e) {
  if (e.code() != TDK_NOT_SUPPORTED) throw;  // this one keeps none
}

void add_stored(Storage &store, Entries &all, const tdk_cancel *cancel) {
  for (const auto &stat : store.list_series(cancel)) {
    InstrumentEntry &entry = entry_of(all, stat.series.symbol);
    entry.stored = entry.stored || stat.rows > 0;
    add_series(entry, stat.series);
  }
  add_details(store, all, cancel);
}

}  // namespace

std::vector<InstrumentEntry> FactsService::instruments(const tdk_cancel *cancel) {
  const auto market = this->market();
  Entries all;
  for (const auto &pipeline : market->config.pipelines) add_pipeline(pipeline, all);
  for (const auto &[name, pool] : market->pools) add_stored(*pool->lease(cancel), all, cancel);
  std::vector<InstrumentEntry> out;
  for (auto &[symbol, entry] : all) {
    const auto meant = entry.asset_class.empty() ? read_symbol(symbol) : std::vector<Instrument>();
    if (meant.size() == 1) entry.asset_class = asset_class_name(meant.front().asset_class);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace tapedeck
