#include "schema.hpp"

#include "schema_sql.hpp"
#include "timescale.hpp"

namespace tapedeck::postgres {
namespace {

// What is in the schema, seen at one moment.
struct Found {
  bool schema = false;
  bool tables = false;
  std::int64_t version = 0;  // 0: none of ours
};

Found look(Connection &db) {
  const std::string &schema = db.settings().schema;
  const Result r = db.once(
      "SELECT n.oid IS NOT NULL, EXISTS(SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid),"
      " EXISTS(SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'schema_migrations'),"
      " n.oid IS NULL OR has_schema_privilege(n.oid, 'USAGE')"
      " FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = $1",
      Params().text(schema));
  Found found{r.truth(0, 0), r.truth(0, 1), 0};
  if (!r.truth(0, 3))
    db.fail(TDK_PERMISSION_DENIED, "this role may not use the schema", meaning_of("42501").advice);
  if (r.truth(0, 2)) {
    const Result version = db.once("SELECT coalesce(max(version), 0) FROM schema_migrations");
    found.version = version.integer(0, 0);
  }
  return found;
}

void refuse_strangers(Connection &db, const Found &found) {
  if (found.tables && found.version == 0)
    db.fail(TDK_INVALID_ARGUMENT, "it holds the tables of another application", "choose another schema");
  if (found.version > kSchemaVersion)
    db.fail(TDK_INCOMPATIBLE,
            "written by a newer Tapedeck (schema " + std::to_string(found.version) + ", this one knows " +
                std::to_string(kSchemaVersion) + ")",
            "update Tapedeck");
}

void refuse_missing(Connection &db, const Found &found) {
  if (found.version == 0)
    db.fail(TDK_NOT_FOUND, "there are no tables in it", "open it once without read_only, so that they are made");
  if (found.version < kSchemaVersion)
    db.fail(TDK_INCOMPATIBLE, "its schema is older than this Tapedeck's",
            "open it once without read_only, so that it is migrated");
}

void migrate_to_1(Connection &db) {
  const bool hypertable = wants_hypertable(db);
  db.script(tables_sql(!hypertable));
  db.once("INSERT INTO store(layout) VALUES($1)", Params().text(hypertable ? "hypertable" : "partitions"));
  db.script(views_sql());
  db.script(functions_sql());
  if (hypertable) make_hypertable(db);
}

// In one transaction, behind a lock of its own: of several processes that start together one migrates.
void migrate_alone(Connection &db) {
  db.script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0");
  db.once("SELECT pg_advisory_xact_lock(hashtextextended('tapedeck migrations ' || $1, 0))", Params().text(db.settings().schema));
  const Found found = look(db);
  refuse_strangers(db, found);
  if (!found.schema) {
    // The only place where a name of the operator's becomes part of a statement: the server quotes it.
    const Result sql = db.once("SELECT format('CREATE SCHEMA %I', $1)", Params().text(db.settings().schema));
    db.script(std::string(sql.text(0, 0)));
  }
  if (found.version < 1) migrate_to_1(db);
  if (found.version < 2) db.script(outbox_sql());
  for (std::int64_t version = found.version + 1; version <= kSchemaVersion; ++version)
    db.once("INSERT INTO schema_migrations(version) VALUES($1)", Params().number(static_cast<std::int32_t>(version)));
}

}  // namespace

void migrate(Connection &db) {
  const Found found = look(db);
  refuse_strangers(db, found);
  if (db.settings().read_only) return refuse_missing(db, found);
  if (found.version == kSchemaVersion) return;
  db.script("BEGIN");
  try {
    migrate_alone(db);
    db.script("COMMIT");
  } catch (...) {
    db.abandon();
    throw;
  }
}

Layout layout_of(Connection &db) {
  return db.once("SELECT layout FROM store").text(0, 0) == "hypertable" ? Layout::Hypertable : Layout::Partitions;
}

}  // namespace tapedeck::postgres
