#include "tick_rows.hpp"

#include <new>

namespace tapedeck::sqlite {
namespace {

// SQLite's own structs come first, since it knows no others.
struct Table : sqlite3_vtab {
  const std::vector<TickRow> *rows;
};
struct Cursor : sqlite3_vtab_cursor {
  std::size_t at = 0;
};

const std::vector<TickRow> &rows_of(sqlite3_vtab_cursor *cursor) {
  return *static_cast<Table *>(cursor->pVtab)->rows;
}

std::size_t &place_of(sqlite3_vtab_cursor *cursor) { return static_cast<Cursor *>(cursor)->at; }

int connect(sqlite3 *db, void *rows, int, const char *const *, sqlite3_vtab **out, char **) {
  auto *table = new (std::nothrow) Table{};
  if (table == nullptr) return SQLITE_NOMEM;
  table->rows = &static_cast<TickRows *>(rows)->rows;
  *out = table;
  return sqlite3_declare_vtab(db,
                              "CREATE TABLE tick_rows(symbol_id, kind, source_id, sequence, time,"
                              " format_id, flags, bid, ask, last, bid_size, ask_size, last_size,"
                              " volume, trades)");
}

int disconnect(sqlite3_vtab *table) {
  delete static_cast<Table *>(table);
  return SQLITE_OK;
}

int open(sqlite3_vtab *, sqlite3_vtab_cursor **out) {
  auto *cursor = new (std::nothrow) Cursor{};
  *out = cursor;
  return cursor == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close(sqlite3_vtab_cursor *cursor) {
  delete static_cast<Cursor *>(cursor);
  return SQLITE_OK;
}

std::int64_t cell(const TickRow &row, int column) {
  const tdk_quote &q = *row.quote;
  switch (column) {
    case 0: return row.symbol;
    case 1: return row.kind();
    case 2: return row.source;
    case 3: return q.sequence;
    case 4: return q.time;
    case 5: return row.format;
    case 6: return q.flags;
    case 7: return q.bid;
    case 8: return q.ask;
    case 9: return q.last;
    case 10: return q.bid_size;
    case 11: return q.ask_size;
    case 12: return q.last_size;
    case 13: return q.volume;
    default: return q.trades;
  }
}

constexpr int kFirstThatMayBeUnknown = 7;

int column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column) {
  const std::int64_t value = cell(rows_of(cursor)[place_of(cursor)], column);
  if (column < kFirstThatMayBeUnknown || value != TDK_NULL_I64)
    sqlite3_result_int64(context, value);
  return SQLITE_OK;  // without a result it is NULL
}

sqlite3_module make_module() {
  sqlite3_module m{};  // no xCreate: the table is there without being created
  m.xConnect = &connect;
  m.xDisconnect = &disconnect;
  m.xBestIndex = [](sqlite3_vtab *, sqlite3_index_info *) { return SQLITE_OK; };
  m.xOpen = &open;
  m.xClose = &close;
  m.xFilter = [](sqlite3_vtab_cursor *c, int, const char *, int, sqlite3_value **) {
    place_of(c) = 0;
    return SQLITE_OK;
  };
  m.xNext = [](sqlite3_vtab_cursor *c) {
    ++place_of(c);
    return SQLITE_OK;
  };
  m.xEof = [](sqlite3_vtab_cursor *c) { return int{place_of(c) >= rows_of(c).size()}; };
  m.xColumn = &column;
  m.xRowid = [](sqlite3_vtab_cursor *c, sqlite3_int64 *out) {
    *out = static_cast<sqlite3_int64>(place_of(c));
    return SQLITE_OK;
  };
  return m;
}

}  // namespace

TickRows::TickRows(Database &db) {
  static const sqlite3_module module = make_module();
  if (int rc = sqlite3_create_module(db.handle(), "tick_rows", &module, this); rc != SQLITE_OK) db.fail(rc);
}

}  // namespace tapedeck::sqlite
