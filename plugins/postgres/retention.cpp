#include "storage.hpp"
#include "timescale.hpp"

#include <optional>

namespace tapedeck::postgres {
namespace {

constexpr std::int64_t kDay = 86'400'000'000'000;
// A transaction of this many rows takes some ten milliseconds, so a live writer hardly notices.
constexpr std::int64_t kRowsPerTransaction = 10000;

constexpr const char *kLock = "SELECT id FROM series WHERE id = $1::int FOR UPDATE";
constexpr const char *kCandleBound =
    "SELECT time, nanos FROM candle WHERE series_id = $1::int AND time <= $2 AND (time, nanos) < ($2, $3)"
    " ORDER BY time, nanos LIMIT 1 OFFSET $4";
constexpr const char *kRevisionBound =
    "SELECT time, nanos FROM revision WHERE series_id = $1::int AND (time, nanos) < ($2, $3)"
    " ORDER BY time, nanos LIMIT 1 OFFSET $4";

// Entries that end by then go, those across it are cut.
constexpr const char *kForget = "DELETE FROM coverage WHERE series_id = $1::int AND to_time <= $2";
constexpr const char *kCut = "UPDATE coverage SET from_time = $2 WHERE series_id = $1::int AND from_time < $2";

constexpr const char *kDrop = R"sql(
WITH gone AS (
  DELETE FROM candle WHERE series_id = $1::int AND time <= $2 AND (time, nanos) < ($2, $3) RETURNING batch_id),
old AS (DELETE FROM revision WHERE series_id = $1::int AND (time, nanos) < ($4, $5) RETURNING batch_id),
freed AS MATERIALIZED (
  SELECT batch_id, count(*) AS rows FROM (SELECT batch_id FROM gone UNION ALL SELECT batch_id FROM old) x GROUP BY 1),
lowered AS (UPDATE batch b SET rows = b.rows - f.rows FROM freed f WHERE b.id = f.batch_id AND b.rows > f.rows),
emptied AS (DELETE FROM batch b USING freed f WHERE b.id = f.batch_id AND b.rows <= f.rows),
counted AS (
  UPDATE series SET rows = rows - (SELECT count(*) FROM gone), revisions = revisions - (SELECT count(*) FROM old)
  WHERE id = $1::int)
SELECT count(*) FROM gone
)sql";

constexpr const char *kDropEmpty = "SELECT drop_empty_months($1)";
constexpr const char *kRetire = "SELECT retire($1)";
// When it was done last; whoever takes the row does it.
constexpr const char *kTakeRetirement =
    "UPDATE store SET retired_at = $1 WHERE retired_at IS NULL OR retired_at < $1 - $2 OR retired_at > $1";

// Where this transaction ends when `before` is too far for one; empty when it is not.
std::optional<std::int64_t> bound(Connection &db, const char *sql, std::int64_t series, std::int64_t before) {
  const Result r = db.run(sql, Params().integer(series).moment(moment_of(before)).integer(kRowsPerTransaction));
  if (r.rows() == 0) return std::nullopt;
  return r.time(0, 0);
}

}  // namespace

// Inside a write transaction. The ledger first and whole: rows without an entry are merely asked for again,
// whereas an entry without its rows would be a lie if this is cancelled half-way.
std::uint64_t PostgresStorage::remove_some(std::int64_t series, std::int64_t before, bool &more) {
  db_.run(kLock, Params().integer(series));
  if (layout_ == Layout::Hypertable) allow_repair(db_);
  const auto candles_end = bound(db_, kCandleBound, series, before);
  const auto revisions_end = bound(db_, kRevisionBound, series, before);
  more = candles_end || revisions_end;
  db_.run(kForget, Params().integer(series).integer(before));
  db_.run(kCut, Params().integer(series).integer(before));
  const Moment candles = moment_of(candles_end.value_or(before)), revisions = moment_of(revisions_end.value_or(before));
  const Result r = db_.run(kDrop, Params().integer(series).moment(candles).moment(revisions));
  return static_cast<std::uint64_t>(r.integer(0, 0));
}

std::uint64_t PostgresStorage::remove_before(const tdk_series &series, std::int64_t before, const Cancel &cancel) {
  need_writable("removing old candles from");
  std::uint64_t removed = 0;
  for (bool more = true; more;) {
    cancel.check();
    std::uint64_t some = 0;
    Attempt attempt;
    attempt.body = [&] { some = remove_some(require_series(series), before, more); };
    attempt.undone = [&] { catalogue_.forget(); };
    in_transaction(db_, kWrite, attempt);
    removed += some;
  }
  if (layout_ == Layout::Partitions && removed > 0) {
    db_.run(kDropEmpty, Params().moment(moment_of(before)));
    partitions_.forget();
  }
  return removed;
}

// drop_after_days, once a day, by whichever writer comes first. In the way of a reader that lasts it gives up
// for that day; it never keeps a commit from being made.
void PostgresStorage::retire_old() {
  if (settings_.drop_after_days == 0) return;
  const std::int64_t now = host_.now();
  if (now - last_retired_ < kDay && now >= last_retired_) return;
  last_retired_ = now;
  if (db_.run(kTakeRetirement, Params().integer(now).integer(kDay)).changed() == 0) return;
  try {
    db_.run(kRetire, Params().moment(moment_of(now - settings_.drop_after_days * kDay)));
    partitions_.forget();
  } catch (const ServerError &e) {
    if (means_away(e.sqlstate())) throw;
    host_.log(TDK_LOG_WARN, std::string("dropping what is older than drop_after_days: ") + e.what());
  }
}

}  // namespace tapedeck::postgres
