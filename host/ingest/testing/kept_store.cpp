#include "ingest/testing/kept_store.hpp"

#include <tapedeck/layer/core.hpp>

#include <set>

namespace tapedeck::testing {
namespace {

bool is_final(std::uint32_t state) { return (state & TDK_CANDLE_FORMING) == 0; }

void put(KeptStore::Candles &candles, Nanos time, const KeptStore::Row &row, Nanos now, CommitResult &result) {
  const auto [it, added] = candles.standing.try_emplace(time, row);
  KeptStore::Row &stored = it->second;
  if (added) {
    ++result.inserted;
  } else if (stored.cells == row.cells && stored.state == row.state) {
    ++result.unchanged;
    if (row.origin.rank < stored.origin.rank) stored = row;
  } else if (is_final(stored.state) != is_final(row.state) ? is_final(row.state) : row.origin.rank <= stored.origin.rank) {
    ++result.updated;
    if (is_final(stored.state)) {
      candles.former[time].push_back(stored);
      candles.former[time].back().replaced_at = now;
    }
    stored = row;
  } else {
    ++result.outranked;
  }
}

KeptStore::Row row_at(const tdk_candle_batch &b, std::uint64_t i, KeptOrigin origin) {
  return {std::move(origin), b.state[i],
          {b.open[i], b.high[i], b.low[i], b.close[i], b.volume[i], b.turnover[i], b.trades[i]}, TDK_NULL_I64};
}

void append(KeptRows &out, Nanos time, const KeptStore::Row &row) {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = 1;
  b.price_exp = row.origin.price_exp;
  b.volume_exp = row.origin.volume_exp;
  b.turnover_exp = row.origin.turnover_exp;
  b.open_time = &time;
  const std::int64_t **columns[] = {&b.open, &b.high, &b.low, &b.close, &b.volume, &b.turnover, &b.trades};
  for (std::size_t c = 0; c < row.cells.size(); ++c) *columns[c] = &row.cells[c];
  b.state = &row.state;
  b.source = str(row.origin.source);
  b.fetched_at = row.origin.fetched_at;
  out.append({sizeof(tdk_kept_candles), row.origin.rank, str(row.origin.source_version), &b,
              row.replaced_at == TDK_NULL_I64 ? nullptr : &row.replaced_at});
}

}  // namespace

std::vector<LedgerEntry> KeptStore::ledger_of(const Series &of) const {
  try {
    return ledger.coverage(of, "", {INT64_MIN / 2, INT64_MAX / 2});
  } catch (const Error &) {
    return {};
  }
}

std::vector<Nanos> KeptStore::claimed_in_vain() const {
  std::vector<Nanos> out;
  for (const auto &stat : ledger.list_series()) {
    const auto known = series.find(stat.series.name());
    for (const auto &range : ledger.in_state(stat.series, CoverageState::Present).ranges())
      for (Nanos t = range.from; t < range.to; t = stat.series.interval.next(t))
        if (known == series.end() || !known->second.second.standing.contains(t)) out.push_back(t);
  }
  return out;
}

CommitResult KeptStorage::commit(const Commit &c) {
  announce(true);
  CommitResult result;
  auto &candles = store_.series.try_emplace(c.series.name(), c.series, KeptStore::Candles{}).first->second.second;
  const auto b = c.candles != nullptr ? c.candles->view() : tdk_candle_batch{};
  const KeptOrigin origin{c.source, c.source_version, c.rank, c.fetched_at, b.price_exp, b.volume_exp, b.turnover_exp};
  for (std::uint64_t i = 0; i < b.count; ++i) put(candles, b.open_time[i], row_at(b, i, origin), clock_.now_ns(), result);
  Commit only_ledger = c;
  only_ledger.candles = nullptr;
  store_.ledger.commit(only_ledger);
  return result;
}

CommitResult KeptStorage::commit_batch(const CommitBatch &b) {
  announce(true);
  for (const auto &of : b.ticks)
    for (const auto &tick : of.ticks)
      store_.ticks.try_emplace({of.symbol, tick.trade(), b.source, tick.sequence}, b.source_version, tick);
  return {};
}

void KeptStorage::query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick, const tdk_cancel *) {
  announce(false);
  std::map<std::pair<Nanos, std::int64_t>, Tick> found;
  for (const auto &[key, kept] : store_.ticks)
    if (std::get<0>(key) == scan.symbol && std::get<1>(key) == scan.trades) found[{kept.second.time, kept.second.sequence}] = kept.second;
  if (found.empty()) return;
  if (scan.limit == 1) {
    on_tick(scan.newest ? found.rbegin()->second : found.begin()->second);
    return;
  }
  for (const auto &[at, tick] : found)
    if (!on_tick(tick)) return;
}

