// The configuration an operator writes, typed and checked: what load_config() makes of YAML files.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "market/calendar.hpp"
#include "market/instrument.hpp"
#include "market/interval.hpp"
#include "market/series.hpp"

namespace tapedeck {

// Where in which file something was written; 1-based.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

// One thing that is wrong, or (warning) unwise. Printed as `file:line:column: message`.
struct Problem {
  Location at;
  std::string message;
  bool warning = false;
  // One line, as compilers print it; what is not known (file, line) is left out.
  std::string text() const;
};

// A value after ${env:}, ${file:} and ${vault:} were resolved.
struct OptionValue {
  std::string value;
  Location at;
  bool from_secret = false;  // came from outside the file: never shown
  Location key_at;
};

// A vendor account that several hosts spend together.
struct SharedBudgetConfig {
  std::string through;  // the plugin that they share it through
  std::string account;  // the same in all of them
  int hosts = 2;        // to reckon with as long as the plugin has not told how many there are
  Location at;          // of `through`
};

// A configured plugin: a name for a module and its options.
struct PluginConfig {
  std::string name;    // "binance", "store"
  std::string module;  // plugin id, or a path to a file
  std::map<std::string, OptionValue> options;
  Location at;
  Location module_at;
  std::optional<SharedBudgetConfig> budget{};
};

struct BackfillConfig {
  std::string since = "30d";  // as written: relative to the start of each run
  std::string until;          // empty: now
  int parallel = 4;           // requests under way at once, per source
  Location since_at;
};

struct StreamConfig {
  bool candles = true, trades = false, quotes = false;
  enum class CandlesFrom { Vendor, Trades, Quotes, Best } candles_from = CandlesFrom::Best;
  Nanos stale_after = 60 * kSecond;  // silence in open sessions that ends a connection
  Nanos late = 2 * kSecond;          // how long a built candle waits for late ticks
  bool store_ticks = true;           // trades and quotes are kept, not only passed on
};

struct QueueConfig {
  std::size_t rows = 65536;
  bool spool = true;  // when full; else block
  std::string spool_dir = "./spool";
  std::uint64_t spool_mb = 1024;
};

struct PipelineConfig {
  struct Named {
    std::string name;
    Location at;
  };
  struct Symbol {
    std::string name;  // canonical
    Location at;
    AssetClass asset_class = AssetClass::Stock;
  };
  std::string name;
  std::vector<Symbol> symbols;
  std::vector<std::pair<Interval, Location>> intervals;
  std::vector<std::uint32_t> prices;  // TDK_PRICE_*, as written; empty: the usual one of each symbol
  std::shared_ptr<const Calendar> calendar;
  std::vector<Named> sources;  // plugin names, in order of preference; of the asset class where none was written
  bool names_sources = true;   // false: none was written
  Named storage;
  Named cache;  // no name: the one in memory
  std::vector<Named> publish;  // event sinks
  std::optional<BackfillConfig> backfill;
  std::optional<StreamConfig> stream;
  QueueConfig queue;
  Location at;

  // The candles that are wanted: each symbol in each interval and price.
  std::vector<Series> series() const;
  std::vector<Series> series_of(const Symbol &symbol) const;
};

struct ApiConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  Location at;
};

struct Config {
  std::vector<std::string> files;
  std::vector<std::string> plugin_dirs;
  std::vector<PluginConfig> plugins;
  std::vector<PipelineConfig> pipelines;
  std::optional<ApiConfig> api;
  // Texts outside plugin options that came from ${env:} or ${file:}: dump_config() hides them too.
  std::set<std::string> referenced;

  // NULL when there is none of that name. Valid as long as this configuration is not changed.
  const PluginConfig *plugin(const std::string &name) const;
  const PipelineConfig *pipeline(const std::string &name) const;
  // The plugin that keeps what HTTP queries ask of vendors: all pipelines that name a cache name the same.
  // Empty: the cache in memory.
  std::string cache() const;
};

// The point in time that a `since` or `until` stands for; an empty text is `now`. Nothing for a
// text that load_config() would have refused.
std::optional<Nanos> resolve_time(const std::string &text, Nanos now);

}  // namespace tapedeck
