#include "storage.hpp"

namespace tapedeck::sqlite {

SqliteStorage::SqliteStorage(Host host, Config config)
    : host_(host),
      settings_(config),
      db_(open_store(settings_, host_)),
      wal_(db_),
      catalogue_(db_),
      tick_writer_(db_, catalogue_),
      commit_seconds_(host_, MetricKind::Histogram, "tapedeck_sqlite_commit_seconds"),
      rows_(host_, MetricKind::Counter, "tapedeck_sqlite_rows_total"),
      ticks_(host_, MetricKind::Counter, "tapedeck_sqlite_ticks_total") {}

std::int64_t SqliteStorage::require_series(const tdk_series &series) {
  if (auto id = catalogue_.find_series(series)) return *id;
  db_.fail(TDK_NOT_FOUND, "there is no series " + describe_series(series),
           "list the series to see what is stored");
}

std::int64_t SqliteStorage::require_symbol(std::string_view symbol) {
  if (auto id = catalogue_.find_symbol(symbol)) return *id;
  db_.fail(TDK_NOT_FOUND, "there are no quotes or trades of " + std::string(symbol),
           "check the symbol, or stream it first");
}

void SqliteStorage::need_writable(const char *task) {
  db_.doing(task);
  if (settings_.read_only)
    db_.fail(TDK_PERMISSION_DENIED, "it is open read-only", "open it without read_only");
}

void SqliteStorage::health() {
  db_.doing("checking");
  db_.use("SELECT version FROM schema_migrations LIMIT 1").step();
}

}  // namespace tapedeck::sqlite