std::vector<LedgerEntry> KeptStorage::coverage(const Series &series, std::string_view source, TimeRange range, const tdk_cancel *) {
  announce(false);
  try {
    return store_.ledger.coverage(series, source, range);
  } catch (const Error &) {
    return {};
  }
}

std::vector<SeriesStat> KeptStorage::list_series(const tdk_cancel *) {
  announce(false);
  std::vector<SeriesStat> out;
  for (const auto &[name, known] : store_.series) {
    const auto &candles = known.second;
    SeriesStat stat{known.first, {}, {}, candles.standing.size(), 0};
    if (!candles.standing.empty()) stat.first = candles.standing.begin()->first, stat.last = candles.standing.rbegin()->first;
    for (const auto &[time, rows] : candles.former) stat.revisions += rows.size();
    out.push_back(stat);
  }
  return out;
}

void KeptStorage::store_symbols(const std::string &source, Nanos at, std::span<const SymbolInfo> rows) {
  announce(true);
  for (SymbolInfo row : rows) {
    row.source = source;
    row.fetched_at = at;
    auto &stored = store_.symbols[{row.symbol, source}];
    if (stored.symbol.empty() || stored.fetched_at <= at) stored = row;
  }
}

std::vector<SymbolInfo> KeptStorage::query_symbols(const std::string &, std::uint64_t, const tdk_cancel *) {
  announce(false);
  std::vector<SymbolInfo> out;
  for (const auto &[key, row] : store_.symbols) out.push_back(row);
  return out;
}

void KeptStorage::store_events(const std::string &source, Nanos at, std::span<const EconomicEvent> rows) {
  announce(true);
  for (EconomicEvent row : rows) {
    row.source = source;
    row.fetched_at = at;
    auto &stored = store_.events[{row.time, source, row.id, row.title}];
    if (stored.title.empty() || stored.fetched_at <= at) stored = row;
  }
}

std::vector<EconomicEvent> KeptStorage::query_events(TimeRange, const std::string &, const tdk_cancel *) {
  announce(false);
  std::vector<EconomicEvent> out;
  for (const auto &[key, row] : store_.events) out.push_back(row);
  return out;
}

void KeptStorage::read_candles(const Series &series, TimeRange range, const OnCandles &on_candles, const tdk_cancel *) {
  announce(false);
  const auto known = store_.series.find(series.name());
  if (known == store_.series.end()) throw Error(TDK_NOT_FOUND, "no such series");
  const auto &[standing, former] = known->second.second;
  KeptRows rows;
  for (auto it = standing.lower_bound(range.from); it != standing.lower_bound(range.to); ++it) append(rows, it->first, it->second);
  for (auto it = former.lower_bound(range.from); it != former.lower_bound(range.to); ++it)
    for (const auto &row : it->second) append(rows, it->first, row);
  for (const KeptBatches batches(rows); const auto &kept : batches.all())
    if (!on_candles(kept)) return;
}

std::uint64_t KeptStorage::write_candles(const Series &series, const KeptRows &rows) {
  announce(true);
  auto copy = store_.series.try_emplace(series.name(), series, KeptStore::Candles{}).first->second.second;
  std::uint64_t written = 0;
  for (const auto &r : rows.rows()) {
    const KeptStore::Row row{rows.origin_of(r), r.state, r.cells, r.replaced_at};
    if (!r.former()) {
      const auto [it, added] = copy.standing.try_emplace(r.open_time, row);
      if (!added && !(it->second == row)) throw Error(TDK_INVALID_ARGUMENT, "another value stands there");
      written += added;
    } else if (auto &former = copy.former[r.open_time]; std::find(former.begin(), former.end(), row) == former.end()) {
      former.push_back(row);
      ++written;
    }
  }
  store_.series.at(series.name()).second = std::move(copy);
  return written;
}

std::vector<std::string> KeptStorage::tick_symbols(const tdk_cancel *) {
  announce(false);
  std::set<std::string> out;
  for (const auto &[key, kept] : store_.ticks) out.insert(std::get<0>(key));
  return {out.begin(), out.end()};
}

void KeptStorage::read_ticks(const std::string &symbol, TimeRange range, const OnTicks &on_ticks, const tdk_cancel *) {
  announce(false);
  std::map<std::pair<std::string, std::string>, KeptTicks> groups;
  for (const auto &[key, kept] : store_.ticks) {
    if (std::get<0>(key) != symbol || kept.second.time < range.from || kept.second.time >= range.to) continue;
    groups.try_emplace({std::get<2>(key), kept.first}, KeptTicks{std::get<2>(key), kept.first, {}}).first->second.ticks.push_back(kept.second);
  }
  for (const auto &[origin, group] : groups)
    if (!on_ticks(group)) return;
}

}  // namespace tapedeck::testing
