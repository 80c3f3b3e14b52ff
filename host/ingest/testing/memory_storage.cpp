#include "ingest/testing/memory_storage.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <functional>
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
  const auto &times = c.candles != nullptr ? c.candles->open_times() : std::vector<std::int64_t>{};
  if (std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) != times.end())
    throw Error(TDK_INVALID_ARGUMENT, "a commit with candles out of order");
}

void check(const CommitBatch &b) {
  for (const auto &c : b.commits) check(c);
  for (const auto &of : b.ticks)
    for (const auto &tick : of.ticks)
      if (of.symbol.empty() || b.source.empty() || tick.sequence == TDK_NULL_I64)
        throw Error(TDK_INVALID_ARGUMENT, "a tick that breaks the contract");
}

// Does the offered value take the place of the stored one? Final before forming, then by rank, then
// the later.
bool gives_way(const MemoryStore::Row &stored, const MemoryStore::Row &offered) {
  const bool stored_final = (stored.state & TDK_CANDLE_FORMING) == 0;
  const bool offered_final = (offered.state & TDK_CANDLE_FORMING) == 0;
  return stored_final != offered_final ? offered_final : offered.rank <= stored.rank;
}

MemoryStore::Row row_at(const Commit &c, const tdk_candle_batch &b, std::uint64_t i) {
  return {{b.open[i], b.high[i], b.low[i], b.close[i], b.volume[i]},
          c.source,
          c.source_version,
          b.price_exp,
          b.volume_exp,
          c.rank,
          b.state[i]};
}

bool same_candle(const MemoryStore::Row &a, const MemoryStore::Row &b) {
  return a.values == b.values && a.price_exp == b.price_exp && a.volume_exp == b.volume_exp &&
         a.state == b.state;
}

// Of the range the first or the newest `limit`; 0: all.
template <class T>
void cut(std::vector<T> &all, std::uint64_t limit, bool newest) {
  if (limit == 0 || all.size() <= limit) return;
  const auto extra = static_cast<std::ptrdiff_t>(all.size() - limit);
  if (newest)
    all.erase(all.begin(), all.begin() + extra);
  else
    all.erase(all.end() - extra, all.end());
}

}  // namespace

void MemoryStore::announce() {
  int n = 0;
  {
    std::lock_guard lock(mutex_);
    n = ++commits_;
  }
  if (on_commit) on_commit(n);
}

CommitResult MemoryStore::commit(const Commit &c) {
  announce();
  check(c);
  std::lock_guard lock(mutex_);
  transactions_.push_back(1);
  return store(c);
}

CommitResult MemoryStore::commit_batch(const CommitBatch &b) {
  if (!takes_batches) throw Error(TDK_NOT_SUPPORTED, "no transaction for several series");
  announce();
  check(b);
  std::lock_guard lock(mutex_);
  transactions_.push_back(b.commits.size());
  CommitResult sum;
  for (const auto &c : b.commits) {
    const CommitResult one = store(c);
    sum.inserted += one.inserted;
    sum.updated += one.updated;
    sum.unchanged += one.unchanged;
    sum.outranked += one.outranked;
  }
  for (const auto &of : b.ticks)
    for (const auto &tick : of.ticks)
      ticks_.try_emplace({of.symbol, tick.trade(), b.source, tick.sequence}, tick);
  return sum;
}

CommitResult MemoryStore::store(const Commit &c) {
  CommitResult result;
  series_.try_emplace(c.series.name(), c.series);
  Rows &rows = rows_[c.series.name()];
  const auto batch = c.candles != nullptr ? c.candles->view() : tdk_candle_batch{};
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    const Row row = row_at(c, batch, i);
    const auto [it, added] = rows.try_emplace(batch.open_time[i], row);
    if (added) {
      ++result.inserted;
    } else if (same_candle(it->second, row)) {
      ++result.unchanged;
      if (row.rank < it->second.rank) it->second = row;
    } else if (gives_way(it->second, row)) {
      ++result.updated;
      if ((it->second.state & TDK_CANDLE_FORMING) == 0) ++revisions_[c.series.name()];
      it->second = row;
    } else {
      ++result.outranked;
    }
  }
  Ledger &ledger = ledgers_[c.series.name()][c.source];
  for (const auto &e : c.ledger) replace(ledger, e);
  return result;
}

void MemoryStore::query(const CandleScan &scan, const Storage::OnBatch &on_batch) const {
  std::vector<std::pair<Nanos, Row>> found;
  {
    std::lock_guard lock(mutex_);
    const auto it = rows_.find(scan.series.name());
    if (it == rows_.end()) throw Error(TDK_NOT_FOUND, "no such series");
    found.assign(it->second.lower_bound(scan.range.from), it->second.lower_bound(scan.range.to));
  }
  cut(found, scan.limit, scan.newest);
  for (const auto &[time, row] : found) {  // a row a batch: the contract sets no least size
    const auto &[open, high, low, close, volume] = row.values;
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = 1;
    b.price_exp = row.price_exp;
    b.volume_exp = row.volume_exp;
    b.open_time = &time;
    b.open = &open;
    b.high = &high;
    b.low = &low;
    b.close = &close;
    b.volume = &volume;
    b.state = &row.state;
    b.source = str(row.source);
    if (!on_batch(b)) return;
  }
}

std::vector<Tick> MemoryStore::ticks(const std::string &symbol, bool trades) const {
  std::vector<Tick> out;
  std::lock_guard lock(mutex_);
  for (auto it = ticks_.lower_bound({symbol, trades, "", INT64_MIN});
       it != ticks_.end() && std::get<0>(it->first) == symbol && std::get<1>(it->first) == trades; ++it)
    out.push_back(it->second);
  std::stable_sort(out.begin(), out.end(), [](const Tick &a, const Tick &b) {
    return std::tie(a.time, a.sequence) < std::tie(b.time, b.sequence);
  });
  return out;
}

void MemoryStore::query_ticks(const TickScan &scan,
                              const std::function<bool(const Tick &)> &on_tick) const {
  auto found = ticks(scan.symbol, scan.trades);
  if (found.empty() && ticks(scan.symbol, !scan.trades).empty())
    throw Error(TDK_NOT_FOUND, "no such symbol");
  std::erase_if(found, [&](const Tick &t) {
    return t.time < scan.range.from || t.time >= scan.range.to;
  });
  cut(found, scan.limit, scan.newest);
  for (const auto &tick : found)
    if (!on_tick(tick)) return;
}

std::vector<SeriesStat> MemoryStore::list_series() const {
  std::lock_guard lock(mutex_);
  std::vector<SeriesStat> out;
  for (const auto &[name, series] : series_) {
    const Rows &rows = rows_.at(name);
    SeriesStat stat{series, std::nullopt, std::nullopt, rows.size(), 0};
    if (!rows.empty()) {
      stat.first = rows.begin()->first;
      stat.last = rows.rbegin()->first;
    }
    if (const auto it = revisions_.find(name); it != revisions_.end()) stat.revisions = it->second;
    out.push_back(stat);
  }
  return out;
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

std::vector<std::size_t> MemoryStore::transactions() const {
  std::lock_guard lock(mutex_);
  return transactions_;
}

int MemoryStore::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

}  // namespace tapedeck::testing
