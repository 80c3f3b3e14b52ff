#include "timescale.hpp"

#include "transaction.hpp"

namespace tapedeck::postgres {

namespace {

constexpr int kOldest = 2016;  // 2.16: upserts into compressed chunks that can be relied on

// For this transaction only: its functions are wherever it was installed, and that is not in our path.
void see_extension(Connection &db) {
  db.once("SELECT set_config('search_path', current_setting('search_path') || ', ' || quote_ident(n.nspname), true)"
          " FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'timescaledb'");
}

void refuse_old(Connection &db, const Result &version) {
  if (version.integer(0, 0) >= kOldest) return;
  db.fail(TDK_INCOMPATIBLE, "its TimescaleDB is older than 2.16", "update it, or set timescaledb to off");
}

void warn_of_owner(Connection &db, std::string_view owner) {
  db.host().log(TDK_LOG_WARN, "opening the store " + db.name() + ": nothing is compressed, because TimescaleDB runs no policy for " +
                                  std::string(owner) + ", who owns the tables and may not log in; run plugins/postgres/roles.sql"
                                  " again, or set compress_after_days to 0");
}

}  // namespace

bool wants_hypertable(Connection &db) {
  if (db.settings().timescale == Timescale::Off) return false;
  const Result r = db.once(
      "SELECT EXISTS(SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'),"
      " EXISTS(SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb')");
  if (r.truth(0, 0)) {
    refuse_old(db, db.once("SELECT split_part(extversion, '.', 1)::int * 1000 + split_part(extversion, '.', 2)::int"
                           " FROM pg_extension WHERE extname = 'timescaledb'"));
    return true;
  }
  if (db.settings().timescale == Timescale::On)
    db.fail(TDK_NOT_SUPPORTED, r.truth(0, 1) ? "the database lacks the extension timescaledb" : "the server has no TimescaleDB",
            r.truth(0, 1) ? "run CREATE EXTENSION timescaledb in it, as a superuser" : "install it, or set timescaledb to off");
  return false;
}

// Rows of a chunk that belong to one series lie together in its compressed form, in the order of their time.
void make_hypertable(Connection &db) {
  see_extension(db);
  db.once("SELECT create_hypertable('candle', 'time', chunk_time_interval => $1::int * interval '1 day',"
          " create_default_indexes => false)",
          Params().number(db.settings().chunk_days));
  db.script(
      "ALTER TABLE candle SET (timescaledb.compress, timescaledb.compress_segmentby = 'series_id',"
      " timescaledb.compress_orderby = 'time, nanos')");
}

void keep_policy(Connection &db) {
  const std::int64_t days = db.settings().compress_after_days;
  const Result r = db.once(
      "SELECT coalesce(compress_after_days, 0), pg_has_role(c.relowner, 'USAGE'), o.rolcanlogin, o.rolname::text"
      " FROM store, pg_class c JOIN pg_roles o ON o.oid = c.relowner WHERE c.oid = 'candle'::regclass");
  if (r.integer(0, 0) == days || !r.truth(0, 1)) return;
  if (days > 0 && !r.truth(0, 2)) return warn_of_owner(db, r.text(0, 3));
  Attempt attempt;
  attempt.body = [&] {
    const Params params = Params().number(static_cast<std::int32_t>(days));
    see_extension(db);
    db.once("SELECT remove_compression_policy('candle', if_exists => true)");
    if (days > 0) db.once("SELECT add_compression_policy('candle', compress_after => $1::int * interval '1 day')", params);
    db.once("UPDATE store SET compress_after_days = $1", params);
  };
  in_transaction(db, kWrite, attempt);
}

void allow_repair(Connection &db) {
  db.run("SELECT set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true)");
}

}  // namespace tapedeck::postgres
