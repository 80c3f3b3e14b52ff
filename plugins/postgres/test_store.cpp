#include "test_store.hpp"

#include <memory>

namespace tapedeck::postgres {

servers::PrivatePostgres &shared_server() {
  static servers::PrivatePostgres server({.durable = false});
  return server;
}

std::string timescale_database() {
  static const bool made = [] {
    servers::PostgresClient(shared_server().connection()).execute("CREATE DATABASE timescale");
    servers::PostgresClient(shared_server().connection("timescale")).execute("CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public");
    // Policies run when a test runs them, and not in the middle of another one.
    servers::PostgresClient(shared_server().connection("timescale")).execute("SELECT _timescaledb_functions.stop_background_workers()");
    return true;
  }();
  return made ? "timescale" : "";
}

TestSchema::TestSchema(std::string database) : database_(std::move(database)) {
  static int made = 0;
  name_ = "Store " + std::to_string(++made);  // which must be quoted
}

TestSchema::~TestSchema() {
  servers::PostgresClient(shared_server().connection(database_)).execute("DROP SCHEMA IF EXISTS \"" + name_ + "\" CASCADE");
}

conformance::Options TestSchema::options() const {
  const auto &server = shared_server();
  return {{"host", server.directory().string()},
          {"port", std::to_string(server.port())},
          {"database", database_},
          {"user", server.kUser},
          {"schema", name_}};
}

servers::PostgresClient TestSchema::client() const {
  servers::PostgresClient client(shared_server().connection(database_));
  client.execute("SET search_path = \"" + name_ + "\"; SET timezone = 'UTC'");
  return client;
}

conformance::Options with(conformance::Options options, const conformance::Options &more) {
  for (const auto &[key, value] : more) {
    std::erase_if(options, [&key](const auto &o) { return o.first == key; });
    options.emplace_back(key, value);
  }
  return options;
}

std::string disagreement(const servers::PostgresClient &client) {
  for (const std::string &sql :
       {std::string("SELECT 'rows of series ' || id FROM series s WHERE rows <> (SELECT count(*) FROM candle WHERE series_id = s.id)"
                    " OR revisions <> (SELECT count(*) FROM revision WHERE series_id = s.id)"),
        std::string("SELECT 'rows of batch ' || id FROM batch b LEFT JOIN (SELECT batch_id, count(*) AS n FROM"
                    " (SELECT batch_id FROM candle UNION ALL SELECT batch_id FROM revision) x GROUP BY 1) c ON c.batch_id = b.id"
                    " WHERE b.rows <> coalesce(c.n, 0) OR b.rows <= 0"),
        std::string("SELECT 'a row without its batch' FROM candle WHERE batch_id NOT IN (SELECT id FROM batch)")})
    if (const auto rows = client.rows(sql); !rows.empty()) return rows[0];
  return "";
}

}  // namespace tapedeck::postgres
