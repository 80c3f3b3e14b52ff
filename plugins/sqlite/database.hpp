// One SQLite connection held by a POCO session, its prepared statements, and errors people can act
// on.
//
// Threads: one at a time, as the instance it belongs to.
// Failures: every function throws tapedeck::Error; fail() decides which status a SQLite code
// becomes.
#pragma once

#include <Poco/Data/Session.h>
#include <sqlite3.h>

#include <tapedeck/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tapedeck::sqlite {

class Database;

// A prepared statement for the time of one use. It is reset at the end, because a statement that is
// left in the middle of its rows keeps a read lock, and with it the write-ahead log, alive.
class Use {
 public:
  Use(const Database &db, sqlite3_stmt *statement) : db_(&db), statement_(statement) {}
  Use(const Use &) = delete;
  Use &operator=(const Use &) = delete;
  ~Use();

  Use &bind(int parameter, std::int64_t value);
  Use &bind(int parameter, std::string_view text);    // `text` must outlive the use
  Use &bind_cell(int parameter, std::int64_t value);  // TDK_NULL_I64 becomes NULL

  bool step();  // true: there is a row
  void run();   // to the end, and ready to be bound and run again

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::int64_t cell(int column) const;      // NULL becomes TDK_NULL_I64
  std::string_view text(int column) const;  // valid until the next step()
  sqlite3_stmt *raw() const { return statement_; }

 private:
  const Database *db_;
  sqlite3_stmt *statement_;
};

class Database {
 public:
  // Opens or creates the file; `name` is what people call it in messages.
  Database(const std::string &file, std::string name, std::chrono::milliseconds busy_timeout);
  Database(Database &&) = default;

  // A statement prepared once per connection. `sql` must be a literal: its address is the key.
  Use use(const char *sql);
  // A text without rows: transactions, pragmas, migrations.
  void run(const std::string &sql);
  std::int64_t pragma(const std::string &pragma);

  // What is being done, for messages: "storing candles in".
  void doing(const char *task) { task_ = task; }
  const std::string &name() const { return name_; }
  sqlite3 *handle() const { return handle_; }
  [[noreturn]] void fail(int code) const;
  [[noreturn]] void fail(tdk_status status, std::string_view what, std::string_view advice) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt *s) const { sqlite3_finalize(s); }
  };
  Poco::Data::Session session_;  // closed last: after the statements below
  sqlite3 *handle_;
  std::string name_;
  const char *task_ = "opening the store";
  std::unordered_map<const char *, std::unique_ptr<sqlite3_stmt, Finalize>> prepared_;
};

// Rolled back unless commit() was reached.
class Transaction {
 public:
  enum class Kind { Read, Write };
  Transaction(Database &db, Kind kind);
  Transaction(const Transaction &) = delete;
  Transaction &operator=(const Transaction &) = delete;
  ~Transaction();
  void commit();

 private:
  Database &db_;
};

}  // namespace tapedeck::sqlite
