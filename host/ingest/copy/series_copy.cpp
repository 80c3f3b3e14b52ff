#include "ingest/copy/series_copy.hpp"

#include <map>

#include "ingest/copy/ledger_difference.hpp"

namespace tapedeck {
namespace {

// Of a candle by month, which has no fixed length, the shortest.
Nanos first_width(Interval interval, std::size_t rows) {
  const Nanos slot = interval.fixed_length() > 0 ? interval.fixed_length() : 28 * kDay;
  const auto n = static_cast<Nanos>(rows);
  return slot > INT64_MAX / n ? INT64_MAX : slot * n;
}

TimeRange hull(TimeRange a, TimeRange b) {
  if (a.empty()) return b;
  return b.empty() ? a : TimeRange{std::min(a.from, b.from), std::max(a.to, b.to)};
}

SeriesStat stat_of(Storage &store, const Series &series, const tdk_cancel *cancel) {
  for (auto &s : store.list_series(cancel))
    if (s.series == series) return s;
  SeriesStat none;
  none.series = series;
  return none;
}

Commit commit_of(const Series &series, const std::string &source) {
  Commit c;
  c.series = series;
  c.source = source;
  return c;
}

// A row as columns of its own.
CandleColumns columns_of(const KeptRow &row, const KeptOrigin &origin) {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = 1;
  b.price_exp = origin.price_exp;
  b.volume_exp = origin.volume_exp;
  b.turnover_exp = origin.turnover_exp;
  b.open_time = &row.open_time;
  const std::int64_t **cells[] = {&b.open, &b.high, &b.low, &b.close, &b.volume, &b.turnover, &b.trades};
  for (std::size_t c = 0; c < row.cells.size(); ++c) *cells[c] = &row.cells[c];
  b.state = &row.state;
  CandleColumns out;
  out.append(b);
  return out;
}

void note(Sightings &sightings, const std::vector<Nanos> &times) {
  for (const Nanos t : times) sightings.add(t);
}

void note(CopyPart &part, const KeptDifference &difference) {
  for (const KeptRow *row : difference.missing) part.missing.add(row->open_time);
  for (const auto &behind : difference.behind) part.missing.add(behind.later.front().row->open_time);
  note(part.different, difference.different);
  note(part.other_origin, difference.other_origin);
  note(part.extra, difference.extra);
}

}  // namespace

// From the first row or ledger entry to the end of the last, on the grid.
TimeRange SeriesCopy::extent(Storage &store, const Series &series) const {
  return patiently(ports_, [&] {
    const Interval grid = series.interval;
    const SeriesStat stat = stat_of(store, series, ports_.cancel);
    TimeRange out;
    if (stat.first && stat.last) out = {grid.floor(*stat.first), grid.next(grid.floor(*stat.last))};
    for (const auto &e : ledger_of(store, series, kWholeTime)) out = hull(out, e.range);
    return out;
  });
}

std::vector<LedgerEntry> SeriesCopy::ledger_of(Storage &store, const Series &series, TimeRange range) const {
  return patiently(ports_, [&] { return store.coverage(series, "", range, ports_.cancel); });
}

// False: there is more than the piece may have.
bool SeriesCopy::read(Storage &store, const Series &series, const SliceWalk &walk, KeptRows &out) const {
  throw_when_cancelled(ports_);
  return patiently(ports_, [&] {
    out.clear();
    const auto take = [&](const tdk_kept_candles &kept) {
      out.append(kept);
      return out.size() <= walk.limit();
    };
    try {
      store.transfer().read_candles(series, walk.piece(), take, ports_.cancel);
    } catch (const Error &e) {
      if (e.code() != TDK_NOT_FOUND) throw;  // the series is not there: no rows
    }
    return out.size() <= walk.limit();
  });
}

std::uint64_t SeriesCopy::copy(const Series &series) {
  std::uint64_t written = 0;
  SliceWalk walk(extent(ports_.from, series), first_width(series.interval, ports_.slice_rows), series.interval, ports_.slice_rows);
  while (walk.more()) {
    // Before the rows: what comes meanwhile must not be claimed.
    const auto ledger = ledger_of(ports_.from, series, walk.piece());
    if (!read(ports_.to, series, walk, to_) || !read(ports_.from, series, walk, from_)) {
      walk.halve();
      continue;
    }
    bool conflict = false;
    written += copy_rows(series, conflict);
    if (!conflict) copy_ledger(series, ledger, walk.piece());
    ports_.progress.rows += from_.size();
    walk.advance(from_.size());
  }
  return written;
}

std::uint64_t SeriesCopy::copy_rows(const Series &series, bool &conflict) {
  const auto write = [&](const KeptRows &rows) {
    return patiently(ports_, [&] { return ports_.to.transfer().write_candles(series, rows); });
  };
  if (to_.empty()) return from_.empty() ? 0 : write(from_);
  const KeptDifference difference = difference_of(from_, to_);
  conflict = !difference.different.empty();
  std::uint64_t written = 0;
  if (!difference.missing.empty()) {
    KeptRows missing;
    for (const KeptRow *row : difference.missing) missing.append(from_, *row);
    written += write(missing);
  }
  for (const auto &behind : difference.behind) written += catch_up(series, behind);
  return written;
}

// As the values came to the first store: then the other one keeps the same former values.
std::uint64_t SeriesCopy::catch_up(const Series &series, const CandleBehind &behind) {
  for (const auto &[row, came] : behind.later) {
    const KeptOrigin &origin = from_.origin_of(*row);
    const CandleColumns candle = columns_of(*row, origin);
    const PretendClock::Scope then(ports_.to_clock, came);
    Commit c = commit_of(series, origin.source);
    c.source_version = origin.source_version;
    c.rank = origin.rank;
    c.fetched_at = origin.fetched_at;
    c.candles = &candle;
    patiently(ports_, [&] { return ports_.to.commit(c); });
  }
  return behind.later.size();
}

// After the rows it tells of. What is said otherwise there, and later, stays.
void SeriesCopy::copy_ledger(const Series &series, const std::vector<LedgerEntry> &ledger, TimeRange range) {
  const auto wanted = ledger_to_write(ledger, ledger_of(ports_.to, series, range), range);
  std::map<std::string, Commit> commits;
  for (const auto &entry : wanted)
    commits.try_emplace(entry.source, commit_of(series, entry.source)).first->second.ledger.push_back(entry);
  for (const auto &[source, commit] : commits) patiently(ports_, [&] { return ports_.to.commit(commit); });
}

CopyPart SeriesCopy::compare(const Series &series) {
  CopyPart part;
  part.name = series.name();
  KeptChecksum here, there;
  SliceWalk walk(hull(extent(ports_.from, series), extent(ports_.to, series)), first_width(series.interval, ports_.slice_rows),
                 series.interval, ports_.slice_rows);
  while (walk.more()) {
    if (!read(ports_.to, series, walk, to_) || !read(ports_.from, series, walk, from_)) {
      walk.halve();
      continue;
    }
    here.add(from_);
    there.add(to_);
    note(part, difference_of(from_, to_));
    part.rows += from_.standing();
    part.revisions += from_.size() - from_.standing();
    if (from_.standing() > 0) {
      if (!part.first) part.first = from_.rows().front().open_time;
      part.last = from_.rows()[from_.standing() - 1].open_time;
    }
    ports_.progress.rows += from_.size();
    walk.advance(std::max(from_.size(), to_.size()));
  }
  part.checksum = here.value();
  part.checksum_there = there.value();
  compare_ledgers(series, part);
  return part;
}

void SeriesCopy::compare_ledgers(const Series &series, CopyPart &part) const {
  const auto there = ledger_of(ports_.to, series, kWholeTime), here = ledger_of(ports_.from, series, kWholeTime);
  part.ledger = here.size();
  const auto lacks = [](const std::vector<LedgerEntry> &all, const LedgerEntry &e) {
    return std::none_of(all.begin(), all.end(), [&](const LedgerEntry &o) { return same_entry(o, e); });
  };
  if (here.size() == there.size() && std::equal(here.begin(), here.end(), there.begin(), same_entry)) return;
  for (const auto &e : here)
    if (lacks(there, e)) part.ledger_differs.add(e.range.from);
  for (const auto &e : there)
    if (lacks(here, e)) part.ledger_differs.add(e.range.from);
}

}  // namespace tapedeck
