// Stores of a test's own on one private server, and raw access to them.
#pragma once

#include "postgres_client.hpp"
#include "private_postgres.hpp"
#include "storage_conformance.hpp"

#include <string>

namespace tapedeck::postgres {

// One for the whole program. It is never crashed, so nothing is flushed to the disk.
servers::PrivatePostgres &shared_server();

// A schema of its own in a database of the server, gone with this object.
class TestSchema {
 public:
  explicit TestSchema(std::string database = "postgres");
  TestSchema(const TestSchema &) = delete;
  TestSchema &operator=(const TestSchema &) = delete;
  ~TestSchema();

  const std::string &name() const { return name_; }
  conformance::Options options() const;  // a superuser's, by the socket
  // As the plugin sees it, or a stranger: with the schema in the search path.
  servers::PostgresClient client() const;

 private:
  std::string database_, name_;
};

// One with the extension; the other tests go on without it. Only where the server has it.
std::string timescale_database();

// `more` stands in for what options() has.
conformance::Options with(conformance::Options options, const conformance::Options &more);

inline conformance::StorageClient open_plugin(const conformance::Options &options, const conformance::FakeHost &host) {
  return {POSTGRES_PLUGIN, "postgres", options, host};
}

// What the tables must agree in; empty: they do.
std::string disagreement(const servers::PostgresClient &client);

}  // namespace tapedeck::postgres
