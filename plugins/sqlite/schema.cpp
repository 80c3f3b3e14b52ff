#include "schema.hpp"

#include "view_sql.hpp"

#include <array>

namespace tapedeck::sqlite {
namespace {

// A candle's prices are integers; the power of ten they are counted in is that of their batch.
// batch.rows counts the candles and revisions that name the batch: at 0 the batch is deleted.
// AUTOINCREMENT, so that the id of a deleted batch never comes to mean another one.
constexpr const char *kTables = R"sql(
CREATE TABLE schema_migrations(
  version INTEGER PRIMARY KEY,
  applied_at TEXT NOT NULL);
CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  symbol TEXT NOT NULL,
  interval TEXT NOT NULL,
  price_type INTEGER NOT NULL,
  adjustment INTEGER NOT NULL,
  rows INTEGER NOT NULL DEFAULT 0,
  revisions INTEGER NOT NULL DEFAULT 0,
  UNIQUE(symbol, interval, price_type, adjustment));
CREATE TABLE source(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE);
CREATE TABLE batch(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  series_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  source_version TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  price_exp INTEGER NOT NULL,
  volume_exp INTEGER NOT NULL,
  turnover_exp INTEGER NOT NULL,
  rows INTEGER NOT NULL);
CREATE TABLE candle(
  series_id INTEGER NOT NULL,
  open_time INTEGER NOT NULL,
  open INTEGER NOT NULL,
  high INTEGER NOT NULL,
  low INTEGER NOT NULL,
  close INTEGER NOT NULL,
  volume INTEGER,
  turnover INTEGER,
  trades INTEGER,
  state INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  PRIMARY KEY(series_id, open_time)) WITHOUT ROWID;
CREATE TABLE revision(
  series_id INTEGER NOT NULL,
  open_time INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  open INTEGER NOT NULL,
  high INTEGER NOT NULL,
  low INTEGER NOT NULL,
  close INTEGER NOT NULL,
  volume INTEGER,
  turnover INTEGER,
  trades INTEGER,
  state INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  PRIMARY KEY(series_id, open_time, seq)) WITHOUT ROWID;
CREATE TABLE coverage(
  series_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  from_time INTEGER NOT NULL,
  to_time INTEGER NOT NULL,
  state INTEGER NOT NULL,
  error INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_try INTEGER,
  updated INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(series_id, source_id, from_time)) WITHOUT ROWID;
)sql";

// A tick's kind: 0 a look at the book, 1 a trade. tick_format holds what hardly ever changes from one
// tick to the next, so that a row stays small. The sequence comes first in the key: it
// tells two ticks apart at once, so that finding the place of one takes half the time. The index gives
// them by time, then sequence.
constexpr const char *kTickTables = R"sql(
CREATE TABLE symbol(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE);
CREATE TABLE tick_format(
  id INTEGER PRIMARY KEY,
  source_version TEXT NOT NULL,
  price_exp INTEGER NOT NULL,
  size_exp INTEGER NOT NULL,
  volume_exp INTEGER NOT NULL,
  UNIQUE(source_version, price_exp, size_exp, volume_exp));
CREATE TABLE tick(
  symbol_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  format_id INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  bid INTEGER,
  ask INTEGER,
  last INTEGER,
  bid_size INTEGER,
  ask_size INTEGER,
  last_size INTEGER,
  volume INTEGER,
  trades INTEGER,
  PRIMARY KEY(sequence, symbol_id, kind, source_id)) WITHOUT ROWID;
CREATE INDEX tick_by_time ON tick(symbol_id, kind, time, sequence);
)sql";

// What a source says of an instrument, and what it expects to be published when. Decimals are a mantissa
// and a power of ten; an event without an id of the source's is told apart by the rest of its key.
constexpr const char *kFactTables = R"sql(
CREATE TABLE instrument(
  symbol TEXT NOT NULL,
  source_id INTEGER NOT NULL,
  asset_class INTEGER NOT NULL,
  name TEXT NOT NULL,
  exchange TEXT NOT NULL,
  currency TEXT NOT NULL,
  country TEXT NOT NULL,
  isin TEXT NOT NULL,
  vendor_symbol TEXT NOT NULL,
  status INTEGER NOT NULL,
  price_exp INTEGER,
  earliest INTEGER,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY(symbol, source_id)) WITHOUT ROWID;
