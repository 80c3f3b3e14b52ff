#include "storage.hpp"

#include "timescale.hpp"

namespace tapedeck::postgres {

PostgresStorage::PostgresStorage(Host host, Config config)
    : host_(host),
      settings_(config),
      db_(host_, settings_),
      catalogue_(db_),
      partitions_(db_),
      commit_seconds_(host_, MetricKind::Histogram, "tapedeck_postgres_commit_seconds"),
      rows_(host_, MetricKind::Counter, "tapedeck_postgres_rows_total"),
      ticks_(host_, MetricKind::Counter, "tapedeck_postgres_ticks_total"),
      connections_(host_, MetricKind::Counter, "tapedeck_postgres_connections_total") {
  db_.doing("opening the store");
  db_.open();
  migrate(db_);
  layout_ = layout_of(db_);
  if (!settings_.read_only && layout_ == Layout::Hypertable) keep_policy(db_);
  connections_.record(1);
}

std::int64_t PostgresStorage::require_series(const tdk_series &series) {
  if (const auto id = catalogue_.find_series(series)) return *id;
  db_.fail(TDK_NOT_FOUND, "there is no series " + kit::describe_series(series), "list the series to see what is stored");
}

std::int64_t PostgresStorage::require_symbol(std::string_view name) {
  if (const auto id = catalogue_.find_symbol(name)) return *id;
  db_.fail(TDK_NOT_FOUND, "there are no quotes or trades of " + std::string(name), "check the symbol, or stream it first");
}

void PostgresStorage::need_writable(const char *task) {
  db_.doing(task);
  if (settings_.read_only) db_.fail(TDK_PERMISSION_DENIED, "it is open read-only", "open it without read_only");
}

void PostgresStorage::read(const char *task, const Cancel &cancel, const std::function<void(bool &)> &body) {
  struct Doing {
    Doing(Connection &c, const char *what, const Cancel &cancel) : db(c), name(what) { db.doing(name, &cancel); }
    ~Doing() { db.doing(name); }
    Connection &db;
    const char *name;
  } doing(db_, task, cancel);
  cancel.check();
  bool started = false;
  Attempt attempt;
  // A call that was abandoned has lost its way to be called off too.
  attempt.prepare = [&] { db_.doing(task, &cancel); };
  attempt.body = [&] { body(started); };
  attempt.undone = [&] { catalogue_.forget(); };
  attempt.repeatable = [&] { return !started; };
  in_transaction(db_, kRead, attempt);
}

void PostgresStorage::health() {
  read("checking", Cancel(nullptr), [&](bool &) { db_.run("SELECT version FROM schema_migrations LIMIT 1"); });
}

}  // namespace tapedeck::postgres
