// The commands of `tapedeck`, one file each. Data goes to standard output, everything else to standard
// error. Each returns the process's exit code; what it throws is printed by main() as one line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tapedeck {

struct SeriesOptions {
  std::string pipeline, symbol, interval, from, to;
  std::string price;  // empty: the usual one
};

struct TapOptions {
  std::string pipeline, stage = "published";
  std::uint64_t count = 0;  // 0: no end
};

struct RunOptions {
  std::string record, replay;  // folders; empty: neither
  double replay_speed = 1;     // 0: as fast as it is asked for
};

struct CompareOptions {
  SeriesOptions series;
  std::vector<std::string> sources;  // two: plugins of the configuration
  std::string tolerance = "0";       // basis points
  std::string format = "table";
};

struct OutboxOptions {
  std::string storage, sink, type, key;
  std::uint64_t id = 0;      // 0: any
  bool dead = false, waiting = false, all = false;
  std::string before;        // put before that time
  std::uint64_t limit = 100;  // of list; 0: none
  std::string format = "text";
};

struct CopyOptions {
  std::string file;      // empty: `from` and `to` are files
  std::string from, to;  // FILE, FILE#NAME, or names of plugins in `file`
  bool verify_only = false, quiet = false;
};

int cmd_version();
int cmd_validate(const std::vector<std::string> &files, bool offline);
int cmd_plan(const std::string &file, const SeriesOptions &filter);
int cmd_backfill(const std::string &file, const SeriesOptions &filter, bool quiet);
int cmd_run(const std::vector<std::string> &files, const RunOptions &options);
int cmd_query(const std::string &file, const SeriesOptions &what, const std::string &format);
int cmd_compare(const std::string &file, const CompareOptions &what);
int cmd_copy(const CopyOptions &what);
int cmd_tap(const std::string &file, const TapOptions &what);
int cmd_coverage(const std::string &file, const std::string &symbol);
int cmd_gaps(const std::string &file, const std::string &symbol);
int cmd_outbox_list(const std::string &file, const OutboxOptions &what);
int cmd_outbox_replay(const std::string &file, const OutboxOptions &what);
int cmd_outbox_purge(const std::string &file, const OutboxOptions &what);
int cmd_verify(const std::string &file, const std::string &symbol);
int cmd_plugins_list();
int cmd_plugins_describe(const std::string &id);
int cmd_plugins_check(const std::string &file);
int cmd_plugins_new(const std::string &directory);
int cmd_schema();
int cmd_reference();                               // docs/PIPELINES.md, hidden
int cmd_plugin_probe(const std::string &file);  // the child that tries a plugin out, hidden

}  // namespace tapedeck
