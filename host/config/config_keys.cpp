#include "config/config_keys.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

KeySpec later(std::string_view name) { return {.name = name, .type = KeyType::Later}; }

const SectionSpec &budget_section() {
  static const SectionSpec section{
      "plugins.NAME.budget",
      "this budget",
      "How the limits of the vendor are kept. Without this section each host keeps them for itself.",
      {{.name = "share",
        .type = KeyType::PluginName,
        .required = true,
        .help = "The cache plugin (`redis`), by its name below `plugins`, through which all hosts that spend the same "
                "account keep its limits together."},
       {.name = "account",
        .type = KeyType::Name,
        .help = "What the account is called in the cache: the same in all hosts that share it; the name of this plugin "
                "when left out."},
       {.name = "hosts",
        .type = KeyType::Integer,
        .default_value = "2",
        .help = "How many hosts share the account, as long as the cache has not told: while it is away from the start on, "
                "each host keeps to this part of every limit.",
        .min = 1,
        .max = 1'000}}};
  return section;
}

const SectionSpec &plugin_section() {
  static const SectionSpec section{
      "plugins.NAME",
      "this plugin",
      "An instance of a plugin module. Pipelines call it by the name chosen here.",
      {{.name = "module",
        .type = KeyType::Text,
        .required = true,
        .help = "Id of a module, as listed by `tapedeck plugins list`, or the path of a file."},
       {.name = "options",
        .type = KeyType::Options,
        .help = "Options of the module; see below for those of each."},
       {.name = "budget",
        .type = KeyType::Section,
        .help = "Of a provider: with whom it shares the vendor's limits.",
        .section = &budget_section()}}};
  return section;
}

const SectionSpec &api_section() {
  static const SectionSpec section{
      "api",
      "'api'",
      "The HTTP API and the page. Without this section none is served.",
      {{.name = "listen",
        .type = KeyType::Listen,
        .default_value = "127.0.0.1:8080",
        .help = "Loopback address and port; port 0 takes any free one."},
       later("tokens")}};
  return section;
}

const SectionSpec &backfill_section() {
  static const SectionSpec section{
      "pipelines[].backfill",
      "this backfill",
      "The batch side: history that is to be held.",
      {{.name = "since",
        .type = KeyType::Time,
        .default_value = "30d",
        .help =
            "Oldest time wanted: `2024-01-01`, `2024-01-01T10:00:00Z`, epoch seconds, or a span "
            "before the start of each run (`2y`, `30d`, `12h`)."},
       {.name = "until",
        .type = KeyType::Time,
        .help = "End of the time wanted (not included), written as `since`; now when left out."},
       {.name = "parallel",
        .type = KeyType::Integer,
        .default_value = "4",
        .help = "Requests under way at once, for each source.",
        .min = 1,
        .max = 64}}};
  return section;
}

const SectionSpec &stream_section() {
  static const SectionSpec section{
      "pipelines[].stream",
      "this stream",
      "The live side: what `tapedeck run` keeps connections open for.",
      {{.name = "kinds",
        .type = KeyType::ChoiceList,
        .help = "What is streamed; `[candles]` when left out. Trades and quotes are those of each symbol, candles those "
                "of each symbol and interval.",
        .choices = {"candles", "trades", "quotes"}},
       {.name = "candles_from",
        .type = KeyType::Choice,
        .default_value = "best",
        .help = "Who makes the live candles: the vendor, or Tapedeck out of trades or quotes (the middle of bid and "
                "ask). `best` is the vendor where it streams candles, else trades, else quotes; for mid prices quotes come "
                "before trades, and bid and ask prices are made of quotes.",
        .choices = {"best", "vendor", "trades", "quotes"}},
       {.name = "stale_after",
        .type = KeyType::Duration,
        .default_value = "60s",
        .help = "A connection that says nothing for so long in an open session is given up and opened anew.",
        .min = 500,
        .max = 86'400'000},
       {.name = "late",
        .type = KeyType::Duration,
        .default_value = "2s",
        .help = "How long after its end a candle made by Tapedeck waits for late trades or quotes.",
        .max = 3'600'000},
       {.name = "store_ticks",
        .type = KeyType::Boolean,
        .default_value = "true",
        .help = "Whether the trades and quotes named in `kinds` are stored too, or only passed on."}}};
  return section;
}

const SectionSpec &queue_section() {
  static const SectionSpec section{
      "pipelines[].queue",
      "this queue",
      "Between the streams and the store: a queue in memory, and a spool on disk for when the store is away.",
      {{.name = "rows",
        .type = KeyType::Integer,
        .default_value = "65536",
        .help = "Rows held in memory at most, candles and ticks together.",
        .min = 1'000,
        .max = 10'000'000},
       {.name = "when_full",
        .type = KeyType::Choice,
        .default_value = "spool",
        .help = "`spool`: write to disk. `block`: read no more from the vendor until there is room.",
        .choices = {"spool", "block"}},
       {.name = "spool_dir",
        .type = KeyType::Text,
        .default_value = "./spool",
        .help = "Where the spool is made when it is needed; each pipeline has a directory of its own in it."},
       {.name = "spool_mb",
        .type = KeyType::Integer,
        .default_value = "1024",
        .help = "Largest size of the spool in MiB. What comes after that is dropped, counted and said; dropped "
                "candles stay holes and are asked for again.",
        .min = 1,
        .max = 1'000'000}}};
  return section;
}

const SectionSpec &pipeline_section() {
  static const SectionSpec section{
      "pipelines[]",
      "this pipeline",
      "Which series are wanted, where they come from and where they go.",
      {{.name = "name", .type = KeyType::Name, .required = true, .help = "Unique in all files."},
       {.name = "symbols",
        .type = KeyType::SymbolList,
        .required = true,
        .help = "Symbols: `BTC/USDT`, `EUR/USD`, `AAPL`, `SPX`. Vendors' notations (`BTCUSDT`, `EUR_USD`, `C:EURUSD`, "
                "`I:SPX`) mean the same. What may mean several things says its class: `stock:GOLD`, `metal:XAU/USD`."},
       {.name = "intervals",
        .type = KeyType::IntervalList,
        .required = true,
        .help = "Candle lengths to fetch. Case matters: `1m` is a minute, `1M` a month."},
       {.name = "price",
        .type = KeyType::ChoiceList,
        .help = "Which prices the candles are made of. When left out: `[mid]` for forex, metals and commodities, "
                "`[trade]` for everything else.",
        .choices = {"trade", "mid", "bid", "ask"}},
       {.name = "calendar",
        .type = KeyType::Calendar,
        .default_value = "24x7",
        .help = "When the market is open; no candles are expected or asked for while it is closed. Write "
                "`forex` for currencies and `metals` for gold: by the default their weekends are asked for as well, and a stream that "
                "is silent then counts as dead."},
       {.name = "sources",
        .type = KeyType::PluginNameList,
        .help = "Provider plugins, by their names below `plugins`, in order of preference. When left out, those of the "
                "modules that suit the symbols' asset class: crypto `binance`; forex and metals `oanda`, `twelvedata`; "
                "indices and stocks `polygon`, `twelvedata`; commodities `oanda`. A pipeline whose symbols then have different "
                "sources runs as one for each class, named `NAME.crypto`, `NAME.forex`, ..."},
       {.name = "storage",
        .type = KeyType::PluginName,
        .required = true,
        .help = "The storage plugin, by its name below `plugins`."},
       {.name = "cache",
        .type = KeyType::PluginName,
        .help = "The cache plugin, by its name below `plugins`, that keeps quotes, symbols and other answers of vendors for "
                "HTTP queries; the memory of the process when left out. All pipelines that name one name the same."},
       {.name = "publish",
        .type = KeyType::PluginNameList,
        .help = "Event sink plugins (`kafka`), by their names below `plugins`. Each gets every final candle, trade and quote that "
                "this pipeline stores, and what happens to its live sources, at least once and in order, see EVENTS.md. The "
                "storage has to have an outbox, as `sqlite` and `postgres` do."},
       {.name = "backfill",
        .type = KeyType::Section,
        .help = "The batch side; `{}` takes every default.",
        .section = &backfill_section()},
       {.name = "stream",
        .type = KeyType::Section,
        .help = "The live side; `{}` takes every default.",
        .section = &stream_section()},
       {.name = "queue",
        .type = KeyType::Section,
        .help = "How the live side waits for the store.",
        .section = &queue_section()},
       later("derive"),
       later("schedule"),
       later("quality"),
       later("retention")}};
  return section;
}

}  // namespace

const SectionSpec &root_section() {
  static const SectionSpec section{
      "",
      "this file",
      "The top of a file. Several files add up.",
      {{.name = "version",
        .type = KeyType::Version,
        .required = true,
        .help = "Version of this format: always 1, in every file."},
       {.name = "plugin_dirs",
        .type = KeyType::TextList,
        .help = "Directories searched for plugins, after the one of the installation and those in "
                "`TAPEDECK_PLUGIN_PATH`."},
       {.name = "plugins",
        .type = KeyType::SectionMap,
        .help = "Plugin instances by name.",
        .section = &plugin_section()},
       {.name = "api",
        .type = KeyType::Section,
        .help = "The HTTP API, in one file at most.",
        .section = &api_section()},
       {.name = "pipelines",
        .type = KeyType::SectionList,
        .help = "The pipelines.",
        .section = &pipeline_section()}}};
  return section;
}

std::vector<const SectionSpec *> all_sections() {
  std::vector<const SectionSpec *> found = {&root_section()};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const auto &key : found[i]->keys)
      if (key.section != nullptr) found.push_back(key.section);
  return found;
}

const KeySpec *SectionSpec::find(std::string_view key) const {
  const auto it =
      std::find_if(keys.begin(), keys.end(), [&](const KeySpec &k) { return k.name == key; });
  return it == keys.end() ? nullptr : &*it;
}

std::vector<std::string> SectionSpec::key_names() const {
  std::vector<std::string> names;
  for (const auto &key : keys)
    if (key.type != KeyType::Later) names.emplace_back(key.name);
  return names;
}

}  // namespace tapedeck
