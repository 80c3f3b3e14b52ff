#include "candle_sql.hpp"

namespace tapedeck::sqlite {
namespace {

// Steps over rows that were not asked for before it is cheaper to seek again: a commit may bring
// the first and the last minute of a decade.
constexpr int kLeap = 32;

void bind_cell(sqlite3_stmt *s, int parameter, const std::int64_t *column, std::uint64_t row) {
  if (!column || column[row] == TDK_NULL_I64)
    sqlite3_bind_null(s, parameter);
  else
    sqlite3_bind_int64(s, parameter, column[row]);
}

// Parameters 2 to 10. Binding an integer to a parameter that exists cannot fail, so this hottest of
// all places does not ask.
void bind_row(sqlite3_stmt *s, const tdk_candle_batch &b, std::uint64_t row) {
  sqlite3_bind_int64(s, 2, b.open_time[row]);
  sqlite3_bind_int64(s, 3, b.open[row]);
  sqlite3_bind_int64(s, 4, b.high[row]);
  sqlite3_bind_int64(s, 5, b.low[row]);
  sqlite3_bind_int64(s, 6, b.close[row]);
  bind_cell(s, 7, b.volume, row);
  bind_cell(s, 8, b.turnover, row);
  bind_cell(s, 9, b.trades, row);
  sqlite3_bind_int64(s, 10, b.state ? b.state[row] : 0);
}

}  // namespace

CandleInserter::CandleInserter(Database &db, std::int64_t series, std::int64_t batch_id)
    : db_(db),
      use_(db.use("INSERT INTO candle VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")) {
  use_.bind(1, series).bind(11, batch_id);
}

void CandleInserter::insert(const tdk_candle_batch &batch, std::uint64_t row) {
  bind_row(use_.raw(), batch, row);
  if (int rc = sqlite3_step(use_.raw()); rc != SQLITE_DONE) db_.fail(rc);
  sqlite3_reset(use_.raw());
}

void replace_candle(Database &db, const Origin &origin, const tdk_candle_batch &batch,
                    std::uint64_t row, std::int64_t batch_id) {
  Use use = db.use(
      "UPDATE candle SET open=?3, high=?4, low=?5, close=?6, volume=?7, turnover=?8, trades=?9,"
      " state=?10, batch_id=?11 WHERE series_id=?1 AND open_time=?2");
  use.bind(1, origin.series).bind(11, batch_id);
  bind_row(use.raw(), batch, row);
  use.run();
}

void keep_revision(Database &db, const Origin &origin, const StoredCandle &former) {
  Use use = db.use(
      "INSERT INTO revision VALUES(?1, ?2, (SELECT coalesce(max(seq), 0) + 1 FROM revision"
      " WHERE series_id=?1 AND open_time=?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  const Value &v = former.value;
  use.bind(1, origin.series).bind(2, former.open_time);
  use.bind(3, v.open).bind(4, v.high).bind(5, v.low).bind(6, v.close);
  use.bind_cell(7, v.volume).bind_cell(8, v.turnover).bind_cell(9, v.trades).bind(10, v.state);
  use.bind(11, former.batch).bind(12, origin.now).run();
}

StoredWalk::StoredWalk(Database &db, std::int64_t series, std::int64_t first, std::int64_t last)
    : use_(db.use("SELECT open_time, open, high, low, close, volume, turnover, trades, state,"
                  " batch_id FROM candle WHERE series_id=?1 AND open_time>=?2 AND open_time<=?3"
                  " ORDER BY open_time")) {
  use_.bind(1, series).bind(3, last);
  leap(first);
}

void StoredWalk::leap(std::int64_t time) {
  sqlite3_reset(use_.raw());
  use_.bind(2, time);
  read();
}

void StoredWalk::read() {
  there_ = use_.step();
  if (!there_) return;
  current_.open_time = use_.integer(0);
  Value &v = current_.value;
  v.open = use_.integer(1);
  v.high = use_.integer(2);
  v.low = use_.integer(3);
  v.close = use_.integer(4);
  v.volume = use_.cell(5);
  v.turnover = use_.cell(6);
  v.trades = use_.cell(7);
  v.state = static_cast<std::uint32_t>(use_.integer(8));
  current_.batch = use_.integer(9);
}

const StoredCandle *StoredWalk::at(std::int64_t time) {
  for (int steps = 0; there_ && current_.open_time < time; ++steps) {
    if (steps < kLeap)
      read();
    else
      leap(time);
  }
  return there_ && current_.open_time == time ? &current_ : nullptr;
}

}  // namespace tapedeck::sqlite
