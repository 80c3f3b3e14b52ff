#include "kit/storage/commit_check.hpp"
#include "kit/storage/utf8.hpp"
#include "ledger_store.hpp"
#include "outbox_writer.hpp"
#include "storage.hpp"
#include "tick_writer.hpp"
#include "timescale.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace tapedeck::postgres {
namespace {

// All of these fields are of 1.0, so every host has them.
void report(const Tally &tally, tdk_commit_result &out) {
  out.inserted = tally.inserted;
  out.updated = tally.updated;
  out.unchanged = tally.unchanged;
  out.outranked = tally.outranked;
}

bool has_rows(const tdk_commit &c) { return c.batch && c.batch->count > 0; }

}  // namespace

struct PostgresStorage::CheckedCommit {
  explicit CheckedCommit(const tdk_commit &c) : commit(&c) {
    kit::check_commit(c);
    entries = kit::checked_entries(c);
    for (kit::Entry &e : entries) e.reason = kit::storable(e.reason);
  }
  const tdk_commit *commit;
  std::vector<kit::Entry> entries;
};

void PostgresStorage::commit(const tdk_commit &c, tdk_commit_result &out) {
  need_writable("storing candles in");
  std::vector<CheckedCommit> commits;
  commits.emplace_back(c);
  write(commits, nullptr, out);
}

void PostgresStorage::commit_batch(const tdk_commit_batch &batch, tdk_commit_result &out) {
  need_writable("storing candles and ticks in");
  std::vector<CheckedCommit> commits;
  commits.reserve(batch.commit_count);
  for (std::uint64_t i = 0; i < batch.commit_count; ++i)
    commits.emplace_back(detail::at(batch.commits, i, batch.commit_stride));
  kit::check_ticks(batch);
  kit::check_events(batch);
  write(commits, &batch, out);
}

// One transaction. `batch` has the ticks and the events; NULL: there are none.
void PostgresStorage::write(const std::vector<CheckedCommit> &commits, const tdk_commit_batch *batch,
                            tdk_commit_result &out) {
  const tdk_commit_batch *ticks = batch && batch->quote_count > 0 ? batch : nullptr;
  const tdk_commit_batch *events = batch && kit::events_of(*batch).count > 0 ? batch : nullptr;
  const auto started = std::chrono::steady_clock::now();
  const std::uint64_t session = db_.session();
  Tally tally;
  std::uint64_t ticks_stored = 0;
  Attempt attempt;
  attempt.prepare = [&] { prepare_write(commits); };
  attempt.body = [&] {
    auto stored = events ? std::optional<kit::StoredRows>(*events) : std::nullopt;
    obtain_names(commits, ticks);
    tally = store(commits, stored ? &*stored : nullptr);
    if (ticks) ticks_stored = store_ticks(db_, catalogue_, *ticks, stored ? stored->of_quotes() : nullptr);
    if (stored) put_events(db_, kit::events_of(*events), *stored, host_.now());
  };
  attempt.undone = [&] {
    catalogue_.forget();
    partitions_.forget();
  };
  in_transaction(db_, kWrite, attempt);
  report(tally, out);
  const auto took = std::chrono::steady_clock::now() - started;
  commit_seconds_.record(std::chrono::duration<double>(took).count());
  rows_.record(static_cast<double>(tally.inserted + tally.updated));
  if (ticks) ticks_.record(static_cast<double>(ticks_stored));
  if (db_.session() != session) connections_.record(static_cast<double>(db_.session() - session));
}

// What a transaction needs and does not take back with it.
void PostgresStorage::prepare_write(const std::vector<CheckedCommit> &commits) {
  if (staged_session_ != db_.session()) make_staging(db_);
  staged_session_ = db_.session();
  retire_old();  // before partitions are made that it might take
  if (layout_ == Layout::Partitions) {
    partitions_.keep_ahead(host_.now());
    std::vector<const tdk_candle_batch *> batches;
    for (const CheckedCommit &c : commits)
      if (has_rows(*c.commit)) batches.push_back(c.commit->batch);
    partitions_.cover(batches);
  }
}

// Inside a write transaction, before anything else. Whoever adds a name is waited for by all others that
// need it, so everybody asks in the same order, and holds nothing else yet.
void PostgresStorage::obtain_names(const std::vector<CheckedCommit> &commits, const tdk_commit_batch *ticks) {
  std::map<std::string, const tdk_series *> series;
  std::set<std::string_view> sources, symbols;
  std::set<TickFormat> formats;
  for (const CheckedCommit &c : commits) {
    series.emplace(series_key(*c.commit->series), c.commit->series);
    sources.insert(sv(c.commit->series->source));
  }
  if (ticks) sources.insert(sv(ticks->source));
  for (std::uint64_t i = 0; ticks && i < ticks->quote_count; ++i) {
    const tdk_quote &q = detail::at(ticks->quotes, i, ticks->quote_stride);
    symbols.insert(sv(q.symbol));
    formats.insert({std::string(sv(ticks->source_version)), q.price_exp, q.size_exp, q.volume_exp});
  }
  for (const auto &[key, s] : series) catalogue_.obtain_series(*s);
  for (const std::string_view name : sources) catalogue_.obtain_source(name);
  for (const std::string_view name : symbols) catalogue_.obtain_symbol(name);
  for (const TickFormat &f : formats) catalogue_.obtain_format(f);
}

// Inside a write transaction. `stored`: when somebody asks which rows were.
Tally PostgresStorage::store(const std::vector<CheckedCommit> &commits, kit::StoredRows *stored) {
  std::vector<Page> pages;
  std::vector<Said> said;
  std::vector<std::int64_t> series;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const CheckedCommit &c = commits[i];
    const std::int64_t id = catalogue_.obtain_series(*c.commit->series);
    const std::int64_t source = catalogue_.obtain_source(sv(c.commit->series->source));
    series.push_back(id);
    if (has_rows(*c.commit)) pages.push_back({c.commit, id, source, stored ? stored->of_commit(i) : nullptr});
    if (!c.entries.empty()) said.push_back({id, source, &c.entries});
  }
  if (series.empty()) return {};
  lock_series(std::move(series));
  if (layout_ == Layout::Hypertable) allow_repair(db_);
  const Tally tally = CandleWriter(db_, host_.now()).store(pages);
  store_coverage(db_, said);
  return tally;
}

// Always in the same order, so that two writers of the same series cannot wait for each other.
void PostgresStorage::lock_series(std::vector<std::int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  db_.run("SELECT id FROM series WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE", Params().integers(ids));
}

}  // namespace tapedeck::postgres
