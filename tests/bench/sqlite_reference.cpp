#include "sqlite_reference.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace tapedeck::bench {

Reference::Reference(const std::string &file) {
  if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) throw std::runtime_error("no reference file");
  run("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "PRAGMA cache_size = -16384; PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 2048;"
      "PRAGMA journal_size_limit = 67108864;"
      "CREATE TABLE candle(series_id INTEGER NOT NULL, open_time INTEGER NOT NULL,"
      " open INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL, close INTEGER NOT NULL,"
      " volume INTEGER, turnover INTEGER, trades INTEGER, state INTEGER NOT NULL,"
      " batch_id INTEGER NOT NULL, PRIMARY KEY(series_id, open_time)) WITHOUT ROWID");
  sqlite3_prepare_v2(
      db_,
      "INSERT INTO candle VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) ON CONFLICT DO UPDATE SET"
      " open=excluded.open, high=excluded.high, low=excluded.low, close=excluded.close,"
      " volume=excluded.volume, turnover=excluded.turnover, trades=excluded.trades,"
      " state=excluded.state, batch_id=excluded.batch_id",
      -1, &upsert_, nullptr);
}

Reference::~Reference() {
  sqlite3_finalize(upsert_);
  sqlite3_close(db_);
}

void Reference::run(const char *sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(db_));
}

void Reference::commit(const Chunk &c) {
  run("BEGIN IMMEDIATE");
  sqlite3_bind_int64(upsert_, 1, c.series);
  sqlite3_bind_int64(upsert_, 11, 1);
  const std::vector<std::int64_t> *columns[] = {&c.open_time, &c.open,   &c.high,     &c.low,
                                                &c.close,     &c.volume, &c.turnover, &c.trades};
  for (std::size_t i = 0; i < c.open_time.size(); ++i) {
    for (int p = 0; p < 8; ++p) sqlite3_bind_int64(upsert_, p + 2, (*columns[p])[i]);
    sqlite3_bind_int64(upsert_, 10, c.state[i]);
    if (sqlite3_step(upsert_) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
    sqlite3_reset(upsert_);
  }
  run("COMMIT");
}

std::int64_t Reference::scan(std::int64_t series) {
  sqlite3_stmt *s = nullptr;
  sqlite3_prepare_v2(db_,
                     "SELECT open_time, open, high, low, close, volume, turnover, trades, state,"
                     " batch_id FROM candle WHERE series_id=?1 ORDER BY open_time",
                     -1, &s, nullptr);
  sqlite3_bind_int64(s, 1, series);
  std::int64_t sum = 0;
  while (sqlite3_step(s) == SQLITE_ROW)
    for (int c = 0; c < 10; ++c) sum += sqlite3_column_int64(s, c) & 0xff;
  sqlite3_finalize(s);
  return sum;
}

}  // namespace tapedeck::bench
