#include "candles.hpp"
#include "ledger_store.hpp"
#include "storage.hpp"

namespace tapedeck::sqlite {
namespace {

bool has_rows(const tdk_commit &c) { return c.batch && c.batch->count > 0; }

void check(const tdk_commit &c) {
  if (!c.series) throw Error(TDK_INVALID_ARGUMENT, "storing candles: the commit names no series");
  if (sv(c.series->symbol).empty())
    throw Error(TDK_INVALID_ARGUMENT, "storing candles: the series has no symbol");
  if (sv(c.series->source).empty())
    throw Error(TDK_INVALID_ARGUMENT, "storing candles of " + describe_series(*c.series) +
                                          ": the series names no source");
  if (c.batch) check_batch(*c.batch);
}

Origin origin_of(const tdk_commit &c, std::int64_t series, std::int64_t source, std::int64_t now) {
  Origin o;
  o.series = series;
  o.by.source = source;
  o.by.rank = c.rank;
  o.by.fetched_at = c.fetched_at;
  o.by.price_exp = c.batch->price_exp;
  o.by.volume_exp = c.batch->volume_exp;
  o.by.turnover_exp = c.batch->turnover_exp;
  o.source_version = sv(c.source_version);
  o.now = now;
  return o;
}

// All of these fields are of 1.0, so every host has them.
void report(const Tally &tally, tdk_commit_result &out) {
  out.inserted = tally.inserted;
  out.updated = tally.updated;
  out.unchanged = tally.unchanged;
  out.outranked = tally.outranked;
}

}  // namespace

void SqliteStorage::commit(const tdk_commit &c, tdk_commit_result &out) {
  need_writable("storing candles in");
  auto started = std::chrono::steady_clock::now();
  check(c);
  std::vector<Entry> entries = checked_entries(c);
  Tally tally;
  try {
    Transaction tx(db_, Transaction::Kind::Write);
    std::int64_t series = catalogue_.obtain_series(*c.series);
    std::int64_t source = catalogue_.obtain_source(sv(c.series->source));
    if (has_rows(c))
      tally = store_candles(db_, origin_of(c, series, source, host_.now()), *c.batch);
    if (!entries.empty()) store_coverage(db_, series, source, entries);
    tx.commit();
  } catch (...) {
    catalogue_.forget();  // ids of rows that the rollback took away
    throw;
  }
  report(tally, out);
  wal_.after_commit(settings_.busy_timeout);
  auto took = std::chrono::steady_clock::now() - started;
  commit_seconds_.record(std::chrono::duration<double>(took).count());
  rows_.record(static_cast<double>(tally.inserted + tally.updated));
}

}  // namespace tapedeck::sqlite