CREATE TABLE economic_event(
  source_id INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  key_time INTEGER NOT NULL,
  key_text TEXT NOT NULL,
  time INTEGER NOT NULL,
  importance INTEGER NOT NULL,
  title TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  unit TEXT NOT NULL,
  actual INTEGER,
  actual_exp INTEGER,
  forecast INTEGER,
  forecast_exp INTEGER,
  previous INTEGER,
  previous_exp INTEGER,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY(source_id, event_id, key_time, key_text)) WITHOUT ROWID;
CREATE INDEX economic_event_by_time ON economic_event(time);
)sql";

// What is to be published, until it is acknowledged or given up. AUTOINCREMENT, because an id is never given
// twice. The index gives the events of one sink in order, and counts them without their payloads.
constexpr const char *kOutboxTables = R"sql(
CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sink TEXT NOT NULL,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  time INTEGER NOT NULL,
  payload TEXT NOT NULL,
  created INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '');
CREATE INDEX outbox_by_sink ON outbox(sink, id, created);
CREATE TABLE dead_letter(
  id INTEGER PRIMARY KEY,
  sink TEXT NOT NULL,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  time INTEGER NOT NULL,
  payload TEXT NOT NULL,
  created INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  error TEXT NOT NULL);
CREATE INDEX dead_letter_by_sink ON dead_letter(sink, id);
CREATE TABLE outbox_claim(
  sink TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until INTEGER NOT NULL) WITHOUT ROWID;
)sql";

std::string migration_1() { return kTables + market_data_sql() + coverage_view_sql(); }

std::string migration_2() { return kTickTables + quotes_view_sql() + trades_view_sql(); }

std::string migration_3() { return kFactTables + instruments_view_sql() + events_view_sql(); }

std::string migration_4() { return kOutboxTables + outbox_view_sql(); }

using Migration = std::string (*)();
constexpr std::array<Migration, kSchemaVersion> kMigrations = {&migration_1, &migration_2, &migration_3,
                                                                  &migration_4};

void apply(Database &db, std::int64_t version) {
  Transaction tx(db, Transaction::Kind::Write);
  // Another process may have been faster while this one waited for the lock.
  if (db.pragma("user_version") >= version) return;
  db.run(kMigrations[static_cast<std::size_t>(version - 1)]());
  db.run("INSERT INTO schema_migrations VALUES(" + std::to_string(version) +
         ", strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))");
  db.run("PRAGMA application_id = " + std::to_string(kApplicationId));
  db.run("PRAGMA user_version = " + std::to_string(version));
  tx.commit();
}

}  // namespace

std::int64_t identify(Database &db) {
  Transaction tx(db, Transaction::Kind::Read);  // the three answers must be of one moment
  std::int64_t application = db.pragma("application_id");
  std::int64_t version = db.pragma("user_version");
  bool has_tables = db.use("SELECT 1 FROM sqlite_schema LIMIT 1").step();
  tx.commit();
  if (application != kApplicationId && (application != 0 || version != 0 || has_tables))
    db.fail(TDK_INVALID_ARGUMENT, "it is the database of another application",
            "choose another path");
  if (version > kSchemaVersion)
    db.fail(TDK_INCOMPATIBLE,
            "written by a newer Tapedeck (schema " + std::to_string(version) + ", this one knows " +
                std::to_string(kSchemaVersion) + ")",
            "update Tapedeck");
  return version;
}

void migrate(Database &db) {
  for (std::int64_t version = identify(db) + 1; version <= kSchemaVersion; ++version)
    apply(db, version);
}

}  // namespace tapedeck::sqlite
