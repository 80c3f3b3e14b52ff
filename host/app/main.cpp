#include <CLI/CLI.hpp>

#include <tapedeck/layer/core.hpp>

#include <unistd.h>

#include <cstdio>
#include <exception>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "base/text.hpp"
#include "observe/log.hpp"
#include "plugins/worker.hpp"

namespace {

using namespace tapedeck;

struct Arguments {
  std::vector<std::string> files;
  std::string file, id, log_level = "info", format = "csv";
  SeriesOptions series;
  TapOptions tap;
  RunOptions run;
  CompareOptions compare;
  OutboxOptions outbox;
  CopyOptions copy;
  bool offline = false, quiet = false, log_json = false;
  std::function<int()> command;
};

void add_series_options(CLI::App &command, SeriesOptions &o, bool with_pipeline) {
  if (with_pipeline) command.add_option("--pipeline", o.pipeline, "only this pipeline");
  command.add_option("--symbol", o.symbol, "only this symbol, in any notation: EUR/USD, EURUSD, EUR_USD");
  command.add_option("--interval", o.interval, "only this interval: 1s 1m 5m 15m 30m 1h 4h 1d 1w 1M");
  command.add_option("--from", o.from, "2024-01-01, 2024-01-01T10:00:00Z, epoch seconds, or 2y, 30d, 12h ago");
  command.add_option("--to", o.to, "the end, not included; as --from");
}

void add_config_commands(CLI::App &app, Arguments &a) {
  auto *validate = app.add_subcommand("validate", "check configuration files; every problem on its own line");
  validate->add_option("FILE", a.files, "configuration files")->required();
  validate->add_flag("--offline", a.offline, "open no socket: symbols are not looked up");
  validate->callback([&a] { a.command = [&a] { return cmd_validate(a.files, a.offline); }; });

  app.add_subcommand("schema", "print the JSON Schema of the configuration, with the plugins found")
      ->callback([&a] { a.command = cmd_schema; });
  app.add_subcommand("reference", "")->group("")->callback([&a] { a.command = cmd_reference; });
  app.add_subcommand("version", "print version, ABI and build")->callback([&a] { a.command = cmd_version; });
}

void add_batch_commands(CLI::App &app, Arguments &a) {
  auto *plan = app.add_subcommand("plan", "say what a backfill would ask for, and how long it would take");
  plan->add_option("FILE", a.file, "configuration file")->required();
  add_series_options(*plan, a.series, true);
  plan->callback([&a] { a.command = [&a] { return cmd_plan(a.file, a.series); }; });

  auto *backfill = app.add_subcommand("backfill", "fetch what is missing; resumable at any point");
  backfill->add_option("FILE", a.file, "configuration file")->required();
  add_series_options(*backfill, a.series, true);
  backfill->add_flag("--quiet", a.quiet, "no progress");
  backfill->callback([&a] { a.command = [&a] { return cmd_backfill(a.file, a.series, a.quiet); }; });

  auto *copy = app.add_subcommand("copy", "all that one storage keeps into another, and hold them against each other; resumable at any point");
  copy->add_option("FILE", a.copy.file, "configuration file that names both; without it --from and --to are files");
  copy->add_option("--from", a.copy.from, "a configuration file, whose storage is meant; FILE#NAME where it has several; with FILE the name of a plugin in it")
      ->required();
  copy->add_option("--to", a.copy.to, "as --from")->required();
  copy->add_flag("--verify-only", a.copy.verify_only, "write nothing, only say whether they are equal");
  copy->add_flag("--quiet", a.copy.quiet, "no progress");
  copy->callback([&a] { a.command = [&a] { return cmd_copy(a.copy); }; });

  auto *run = app.add_subcommand("run", "the host: streams, repairs, backfills and the API, until SIGTERM or Ctrl-C; SIGHUP reads FILE again");
  run->add_option("FILE", a.files, "configuration files")->required();
  run->add_option("--record", a.run.record, "write everything that vendors send into this folder");
  run->add_option("--replay", a.run.replay, "play such a folder to the plugins, in place of the network");
  run->add_option("--replay-speed", a.run.replay_speed, "2 is twice as fast as recorded, 0 as fast as possible")
      ->check(CLI::Range(0.0, 1e6));
  run->callback([&a] { a.command = [&a] { return cmd_run(a.files, a.run); }; });
}

void add_read_commands(CLI::App &app, Arguments &a) {
  auto *query = app.add_subcommand("query", "print candles from the store");
  query->add_option("FILE", a.file, "configuration file")->required();
  add_series_options(*query, a.series, false);
  query->get_option("--symbol")->required();
  query->get_option("--interval")->required();
  query->add_option("--price", a.series.price, "trade, mid, bid or ask; without it the first of these that there is");
  query->add_option("--format", a.format, "csv, json or ndjson")->check(CLI::IsMember({"csv", "json", "ndjson"}));
  query->callback([&a] { a.command = [&a] { return cmd_query(a.file, a.series, a.format); }; });

  auto *compare = app.add_subcommand("compare", "hold two sources, or a source and the store, against each other; 3: they differ");
  compare->add_option("FILE", a.file, "configuration file")->required();
  add_series_options(*compare, a.compare.series, false);
  compare->get_option("--symbol")->required();
  compare->get_option("--interval")->required();
  compare->get_option("--from")->description("as of other commands; without it 1d ago");
  compare->add_option("--source", a.compare.sources, "a provider or the storage, by its name in FILE; twice")
      ->required()
      ->allow_extra_args(false);  // FILE may follow
  compare->add_option("--tolerance", a.compare.tolerance, "basis points that prices may differ by, 0.5 for example");
  compare->add_option("--price", a.compare.series.price, "trade, mid, bid or ask; without it the usual one of the symbol");
  compare->add_option("--format", a.compare.format, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  compare->callback([&a] { a.command = [&a] { return cmd_compare(a.file, a.compare); }; });

  auto *tap = app.add_subcommand("tap", "print what passes through a pipeline of the running host, a JSON line each");
  tap->add_option("FILE", a.file, "configuration file of the running host")->required();
  tap->add_option("--pipeline", a.tap.pipeline, "which one")->required();
  tap->add_option("--stage", a.tap.stage, "received (from the vendor), published (in order) or stored");
  tap->add_option("--count", a.tap.count, "end after so many; without it: never");
  tap->callback([&a] { a.command = [&a] { return cmd_tap(a.file, a.tap); }; });

  auto *coverage = app.add_subcommand("coverage", "print the ledger: what is present, absent, failed, and why");
  coverage->add_option("FILE", a.file, "configuration file")->required();
  coverage->add_option("--symbol", a.series.symbol, "only this symbol");
  coverage->callback([&a] { a.command = [&a] { return cmd_coverage(a.file, a.series.symbol); }; });

  auto *gaps = app.add_subcommand("gaps", "print the holes with their reasons");
  gaps->add_option("FILE", a.file, "configuration file")->required();
  gaps->add_option("--symbol", a.series.symbol, "only this symbol");
  gaps->callback([&a] { a.command = [&a] { return cmd_gaps(a.file, a.series.symbol); }; });

  auto *verify = app.add_subcommand("verify", "prove each series complete against calendar, ledger and rows, or list what is not");
  verify->add_option("FILE", a.file, "configuration file")->required();
  verify->add_option("--symbol", a.series.symbol, "only this symbol");
  verify->callback([&a] { a.command = [&a] { return cmd_verify(a.file, a.series.symbol); }; });
}

void add_plugin_commands(CLI::App &app, Arguments &a) {
  auto *plugins = app.add_subcommand("plugins", "what can be loaded, and how it is configured");
  plugins->require_subcommand(1);
  plugins->add_subcommand("list", "the plugins found, and why others were refused")
      ->callback([&a] { a.command = cmd_plugins_list; });
  auto *describe = plugins->add_subcommand("describe", "one plugin and its options");
  describe->add_option("ID", a.id, "plugin id or file")->required();
  describe->callback([&a] { a.command = [&a] { return cmd_plugins_describe(a.id); }; });
  auto *check = plugins->add_subcommand("check", "lint and probe one file");
  check->add_option("FILE", a.file, "plugin file")->required();
  check->callback([&a] { a.command = [&a] { return cmd_plugins_check(a.file); }; });

  auto *skeleton = plugins->add_subcommand("new", "a provider plugin to start from, in a folder of its name");
  skeleton->add_option("DIR", a.id, "the folder; its last part is the plugin's id")->required();
  skeleton->callback([&a] { a.command = [&a] { return cmd_plugins_new(a.id); }; });

  auto *probe = app.add_subcommand("plugin-probe", "")->group("");
  probe->add_option("FILE", a.file)->required();
  probe->callback([&a] { a.command = [&a] { return cmd_plugin_probe(a.file); }; });
}

CLI::App *add_outbox_command(CLI::App &outbox, Arguments &a, const char *name, const char *what,
                             int (*command)(const std::string &, const OutboxOptions &)) {
  auto *sub = outbox.add_subcommand(name, what);
  OutboxOptions &o = a.outbox;
  sub->add_option("FILE", a.file, "configuration file")->required();
  sub->add_option("--storage", o.storage, "only of this storage");
  sub->add_option("--sink", o.sink, "only for this event sink");
  sub->add_option("--type", o.type, "only candle, tick, source or finding")
      ->check(CLI::IsMember({"candle", "tick", "source", "finding"}));
  sub->add_option("--key", o.key, "only of this key: \"BTC/USDT 1m\" of candles, the symbol of ticks, the source's name");
  sub->add_option("--id", o.id, "only this one")->check(CLI::PositiveNumber);
  sub->add_option("--before", o.before, "only what was put before: 2024-01-01T10:00:00Z, or 12h ago");
  sub->add_flag("--dead", o.dead, "dead letters");
  sub->add_flag("--waiting", o.waiting, "what waits to be sent");
  sub->callback([&a, command] { a.command = [&a, command] { return command(a.file, a.outbox); }; });
  return sub;
}

void add_outbox_commands(CLI::App &app, Arguments &a) {
  auto *outbox = app.add_subcommand("outbox", "what waits to be published, and dead letters: what a sink will never take");
  outbox->require_subcommand(1);
  auto *list = add_outbox_command(*outbox, a, "list", "print events with their state, tries and last error", cmd_outbox_list);
  list->add_option("--limit", a.outbox.limit, "events to print at most; 0: all");
  list->add_option("--format", a.outbox.format, "text or json")->check(CLI::IsMember({"text", "json"}));
  auto *replay = add_outbox_command(*outbox, a, "replay", "let dead letters wait again", cmd_outbox_replay);
  replay->add_flag("--all", a.outbox.all, "every one");
  auto *purge = add_outbox_command(*outbox, a, "purge", "remove dead letters for good; with --waiting what waits", cmd_outbox_purge);
  purge->add_flag("--all", a.outbox.all, "every one");
}

// One line, whatever went wrong.
int report(const std::string &message, int code) {
  std::fprintf(stderr, "tapedeck: %s\n", printable(message, 2000).c_str());
  return code;
}

int run_command(const Arguments &a) try {
  LogSettings log;
  log.json = a.log_json;
  if (!parse_log_level(a.log_level, log.level))
    return report("unknown log level '" + a.log_level + "'; there are trace, debug, info, warn, error, off", kExitConfig);
  start_log(log);
  return a.command();
} catch (const Session::Refused &) {
  return kExitConfig;
} catch (const Error &e) {
  return report(e.what(), e.code() == TDK_INVALID_ARGUMENT ? kExitConfig : kExitError);
} catch (const std::exception &e) {
  return report(e.what(), kExitError);
}

}  // namespace

int main(int argc, char **argv) {
  CLI::App app("Tapedeck: market data without unexplained holes", "tapedeck");
  Arguments a;
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--log-level", a.log_level, "trace, debug, info, warn, error or off");
  app.add_flag("--log-json", a.log_json, "log lines as JSON");
  add_config_commands(app, a);
  add_batch_commands(app, a);
  add_read_commands(app, a);
  add_plugin_commands(app, a);
  add_outbox_commands(app, a);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &e) {
    return app.exit(e) == 0 ? kExitOk : kExitConfig;
  }
  const int code = run_command(a);
  // A thread that a plugin never gave back would use what the static destructors take away.
  if (threads_left_behind() > 0) {
    std::fflush(nullptr);
    _exit(code);
  }
  return code;
}
