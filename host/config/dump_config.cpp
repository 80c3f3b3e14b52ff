#include "config/dump_config.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cctype>

#include "base/text.hpp"
#include "config/json_text.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;

constexpr const char *kHidden = "***";

bool sounds_secret(std::string key) {
  std::transform(key.begin(), key.end(), key.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 8> kSigns = {
      "secret", "token", "password", "passwd", "api_key", "apikey", "private", "credential"};
  return key.ends_with("key") || std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view s) {
           return key.find(s) != std::string::npos;
         });
}

const OptionSpec *find_spec(const std::vector<OptionSpec> *specs, const std::string &key) {
  if (specs == nullptr) return nullptr;
  const auto it = std::find_if(specs->begin(), specs->end(),
                               [&](const OptionSpec &spec) { return spec.key == key; });
  return it == specs->end() ? nullptr : &*it;
}

std::string option_text(const std::string &key, const OptionValue &option, const OptionSpec *spec) {
  const bool declared = spec != nullptr && (spec->flags & TDK_OPT_SECRET) != 0;
  if (option.from_secret || declared || sounds_secret(key)) return kHidden;
  const bool url = option.value.find("://") != std::string::npos;
  return url ? redact_url(option.value) : option.value;
}

std::string candles_from_name(StreamConfig::CandlesFrom from) {
  using From = StreamConfig::CandlesFrom;
  return from == From::Vendor ? "vendor" : from == From::Trades ? "trades" : from == From::Quotes ? "quotes" : "best";
}

class Dumper {
 public:
  Dumper(const Config &config, const ModuleOptions &modules) : config_(config), modules_(modules) {}

  json::object all() const {
    json::object out = {{"version", 1}};
    if (!config_.plugin_dirs.empty()) {
      json::array dirs;
      for (const auto &dir : config_.plugin_dirs) dirs.emplace_back(text(dir));
      out["plugin_dirs"] = std::move(dirs);
    }
    json::object plugins;
    for (const auto &p : config_.plugins) plugins[text(p.name)] = plugin(p);
    out["plugins"] = std::move(plugins);
    if (config_.api) out["api"] = json::object{{"listen", listen(*config_.api)}};
    json::array pipelines;
    for (const auto &p : config_.pipelines) pipelines.emplace_back(pipeline(p));
    out["pipelines"] = std::move(pipelines);
    return out;
  }

 private:
  std::string text(const std::string &value) const {
    return config_.referenced.count(value) != 0 ? kHidden : value;
  }

  std::string listen(const ApiConfig &api) const {
    const bool v6 = api.host.find(':') != std::string::npos;
    return text((v6 ? "[" + api.host + "]" : api.host) + ":" + std::to_string(api.port));
  }

  json::object plugin(const PluginConfig &plugin) const {
    const auto module = modules_.find(plugin.module);
    const auto *specs = module == modules_.end() ? nullptr : &module->second;
    json::object options;
    for (const auto &[key, option] : plugin.options)
      options[key] = option_text(key, option, find_spec(specs, key));
    if (specs != nullptr)
      for (const auto &spec : *specs)
        if (spec.has_default && !options.contains(spec.key))
          options[spec.key] = option_text(spec.key, {spec.default_value, {}, false, {}}, &spec);
    json::object out = {{"module", text(plugin.module)}, {"options", std::move(options)}};
    if (const auto &b = plugin.budget)
      out["budget"] = json::object{{"share", text(b->through)}, {"account", text(b->account)}, {"hosts", b->hosts}};
    return out;
  }

  json::array names(const std::vector<PipelineConfig::Named> &items) const {
    json::array out;
    for (const auto &item : items) out.emplace_back(text(item.name));
    return out;
  }

  json::array symbols(const std::vector<PipelineConfig::Symbol> &items) const {
    json::array out;
    for (const auto &item : items) out.emplace_back(text(notation_of({item.name, item.asset_class})));
    return out;
  }

  json::object pipeline(const PipelineConfig &p) const {
    json::array intervals;
    for (const auto &interval : p.intervals) intervals.emplace_back(text(interval.first.name()));
    json::object out = {
        {"name", text(p.name)}, {"symbols", symbols(p.symbols)}, {"intervals", std::move(intervals)}};
    if (!p.prices.empty()) {
      json::array prices;
      for (const std::uint32_t price : p.prices) prices.emplace_back(text(std::string(price_type_name(price))));
      out["price"] = std::move(prices);
    }
    if (p.calendar) out["calendar"] = text(std::string(p.calendar->name()));
    out["sources"] = names(p.sources);
    out["storage"] = text(p.storage.name);
    if (!p.cache.name.empty()) out["cache"] = text(p.cache.name);
    if (!p.publish.empty()) out["publish"] = names(p.publish);
    if (p.backfill) out["backfill"] = backfill(*p.backfill);
    if (p.stream) out["stream"] = stream(*p.stream);
    if (p.stream) out["queue"] = queue(p.queue);
    return out;
  }

  json::object backfill(const BackfillConfig &b) const {
    json::object out = {{"since", text(b.since)}};
    if (!b.until.empty()) out["until"] = text(b.until);
    if (config_.referenced.count(std::to_string(b.parallel)) != 0)
      out["parallel"] = kHidden;
    else
      out["parallel"] = b.parallel;
    return out;
  }

  json::object stream(const StreamConfig &s) const {
    json::array kinds;
    if (s.candles) kinds.emplace_back(text("candles"));
    if (s.trades) kinds.emplace_back(text("trades"));
    if (s.quotes) kinds.emplace_back(text("quotes"));
    return {{"kinds", std::move(kinds)},
            {"candles_from", text(candles_from_name(s.candles_from))},
            {"stale_after", text(std::to_string(s.stale_after / 1'000'000) + "ms")},
            {"late", text(std::to_string(s.late / 1'000'000) + "ms")},
            {"store_ticks", s.store_ticks}};
  }

  json::object queue(const QueueConfig &q) const {
    return {{"rows", q.rows},
            {"when_full", text(q.spool ? "spool" : "block")},
            {"spool_dir", text(q.spool_dir)},
            {"spool_mb", q.spool_mb}};
  }

  const Config &config_;
  const ModuleOptions &modules_;
};

}  // namespace

std::string dump_config(const Config &config, const ModuleOptions &modules) {
  return pretty_json(Dumper(config, modules).all());
}

}  // namespace tapedeck
