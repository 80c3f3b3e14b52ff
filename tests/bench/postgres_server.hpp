// A private PostgreSQL server, stores of the plugin in schemas of it, psql on the same schemas, and what
// either costs.
#pragma once

#include "plugin_under_test.hpp"
#include "postgres_client.hpp"
#include "private_postgres.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tapedeck::bench {

// Of this process, of psql and of the server's processes for our connections together: the second is the
// steadier figure on a machine that does other things too.
struct Cost {
  double wall_s = 0, cpu_s = 0;
};

// Lifecycle: the server runs as long as this object. Threads: one at a time. Failures: std::runtime_error.
class PostgresServer {
 public:
  // As PostgreSQL comes: fsync, synchronous_commit and shared_buffers have their defaults.
  PostgresServer();
  // The server has TimescaleDB. From now on everything is in a database with the extension.
  void use_timescaledb();

  // What the plugin needs to open a store.
  conformance::Options options(const std::string &schema) const;
  // A new store: tables, functions, but no partition.
  void make_store(const std::string &schema, const conformance::FakeHost &host) const;
  // The months of `from` to `to`; a hypertable needs none.
  void make_partitions(const std::string &schema, std::int64_t from, std::int64_t to) const;

  servers::PostgresClient client(const std::string &schema) const;
  // Each text a statement or a meta-command, one after another in one session.
  void psql(const std::string &schema, const std::vector<std::string> &commands) const;

  // `work` opens its connections and closes them. A checkpoint and the end of all others' come before.
  Cost cost_of(const std::function<void()> &work) const;

 private:
  double cpu_s() const;
  void wait_alone() const;

  servers::PrivatePostgres server_;
  std::string database_ = "postgres";
};

}  // namespace tapedeck::bench
