#include "timescale.hpp"

namespace tapedeck::postgres {

bool wants_hypertable(Connection &db) {
  if (db.settings().timescale == Timescale::Off) return false;
  const Result r = db.once(
      "SELECT EXISTS(SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'),"
      " EXISTS(SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb')");
  if (r.truth(0, 0)) return true;
  if (db.settings().timescale == Timescale::On)
    db.fail(TDK_NOT_SUPPORTED, r.truth(0, 1) ? "the database lacks the extension timescaledb" : "the server has no TimescaleDB",
            r.truth(0, 1) ? "run CREATE EXTENSION timescaledb in it, as a superuser" : "install it, or set timescaledb to off");
  return false;
}

// Rows of a chunk that belong to one series lie together in its compressed form, in the order of their time.
void make_hypertable(Connection &db) {
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
      "SELECT coalesce(compress_after_days, 0), pg_has_role(c.relowner, 'USAGE') FROM store, pg_class c WHERE c.oid = 'candle'::regclass");
  if (r.integer(0, 0) == days || !r.truth(0, 1)) return;
  db.once("SELECT remove_compression_policy('candle', if_exists => true)");
  if (days > 0)
    db.once("SELECT add_compression_policy('candle', compress_after => $1::int * interval '1 day')",
            Params().number(static_cast<std::int32_t>(days)));
  db.once("UPDATE store SET compress_after_days = $1", Params().number(static_cast<std::int32_t>(days)));
}

void allow_repair(Connection &db) {
  db.run("SELECT set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true)");
}

}  // namespace tapedeck::postgres
