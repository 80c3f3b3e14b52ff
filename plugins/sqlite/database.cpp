#include "database.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Exception.h>

namespace tapedeck::sqlite {
namespace {

struct Meaning {
  tdk_status status;
  const char *advice;
};

Meaning meaning(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {TDK_BUSY, "someone else is writing to it; try again, or raise busy_timeout"};
    case SQLITE_FULL:
      return {TDK_IO, "nothing of this call is stored; free some space on that disk"};
    case SQLITE_IOERR:
      return {TDK_IO, "nothing of this call is stored; check the disk, its quota and its limits"};
    case SQLITE_CORRUPT:
      return {TDK_IO, "the file is damaged; restore a backup or run sqlite3's .recover on a copy"};
    case SQLITE_NOTADB:
      return {TDK_INVALID_ARGUMENT, "it is no SQLite database; choose another path"};
    case SQLITE_CANTOPEN:
      return {TDK_IO, "check that the path is right and its directory writable"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {TDK_PERMISSION_DENIED,
              "this user may not write there; change the rights or set read_only"};
    case SQLITE_NOMEM:
      return {TDK_OUT_OF_MEMORY, "free some memory"};
    default:
      return {TDK_INTERNAL, "please report this with the version of the plugin"};
  }
}

Poco::Data::Session open(const std::string &file, const std::string &name) {
  Poco::Data::SQLite::Connector::registerConnector();
  try {
    return {Poco::Data::SQLite::Connector::KEY, file};
  } catch (const Poco::Exception &e) {
    throw Error(TDK_IO, "opening the store " + name + ": " + e.displayText() +
                            "; check that the path is right and this user may read and write it");
  }
}

}  // namespace

Use::~Use() { sqlite3_reset(statement_); }

Use &Use::bind(int parameter, std::int64_t value) {
  if (int rc = sqlite3_bind_int64(statement_, parameter, value); rc != SQLITE_OK) db_->fail(rc);
  return *this;
}

Use &Use::bind(int parameter, std::string_view text) {
  const char *data = text.data() ? text.data() : "";  // a null pointer would be stored as NULL
  int rc =
      sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (rc != SQLITE_OK) db_->fail(rc);
  return *this;
}

Use &Use::bind_cell(int parameter, std::int64_t value) {
  if (value != TDK_NULL_I64) return bind(parameter, value);
  if (int rc = sqlite3_bind_null(statement_, parameter); rc != SQLITE_OK) db_->fail(rc);
  return *this;
}

bool Use::step() {
  int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc != SQLITE_DONE) db_->fail(rc);
  return false;
}

void Use::run() {
  while (step()) {
  }
  sqlite3_reset(statement_);
}

// The type is asked only for 0, which is what an integer read of NULL gives: it halves the calls.
std::int64_t Use::cell(int column) const {
  std::int64_t value = integer(column);
  if (value == 0 && sqlite3_column_type(statement_, column) == SQLITE_NULL) return TDK_NULL_I64;
  return value;
}

std::string_view Use::text(int column) const {
  auto *data = reinterpret_cast<const char *>(sqlite3_column_text(statement_, column));
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data ? std::string_view(data, size) : std::string_view();
}

Database::Database(const std::string &file, std::string name,
                   std::chrono::milliseconds busy_timeout)
    : session_(open(file, name)),
      handle_(Poco::Data::SQLite::Utility::dbHandle(session_)),
      name_(std::move(name)) {
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout.count()));
  sqlite3_extended_result_codes(handle_, 1);
}

Use Database::use(const char *sql) {
  auto &statement = prepared_[sql];
  if (!statement) {
    sqlite3_stmt *made = nullptr;
    int rc = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    statement.reset(made);
    if (rc != SQLITE_OK) fail(rc);
  }
  return {*this, statement.get()};
}

void Database::run(const std::string &sql) {
  if (int rc = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr); rc != SQLITE_OK)
    fail(rc);
}

std::int64_t Database::pragma(const std::string &pragma) {
  sqlite3_stmt *made = nullptr;
  int rc = sqlite3_prepare_v2(handle_, ("PRAGMA " + pragma).c_str(), -1, &made, nullptr);
  std::unique_ptr<sqlite3_stmt, Finalize> owner(made);
  if (rc != SQLITE_OK) fail(rc);
  Use use(*this, made);
  return use.step() ? use.integer(0) : 0;
}

void Database::fail(int code) const {
  Meaning m = meaning(code);
  fail(m.status, sqlite3_errmsg(handle_), m.advice);
}

void Database::fail(tdk_status status, std::string_view what, std::string_view advice) const {
  std::string text = task_;
  text.append(" ").append(name_).append(": ").append(what).append("; ").append(advice);
  throw Error(status, text);
}

// IMMEDIATE, because a transaction that starts as a reader and finds out later that it must write
// can only fail when someone else wrote in between: the busy timeout does not help it.
Transaction::Transaction(Database &db, Kind kind) : db_(db) {
  db.use(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

// After a full disk SQLite may have rolled back by itself; then there is nothing left to undo.
Transaction::~Transaction() {
  if (!sqlite3_get_autocommit(db_.handle()))
    sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() { db_.use("COMMIT").run(); }

}  // namespace tapedeck::sqlite
