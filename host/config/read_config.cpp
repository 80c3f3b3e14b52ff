#include "config/read_config.hpp"

#include <algorithm>

#include "config/problems.hpp"
#include "config/read_options.hpp"

namespace tapedeck {
namespace {

SharedBudgetConfig read_budget(const YamlPtr &node, const SectionSpec &spec, const std::string &plugin, ReadContext &context) {
  const SectionReader section(node, spec, context);
  const Word share = section.word("share"), account = section.word("account");
  return {share.value, account.value.empty() ? plugin : account.value,
          static_cast<int>(parse_integer(section.word("hosts").value).value_or(2)), share.at};
}

PluginConfig read_plugin(const YamlPair &pair, const SectionSpec &spec, ReadContext &context) {
  PluginConfig plugin;
  plugin.name = pair.key;
  plugin.at = pair.key_at;
  if (const std::string why = name_problem(pair.key, pair.key); !why.empty())
    add_problem(context.problems, pair.key_at, why);
  const SectionReader section(pair.value, spec, context);
  const Word module = section.word("module");
  plugin.module = module.value;
  plugin.module_at = module.at;
  if (const auto options = section.node("options"))
    plugin.options = read_options(*options, context);
  if (const auto budget = section.node("budget"))
    plugin.budget = read_budget(budget, *spec.find("budget")->section, plugin.name, context);
  return plugin;
}

ApiConfig read_api(const YamlPtr &node, const SectionSpec &spec, ReadContext &context) {
  const SectionReader section(node, spec, context);
  ApiConfig api;
  api.at = section.at();
  if (auto address = parse_listen(section.word("listen").value))
    std::tie(api.host, api.port) = std::move(*address);
  return api;
}

BackfillConfig read_backfill(const YamlPtr &node, const SectionSpec &spec, ReadContext &context) {
  const SectionReader section(node, spec, context);
  BackfillConfig backfill;
  const Word since = section.word("since"), until = section.word("until");
  backfill.since = since.value;
  backfill.since_at = since.at;
  backfill.until = until.value;
  backfill.parallel = static_cast<int>(parse_integer(section.word("parallel").value).value_or(4));
  const Nanos now = context.input.now;
  const auto from = resolve_time(since.value, now), to = resolve_time(until.value, now);
  if (from && to && *from >= *to)
    add_problem(context.problems, until.value.empty() ? since.at : until.at,
                until.value.empty() ? "'since' (" + since.written + ") lies in the future"
                                    : "'until' (" + until.written + ") is not after 'since' (" +
                                          since.written + ")");
  return backfill;
}

StreamConfig::CandlesFrom candles_from(const std::string &word) {
  using From = StreamConfig::CandlesFrom;
  return word == "vendor" ? From::Vendor : word == "trades" ? From::Trades : word == "quotes" ? From::Quotes : From::Best;
}

StreamConfig read_stream(const YamlPtr &node, const SectionSpec &spec, ReadContext &context) {
  const SectionReader section(node, spec, context);
  StreamConfig stream;
  const auto &kinds = section.words("kinds");
  const auto has = [&kinds](std::string_view kind) {
    return std::any_of(kinds.begin(), kinds.end(), [kind](const Word &w) { return w.value == kind; });
  };
  if (!kinds.empty()) {
    stream.candles = has("candles");
    stream.trades = has("trades");
    stream.quotes = has("quotes");
  }
  stream.candles_from = candles_from(section.word("candles_from").value);
  stream.stale_after = parse_duration(section.word("stale_after").value).value_or(stream.stale_after);
  stream.late = parse_duration(section.word("late").value).value_or(stream.late);
  stream.store_ticks = section.word("store_ticks").value != "false";
  return stream;
}

QueueConfig read_queue(const YamlPtr &node, const SectionSpec &spec, ReadContext &context) {
  const SectionReader section(node, spec, context);
  QueueConfig queue;
  queue.rows = static_cast<std::size_t>(parse_integer(section.word("rows").value).value_or(65536));
  queue.spool = section.word("when_full").value != "block";
  queue.spool_dir = section.word("spool_dir").value;
  queue.spool_mb = static_cast<std::uint64_t>(parse_integer(section.word("spool_mb").value).value_or(1024));
  return queue;
}

std::vector<PipelineConfig::Named> named(const std::vector<Word> &words) {
  std::vector<PipelineConfig::Named> out;
  for (const auto &word : words) out.push_back({word.value, word.at});
  return out;
}

// What is no symbol was reported, and is not among the words.
std::vector<PipelineConfig::Symbol> symbols_of(const std::vector<Word> &words) {
  std::vector<PipelineConfig::Symbol> out;
  for (const auto &word : words) {
    const Instrument meant = instrument_of(word.value);
    out.push_back({meant.symbol, word.at, meant.asset_class});
  }
  return out;
}

PipelineConfig read_pipeline(const YamlPtr &node, const SectionSpec &spec, ReadContext &context) {
  const SectionReader section(node, spec, context);
  PipelineConfig pipeline;
  pipeline.name = section.word("name").value;
  pipeline.at = section.word("name").at;
  pipeline.symbols = symbols_of(section.words("symbols"));
  for (const auto &word : section.words("intervals"))
    pipeline.intervals.emplace_back(*Interval::parse(word.value), word.at);
  for (const auto &word : section.words("price")) pipeline.prices.push_back(*parse_price_type(word.value));
  pipeline.calendar = find_calendar(section.word("calendar").value);
  pipeline.sources = named(section.words("sources"));
  pipeline.names_sources = section.has("sources");
  const Word storage = section.word("storage");
  pipeline.storage = {storage.value, storage.at};
  const Word cache = section.word("cache");
  pipeline.cache = {cache.value, cache.at};
  pipeline.publish = named(section.words("publish"));
  if (const auto backfill = section.node("backfill"))
    pipeline.backfill = read_backfill(backfill, *spec.find("backfill")->section, context);
  if (const auto stream = section.node("stream"))
    pipeline.stream = read_stream(stream, *spec.find("stream")->section, context);
  if (const auto queue = section.node("queue"))
    pipeline.queue = read_queue(queue, *spec.find("queue")->section, context);
  return pipeline;
}

}  // namespace

Config read_config(const YamlPtr &root, const ConfigInput &input, std::vector<Problem> &problems) {
  Config config;
  ReadContext context{input, problems, config.referenced};
  const SectionSpec &spec = root_section();
  const SectionReader top(root, spec, context);
  for (const auto &word : top.words("plugin_dirs")) config.plugin_dirs.push_back(word.value);
  if (const auto plugins = top.node("plugins"))
    for (const auto &pair : plugins->pairs)
      config.plugins.push_back(read_plugin(pair, *spec.find("plugins")->section, context));
  if (const auto api = top.node("api")) {
    config.api = read_api(api, *spec.find("api")->section, context);
    config.api->at = top.key_at("api");
  }
  if (const auto pipelines = top.node("pipelines"))
    for (const auto &node : pipelines->items)
      config.pipelines.push_back(read_pipeline(node, *spec.find("pipelines")->section, context));
  return config;
}

}  // namespace tapedeck
