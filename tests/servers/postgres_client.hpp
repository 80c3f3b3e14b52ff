// PostgreSQL without the plugin: what an analyst, or a stranger, does with a database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct pg_conn;

namespace tapedeck::servers {

// Threads: one at a time. Failures: std::runtime_error with the server's message, SQLSTATE first.
class PostgresClient {
 public:
  explicit PostgresClient(const std::string &connection);
  void execute(const std::string &sql) const { rows(sql); }  // several statements are fine
  // The rows of the last statement, cells joined by '|', NULL as "NULL".
  std::vector<std::string> rows(const std::string &sql) const;
  std::string text(const std::string &sql) const;         // of the one row
  std::int64_t number(const std::string &sql) const;      // of the one cell
  std::string refusal(const std::string &sql) const;      // its SQLSTATE; empty: it was done

 private:
  struct Finish {
    void operator()(pg_conn *c) const;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace tapedeck::servers
