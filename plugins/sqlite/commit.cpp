#include "candles.hpp"
#include "kit/storage/commit_check.hpp"
#include "ledger_store.hpp"
#include "outbox_rows.hpp"
#include "storage.hpp"
#include "ticks.hpp"

#include <optional>

namespace tapedeck::sqlite {
namespace {

bool has_rows(const tdk_commit &c) { return c.batch && c.batch->count > 0; }

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

void add(Tally &sum, const Tally &one) {
  sum.inserted += one.inserted;
  sum.updated += one.updated;
  sum.unchanged += one.unchanged;
  sum.outranked += one.outranked;
}

}  // namespace

struct SqliteStorage::CheckedCommit {
  explicit CheckedCommit(const tdk_commit &c) : commit(&c) {
    kit::check_commit(c);
    entries = kit::checked_entries(c);
  }
  const tdk_commit *commit;
  std::vector<Entry> entries;
};

void SqliteStorage::commit(const tdk_commit &c, tdk_commit_result &out) {
  need_writable("storing candles in");
  std::vector<CheckedCommit> commits;
  commits.emplace_back(c);
  write(commits, nullptr, out);
}

void SqliteStorage::commit_batch(const tdk_commit_batch &batch, tdk_commit_result &out) {
  need_writable("storing candles and ticks in");
  std::vector<CheckedCommit> commits;
  commits.reserve(batch.commit_count);
  for (std::uint64_t i = 0; i < batch.commit_count; ++i)
    commits.emplace_back(tapedeck::detail::at(batch.commits, i, batch.commit_stride));
  kit::check_ticks(batch);
  kit::check_events(batch);
  write(commits, &batch, out);
}

// One transaction. `batch` brings the ticks and events; it may be NULL.
void SqliteStorage::write(const std::vector<CheckedCommit> &commits, const tdk_commit_batch *batch,
                          tdk_commit_result &out) {
  auto started = std::chrono::steady_clock::now();
  const bool has_ticks = batch && batch->quote_count > 0;
  std::optional<kit::StoredRows> stored;  // only for the events to ask
  if (batch && kit::events_of(*batch).count > 0) stored.emplace(*batch);
  Tally tally;
  std::uint64_t ticks_stored = 0;
  try {
    Transaction tx(db_, Transaction::Kind::Write);
    for (std::size_t i = 0; i < commits.size(); ++i)
      add(tally, store(commits[i], stored ? stored->of_commit(i) : nullptr));
    if (has_ticks) ticks_stored = tick_writer_.store(*batch, stored ? stored->of_quotes() : nullptr);
    if (stored) put_events(db_, host_.now(), *batch, *stored);
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
  if (has_ticks) ticks_.record(static_cast<double>(ticks_stored));
}

// Inside a write transaction. `stored` may be NULL.
Tally SqliteStorage::store(const CheckedCommit &checked, kit::StoredRows::Marks *stored) {
  const tdk_commit &c = *checked.commit;
  std::int64_t series = catalogue_.obtain_series(*c.series);
  std::int64_t source = catalogue_.obtain_source(sv(c.series->source));
  Tally tally;
  if (has_rows(c)) tally = store_candles(db_, origin_of(c, series, source, host_.now()), *c.batch, stored);
  if (!checked.entries.empty()) store_coverage(db_, series, source, checked.entries);
  return tally;
}

}  // namespace tapedeck::sqlite
