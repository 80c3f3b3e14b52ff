#include "ingest/testing/memory_storage.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

namespace tapedeck::testing {
namespace {

bool says_the_same(const LedgerEntry &a, const LedgerEntry &b) {
  return a.state == b.state && a.error == b.error && a.tries == b.tries && a.next_try == b.next_try &&
         a.reason == b.reason;
}

// The store trusts nobody: what the contract demands of a commit is checked.
void check(const Commit &c) {
  for (std::size_t i = 0; i < c.ledger.size(); ++i) {
    const auto &e = c.ledger[i];
    const bool in_order = i == 0 || c.ledger[i - 1].range.to <= e.range.from;
    if (e.range.empty() || !in_order || e.source != c.source || !c.series.interval.on_grid(e.range.from) ||
        !c.series.interval.on_grid(e.range.to))
      throw Error(TDK_INVALID_ARGUMENT, "a commit with a ledger that breaks the contract");
  }
}

}  // namespace

CommitResult MemoryStore::commit(const Commit &c) {
  std::lock_guard lock(mutex_);
  ++commits_;
  if (on_commit) on_commit(commits_);
  check(c);
  CommitResult result;
  Rows &rows = rows_[c.series.name()];
  const auto batch = c.candles != nullptr ? c.candles->view() : tdk_candle_batch{};
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    const Row row{{batch.open[i], batch.high[i], batch.low[i], batch.close[i], batch.volume[i]},
                  c.source, c.source_version};
    const auto [it, added] = rows.try_emplace(batch.open_time[i], row);
    if (added) ++result.inserted;
    else if (it->second == row) ++result.unchanged;
    else ++result.updated;
    it->second = row;
  }
  Ledger &ledger = ledgers_[c.series.name()][c.source];
  for (const auto &e : c.ledger) replace(ledger, e);
  merge_neighbours(ledger);
  return result;
}

// FAILED goes only where no other state is.
void MemoryStore::replace(Ledger &ledger, const LedgerEntry &entry) {
  RangeSet where(entry.range);
  if (!settles(entry.state))
    for (const auto &e : ledger)
      if (settles(e.state)) where.subtract(e.range);
  for (const auto &r : where.ranges()) overlay(ledger, entry, r);
}

void MemoryStore::overlay(Ledger &ledger, const LedgerEntry &entry, TimeRange range) {
  Ledger out;
  for (const auto &e : ledger) {
    RangeSet left(e.range);
    left.subtract(range);
    for (const auto &r : left.ranges()) {
      out.push_back(e);
      out.back().range = r;
    }
  }
  out.push_back(entry);
  out.back().range = range;
  std::sort(out.begin(), out.end(),
            [](const LedgerEntry &a, const LedgerEntry &b) { return a.range.from < b.range.from; });
  ledger.swap(out);
}

void MemoryStore::merge_neighbours(Ledger &ledger) {
  Ledger out;
  for (auto &e : ledger) {
    if (!out.empty() && out.back().range.to == e.range.from && says_the_same(out.back(), e))
      out.back().range.to = e.range.to;
    else
      out.push_back(std::move(e));
  }
  ledger.swap(out);
}

std::vector<LedgerEntry> MemoryStore::coverage(const Series &series, std::string_view source,
                                               TimeRange range) const {
  std::lock_guard lock(mutex_);
  const auto it = ledgers_.find(series.name());
  if (it == ledgers_.end()) throw Error(TDK_NOT_FOUND, "no such series");
  std::vector<LedgerEntry> out;
  for (const auto &[name, ledger] : it->second)
    for (const auto &e : ledger)
      if ((source.empty() || source == name) && e.range.from < range.to && e.range.to > range.from)
        out.push_back(e);
  return out;
}

MemoryStore::Rows MemoryStore::rows(const Series &series) const {
  std::lock_guard lock(mutex_);
  const auto it = rows_.find(series.name());
  return it == rows_.end() ? Rows{} : it->second;
}

RangeSet MemoryStore::in_state(const Series &series, CoverageState state) const {
  std::lock_guard lock(mutex_);
  RangeSet out;
  const auto it = ledgers_.find(series.name());
  if (it == ledgers_.end()) return out;
  for (const auto &[name, ledger] : it->second)
    for (const auto &e : ledger)
      if (e.state == state) out.add(e.range);
  return out;
}

int MemoryStore::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

}  // namespace tapedeck::testing
