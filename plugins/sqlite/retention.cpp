#include "batch_book.hpp"
#include "ledger_store.hpp"
#include "storage.hpp"

#include <optional>

namespace tapedeck::sqlite {
namespace {

// A transaction of this many rows takes some ten milliseconds, so a live writer hardly notices.
constexpr std::int64_t kRowsPerTransaction = 10000;

constexpr const char *kCandleBound =
    "SELECT open_time FROM candle WHERE series_id=?1 AND open_time<?2 ORDER BY open_time"
    " LIMIT 1 OFFSET ?3";
constexpr const char *kRevisionBound =
    "SELECT open_time FROM revision WHERE series_id=?1 AND open_time<?2 ORDER BY open_time"
    " LIMIT 1 OFFSET ?3";

// Where this transaction ends when `before` is too far for one; empty when it is not.
std::optional<std::int64_t> bound(Database &db, const char *sql, std::int64_t series,
                                  std::int64_t before) {
  Use use = db.use(sql);
  use.bind(1, series).bind(2, before).bind(3, kRowsPerTransaction);
  if (!use.step()) return std::nullopt;
  return use.integer(0);
}

constexpr const char *kCandleBatches =
    "SELECT batch_id, count(*) FROM candle WHERE series_id=?1 AND open_time<?2 GROUP BY batch_id";
constexpr const char *kRevisionBatches =
    "SELECT batch_id, count(*) FROM revision WHERE series_id=?1 AND open_time<?2 GROUP BY batch_id";
constexpr const char *kDropCandles = "DELETE FROM candle WHERE series_id=?1 AND open_time<?2";
constexpr const char *kDropRevisions = "DELETE FROM revision WHERE series_id=?1 AND open_time<?2";

void release(Database &db, BatchBook &book, const char *sql, std::int64_t series,
             std::int64_t before) {
  Use use = db.use(sql);
  use.bind(1, series).bind(2, before);
  while (use.step()) book.release(use.integer(0), use.integer(1));
}

std::int64_t drop(Database &db, const char *sql, std::int64_t series, std::int64_t before) {
  db.use(sql).bind(1, series).bind(2, before).run();
  return sqlite3_changes64(db.handle());
}

}  // namespace

std::uint64_t SqliteStorage::remove_some(std::int64_t series, std::int64_t before, bool &more) {
  Transaction tx(db_, Transaction::Kind::Write);
  auto candles_end = bound(db_, kCandleBound, series, before);
  auto revisions_end = bound(db_, kRevisionBound, series, before);
  more = candles_end || revisions_end;
  // The ledger first and whole: rows without an entry are merely asked for again, whereas an entry
  // without its rows would be a lie if this is cancelled half-way.
  cut_coverage(db_, series, before);
  BatchBook book(db_);
  release(db_, book, kCandleBatches, series, candles_end.value_or(before));
  release(db_, book, kRevisionBatches, series, revisions_end.value_or(before));
  std::int64_t candles = drop(db_, kDropCandles, series, candles_end.value_or(before));
  std::int64_t revisions = drop(db_, kDropRevisions, series, revisions_end.value_or(before));
  book.settle();
  Use use = db_.use("UPDATE series SET rows = rows - ?2, revisions = revisions - ?3 WHERE id = ?1");
  use.bind(1, series).bind(2, candles).bind(3, revisions).run();
  tx.commit();
  return static_cast<std::uint64_t>(candles);
}

std::uint64_t SqliteStorage::remove_before(const tdk_series &series, std::int64_t before,
                                           const Cancel &cancel) {
  need_writable("removing old candles from");
  std::int64_t id = require_series(series);
  std::uint64_t removed = 0;
  for (bool more = true; more;) {
    cancel.check();
    removed += remove_some(id, before, more);
    wal_.after_commit(settings_.busy_timeout);
  }
  return removed;
}

}  // namespace tapedeck::sqlite
