// Where an operator stands: a directory with a configuration and a store, and the commands.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/sqlite_file.hpp"
#include "support/temp_dir.hpp"

namespace tapedeck::integration {

// One pipeline from one simulated Binance into one SQLite file, or into what `store_plugin` says.
struct Pipeline {
  std::string name = "majors";
  std::string base_url;
  std::filesystem::path store;
  std::string store_plugin;          // "module: ..., options: ..."; empty: SQLite in the file above
  std::vector<std::string> symbols = {"BTC/USDT"};
  std::vector<std::string> intervals = {"1m"};
  std::string calendar;              // empty: none is named
  std::string since = "2024-01-01";
  std::string until = "2024-01-03";  // empty: now
  bool backfill = true;
  std::string stream;                // what stands between its braces; empty: none
  std::string queue;                 // the same
  std::vector<std::string> sources = {"binance"};
  std::map<std::string, std::string> other_binances;  // more instances of the plugin, by name: their base_url
  std::string plugin_options;        // of all of them, after the base_url: ", stream_life: 6s"
  std::string plugin_more;           // of all of them, beside their options: ", budget: { share: cache }"
  std::string cache_plugin;          // "{ module: redis, ... }": the plugin `cache`; empty: there is none
  bool uses_cache = false;           // the pipeline names it
  std::string bus_plugin;            // "{ module: kafka, ... }": the plugin `bus`; empty: there is none
  bool publishes = false;            // the pipeline publishes to it
  int parallel = 1;
  std::vector<std::filesystem::path> plugin_dirs;
  std::string listen = "127.0.0.1:0";
};
std::string yaml_of(const Pipeline &pipeline);
// Several of one file; plugins, store and API are the first one's.
std::string yaml_of(const std::vector<Pipeline> &pipelines);

// Threads: one at a time.
class Site {
 public:
  explicit Site(const std::string &base_url);

  Pipeline pipeline;  // written by each command that is given "FILE"
  std::vector<Pipeline> others;  // beside it
  const std::filesystem::path &directory() const { return directory_.path(); }
  std::filesystem::path config() const { return directory() / "pipeline.yaml"; }
  std::filesystem::path store() const { return pipeline.store; }
  SqliteFile open_store() const { return SqliteFile(store()); }
  std::filesystem::path write(const std::string &name, const std::string &text) const {
    return directory_.write(name, text);
  }

  // `tapedeck ARGUMENTS...`; "FILE" among them is this site's configuration, written anew.
  Command command(std::vector<std::string> arguments) const;
  Outcome tapedeck(std::vector<std::string> arguments, Millis deadline = 60s) const {
    return run(command(std::move(arguments)), deadline);
  }
  Outcome backfill(std::vector<std::string> more = {}, Millis deadline = 120s) const;

 private:
  TempDir directory_;
};

}  // namespace tapedeck::integration
