#include "ingest/testing/memory_storage.hpp"

#include <tapedeck/layer/core.hpp>

#include <iterator>

namespace tapedeck::testing {
namespace {

bool says_the_same(const LedgerEntry &a, const LedgerEntry &b) {
  return a.state == b.state && a.error == b.error && a.tries == b.tries &&
         a.next_try == b.next_try && a.reason == b.reason;
}

// The store trusts nobody: what the contract demands of a commit is checked.
void check(const Commit &c) {
  for (std::size_t i = 0; i < c.ledger.size(); ++i) {
    const auto &e = c.ledger[i];
    const bool in_order = i == 0 || c.ledger[i - 1].range.to <= e.range.from;
    if (e.range.empty() || !in_order || e.source != c.source ||
        !c.series.interval.on_grid(e.range.from) || !c.series.interval.on_grid(e.range.to))
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
                  c.source,
                  c.source_version};
    const auto [it, added] = rows.try_emplace(batch.open_time[i], row);
    if (added)
      ++result.inserted;
    else if (it->second == row)
      ++result.unchanged;
    else
      ++result.updated;
    it->second = row;
  }
  Ledger &ledger = ledgers_[c.series.name()][c.source];
  for (const auto &e : c.ledger) replace(ledger, e);
  return result;
}

// FAILED goes only where no other state is.
void MemoryStore::replace(Ledger &ledger, const LedgerEntry &entry) {
  split(ledger, entry.range.from);
  split(ledger, entry.range.to);
  RangeSet where(entry.range);
  for (auto it = ledger.lower_bound(entry.range.from);
       it != ledger.end() && it->first < entry.range.to;) {
    if (settles(it->second.state) && !settles(entry.state))
      where.subtract((it++)->second.range);
    else
      it = ledger.erase(it);
  }
  for (const auto &r : where.ranges()) {
    auto &added = ledger[r.from] = entry;
    added.range = r;
    merge_at(ledger, r.from);
    merge_at(ledger, r.to);
  }
  // What was split in vain becomes one again.
  merge_at(ledger, entry.range.from);
  merge_at(ledger, entry.range.to);
}

void MemoryStore::split(Ledger &ledger, Nanos at) {
  auto it = ledger.lower_bound(at);
  if (it == ledger.begin() || std::prev(it)->second.range.to <= at) return;
  LedgerEntry &before = std::prev(it)->second;
  LedgerEntry &after = ledger[at] = before;
  after.range.from = at;
  before.range.to = at;
}

void MemoryStore::merge_at(Ledger &ledger, Nanos at) {
  const auto it = ledger.find(at);
  if (it == ledger.end() || it == ledger.begin()) return;
  LedgerEntry &before = std::prev(it)->second;
  if (before.range.to != at || !says_the_same(before, it->second)) return;
  before.range.to = it->second.range.to;
  ledger.erase(it);
}

std::vector<LedgerEntry> MemoryStore::coverage(const Series &series, std::string_view source,
                                               TimeRange range) const {
  std::lock_guard lock(mutex_);
  const auto it = ledgers_.find(series.name());
  if (it == ledgers_.end()) throw Error(TDK_NOT_FOUND, "no such series");
  std::vector<LedgerEntry> out;
  for (const auto &[name, ledger] : it->second)
    for (const auto &[from, e] : ledger)
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
    for (const auto &[from, e] : ledger)
      if (e.state == state) out.add(e.range);
  return out;
}

int MemoryStore::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

}  // namespace tapedeck::testing
