#include "config/config.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

template <typename Item>
const Item *find_named(const std::vector<Item> &items, const std::string &name) {
  const auto it =
      std::find_if(items.begin(), items.end(), [&](const Item &item) { return item.name == name; });
  return it == items.end() ? nullptr : &*it;
}

}  // namespace

std::string Problem::text() const {
  std::string out = at.file;
  if (at.line > 0) out += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  if (!out.empty()) out += ": ";
  if (warning) out += "warning: ";
  return out + message;
}

const PluginConfig *Config::plugin(const std::string &name) const {
  return find_named(plugins, name);
}

const PipelineConfig *Config::pipeline(const std::string &name) const {
  return find_named(pipelines, name);
}

std::string Config::cache() const {
  const auto it = std::find_if(pipelines.begin(), pipelines.end(), [](const auto &p) { return !p.cache.name.empty(); });
  return it == pipelines.end() ? std::string() : it->cache.name;
}

std::vector<Series> PipelineConfig::series_of(const Symbol &symbol) const {
  const std::vector<std::uint32_t> usual = {usual_price_type(symbol.asset_class)};
  std::vector<Series> out;
  for (const auto &[interval, where] : intervals)
    for (const std::uint32_t price : prices.empty() ? usual : prices) out.push_back({symbol.name, interval, price});
  return out;
}

std::vector<Series> PipelineConfig::series() const {
  std::vector<Series> out;
  for (const auto &symbol : symbols)
    for (auto &s : series_of(symbol)) out.push_back(std::move(s));
  return out;
}

std::optional<Nanos> resolve_time(const std::string &text, Nanos now) {
  return text.empty() ? now : parse_time(text, now);
}

}  // namespace tapedeck
