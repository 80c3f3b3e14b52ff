#include "candle_writer.hpp"

#include "candle_rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tapedeck::postgres {
namespace {

// Below, looking whether the range is new costs more than the staging table does.
constexpr std::uint64_t kWorthLooking = 200;

// In the order of the pages.
constexpr const char *kAddBatches = R"sql(
WITH page AS MATERIALIZED (
  SELECT nextval('batch_ids') AS id, p.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                       $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
    AS p(part, series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, rows)),
counted AS (
  UPDATE series s SET rows = s.rows + c.rows FROM (SELECT series_id, sum(rows) AS rows FROM page GROUP BY series_id) c
  WHERE s.id = c.series_id),
added AS (
  INSERT INTO batch(id, series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, rows)
  SELECT id, series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, rows FROM page)
SELECT id FROM page ORDER BY part
)sql";

constexpr const char *kStage =
    "COPY pg_temp.candle_stage(time, part, trades, state, nanos, open, high, low, close, volume, turnover)"
    " FROM STDIN (FORMAT binary)";

// The rule of abi/storage.h. Final over forming, then the lower rank, then the later: 0 not there yet,
// 1 replaces, 2 equal but of a better rank: takes the row over, 3 equal, 4 outranked. An equal value of a
// better rank takes the row over, although nobody sees a difference: otherwise a value of a rank in between,
// which has to lose against the better one, would win when it comes last and lose when it comes first.
// NUMERICs are equal as numbers are; whether a value replaced another says nothing about the value (bit 4).
// Rank 0 has nobody before it, which spares the look into batch.
// A forming value that gives way leaves nothing behind; a final one is kept, and with it its batch.
// What is stored is read page by page, from its first time to its last ($11 and $12, microseconds since 2000), by the
// key; OFFSET 0 keeps it so, whatever the planner does not know of the newest rows. Of a page whose rows lie far apart
// ($13) it is looked up row by row. The two are put together by a FULL JOIN, because that is never a nested loop, which
// the planner takes for cheap, having no statistics of either.
const std::string kJudge = R"sql(
WITH page AS MATERIALIZED (
  SELECT nextval('batch_ids') AS id, p.*,
    timestamptz '2000-01-01 00:00:00+00' + p.first * interval '1 microsecond' AS begins,
    timestamptz '2000-01-01 00:00:00+00' + p.last * interval '1 microsecond' AS ends
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
              $9::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
    AS p(part, series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, first, last, sparse)),
judged AS MATERIALIZED (
  SELECT n.*, p.id AS new_batch, p.series_id::int AS series_id,
    CASE WHEN old_batch IS NULL THEN 0
      WHEN (old_state & 1) <> (state & 1) THEN CASE state & 1 WHEN 0 THEN 1 ELSE 4 END
      WHEN old_open = open AND old_high = high AND old_low = low AND old_close = close
        AND old_volume IS NOT DISTINCT FROM volume AND old_turnover IS NOT DISTINCT FROM turnover
        AND old_trades IS NOT DISTINCT FROM trades AND (old_state & ~4) = (state & ~4)
        THEN CASE WHEN p.rank < (SELECT b.rank FROM batch b WHERE b.id = old_batch) THEN 2 ELSE 3 END
      WHEN p.rank = 0 OR p.rank <= (SELECT b.rank FROM batch b WHERE b.id = old_batch) THEN 1 ELSE 4 END AS verdict
  FROM page p JOIN (
    SELECT s.*, o.batch_id AS old_batch, o.state AS old_state, o.open AS old_open, o.high AS old_high, o.low AS old_low,
      o.close AS old_close, o.volume AS old_volume, o.turnover AS old_turnover, o.trades AS old_trades
    FROM pg_temp.candle_stage s FULL JOIN (
      SELECT d.part, k.* FROM page d CROSS JOIN LATERAL (
        SELECT * FROM candle c WHERE c.series_id = d.series_id::int AND c.time >= d.begins AND c.time <= d.ends OFFSET 0) k
      WHERE d.sparse = 0
      UNION ALL
      SELECT d.part, k.* FROM page d JOIN pg_temp.candle_stage s ON s.part = d.part CROSS JOIN LATERAL (
        SELECT * FROM candle c WHERE c.series_id = d.series_id::int AND c.time = s.time AND c.nanos = s.nanos OFFSET 0) k
      WHERE d.sparse = 1) o ON o.part = s.part AND o.time = s.time AND o.nanos = s.nanos OFFSET 0) n ON n.part = p.part),
fresh AS (
  INSERT INTO batch(id, series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, rows)
  SELECT p.id, p.series_id, p.source_id, p.rank, p.source_version, p.fetched_at, p.price_exp, p.volume_exp,
    p.turnover_exp, w.rows
  FROM page p JOIN (SELECT part, count(*) AS rows FROM judged WHERE verdict <= 2 GROUP BY part) w ON w.part = p.part),
kept AS (
  INSERT INTO revision(series_id, time, nanos, open, high, low, close, volume, turnover, trades, state, batch_id, replaced_at)
  SELECT series_id, time, nanos, old_open, old_high, old_low, old_close, old_volume, old_turnover, old_trades, old_state,
    old_batch, $10 FROM judged WHERE verdict = 1 AND old_state & 1 = 0),
freed AS MATERIALIZED (
  SELECT old_batch, count(*) AS rows FROM judged WHERE verdict = 2 OR (verdict = 1 AND old_state & 1 = 1) GROUP BY old_batch),
lowered AS (UPDATE batch b SET rows = b.rows - f.rows FROM freed f WHERE b.id = f.old_batch AND b.rows > f.rows),
emptied AS (DELETE FROM batch b USING freed f WHERE b.id = f.old_batch AND b.rows <= f.rows),
added AS (
  INSERT INTO candle(time, batch_id, trades, series_id, state, nanos, open, high, low, close, volume, turnover)
  SELECT time, new_batch, trades, series_id, state, nanos, open, high, low, close, volume, turnover
  FROM judged WHERE verdict = 0 ORDER BY series_id, time, nanos),
stored AS (
  INSERT INTO candle(time, batch_id, trades, series_id, state, nanos, open, high, low, close, volume, turnover)
  SELECT time, new_batch, trades, series_id, state, nanos, open, high, low, close, volume, turnover
  FROM judged WHERE verdict IN (1, 2) ORDER BY series_id, time, nanos
  ON CONFLICT (series_id, time, nanos) DO UPDATE SET batch_id = excluded.batch_id, trades = excluded.trades,
    state = excluded.state, open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, turnover = excluded.turnover),
counted AS (
  UPDATE series s SET rows = s.rows + c.added, revisions = s.revisions + c.kept
  FROM (SELECT series_id, count(*) FILTER (WHERE verdict = 0) AS added,
               count(*) FILTER (WHERE verdict = 1 AND old_state & 1 = 0) AS kept FROM judged GROUP BY series_id) c
  WHERE s.id = c.series_id AND (c.added > 0 OR c.kept > 0))
)sql";
const std::string kMerge = kJudge + "SELECT verdict, count(*) FROM judged GROUP BY verdict";
// Where events wait for it, what became of each row.
const std::string kMergeAndTell = kJudge + "SELECT verdict, part, time, nanos FROM judged";

// The pages of one merge as the columns of `page`, parts from `part` on.
Params params_of(const std::vector<Page> &pages, std::int64_t part) {
  std::vector<std::int64_t> parts, series, sources, ranks, fetched, prices, volumes, turnovers;
  std::vector<std::string_view> versions;
  for (const Page &p : pages) {
    parts.push_back(part++);
    series.push_back(p.series);
    sources.push_back(p.source);
    ranks.push_back(p.commit->rank);
    versions.push_back(sv(p.commit->source_version));
    fetched.push_back(p.commit->fetched_at);
    prices.push_back(p.commit->batch->price_exp);
    volumes.push_back(p.commit->batch->volume_exp);
    turnovers.push_back(p.commit->batch->turnover_exp);
  }
  Params out;
  out.integers(parts).integers(series).integers(sources).integers(ranks).texts(versions).integers(fetched);
  out.integers(prices).integers(volumes).integers(turnovers);
  return out;
}

constexpr std::array<std::uint64_t, 6> kShortest = {1, 60, 3'600, 86'400, 604'800, 2'419'200};  // seconds of a unit
// How many rows there can be from the first to the last for each that there is, before they are looked up one by one.
constexpr std::int64_t kSparse = 8;

bool is_sparse(const Page &page) {
  const tdk_candle_batch &b = *page.commit->batch;
  const auto between = static_cast<std::uint64_t>(b.open_time[b.count - 1]) - static_cast<std::uint64_t>(b.open_time[0]);
  const tdk_interval &interval = page.commit->series->interval;
  const std::uint64_t slot = kShortest[interval.unit - 1] * 1'000'000'000 * interval.count;
  return between / slot / kSparse > b.count;
}

// Both ascend, and are not empty.
bool overlap(const Page &a, const Page &b) {
  const tdk_candle_batch &one = *a.commit->batch, &other = *b.commit->batch;
  return a.series == b.series && one.open_time[0] <= other.open_time[other.count - 1] &&
         other.open_time[0] <= one.open_time[one.count - 1];
}

}  // namespace

void make_staging(Connection &db) {
  db.script(
      "CREATE TEMP TABLE IF NOT EXISTS candle_stage(time timestamptz NOT NULL, part bigint NOT NULL, trades bigint,"
      " state int NOT NULL, nanos smallint NOT NULL, open numeric, high numeric, low numeric, close numeric,"
      " volume numeric, turnover numeric) ON COMMIT DELETE ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS tick_stage(time timestamptz, sequence bigint, trades bigint, symbol_id int,"
      " source_id int, format_id int, flags int, kind smallint, nanos smallint, bid numeric, ask numeric, last numeric,"
      " bid_size numeric, ask_size numeric, last_size numeric, volume numeric) ON COMMIT DELETE ROWS");
}

// Pages with rows in common keep their order: those before are stored before the next.
Tally CandleWriter::store(const std::vector<Page> &pages) {
  std::vector<Page> apart;
  for (const Page &page : pages) {
    if (std::any_of(apart.begin(), apart.end(), [&](const Page &p) { return overlap(p, page); })) store_apart(std::exchange(apart, {}));
    apart.push_back(page);
  }
  store_apart(apart);
  return tally_;
}

// No two of them have a row in common.
void CandleWriter::store_apart(const std::vector<Page> &pages) {
  const std::vector<bool> is_new = which_are_new(pages);
  std::vector<Page> fresh;
  for (std::size_t i = 0; i < pages.size(); ++i) (is_new[i] ? fresh : staged_).push_back(pages[i]);
  copy(fresh);
  merge();
}

std::vector<bool> CandleWriter::which_are_new(const std::vector<Page> &pages) {
  std::vector<bool> out(pages.size(), false);
  std::vector<Span> spans;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const tdk_candle_batch &b = *pages[i].commit->batch;
    if (b.count < kWorthLooking) continue;
    asked.push_back(i);
    spans.push_back({pages[i].series, b.open_time[0], b.open_time[b.count - 1]});
  }
  for (const std::size_t n : new_ranges(db_, spans)) out[asked[n]] = true;
  return out;
}

void CandleWriter::copy(const std::vector<Page> &pages) {
  if (pages.empty()) return;
  std::vector<std::int64_t> rows;
  for (const Page &p : pages) rows.push_back(static_cast<std::int64_t>(p.commit->batch->count));
  const Result ids = db_.run(kAddBatches, params_of(pages, 0).integers(rows));
  CopyIn out(db_, kCopyCandles, kCopyCandlesFields);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const tdk_candle_batch &b = *pages[i].commit->batch;
    copy_candles(out, b, pages[i].series, ids.integer(static_cast<int>(i), 0));
    tally_.inserted += b.count;
    if (pages[i].stored != nullptr) pages[i].stored->assign(b.count, true);
  }
  out.finish();
}

void CandleWriter::stage() {
  CopyIn out(db_, kStage, 11);
  for (const Page &page : staged_) {
    const tdk_candle_batch &b = *page.commit->batch;
    for (std::uint64_t i = 0; i < b.count; ++i) {
      const Moment time = moment_of(b.open_time[i]);
      out.begin_row();
      out.integer(time.micros);
      out.integer(parts_);
      out.cell(cell(b.trades, i));
      out.integer(state_of(b, i));
      out.integer(time.nanos);
      put_prices(out, b, i);
    }
    ++parts_;
  }
  out.finish();
}

void CandleWriter::count(std::int64_t verdict, std::uint64_t rows) {
  switch (verdict) {
    case 0: tally_.inserted += rows; break;
    case 1: tally_.updated += rows; break;
    case 4: tally_.outranked += rows; break;
    default: tally_.unchanged += rows;
  }
}

void CandleWriter::tell(const Result &r, std::int64_t first_part) {
  for (int row = 0; row < r.rows(); ++row) {
    const std::int64_t verdict = r.integer(row, 0);
    count(verdict, 1);
    const Page &page = staged_[static_cast<std::size_t>(r.integer(row, 1) - first_part)];
    if (verdict > 1 || page.stored == nullptr) continue;
    const std::int64_t *times = page.commit->batch->open_time;
    const auto at = std::lower_bound(times, times + page.commit->batch->count, r.time(row, 2));
    (*page.stored)[static_cast<std::size_t>(at - times)] = true;
  }
}

void CandleWriter::merge() {
  if (staged_.empty()) return;
  const std::int64_t first_part = parts_;
  stage();
  std::vector<std::int64_t> first, last, sparse;
  for (const Page &p : staged_) {
    const tdk_candle_batch &b = *p.commit->batch;
    first.push_back(moment_of(b.open_time[0]).micros);
    last.push_back(moment_of(b.open_time[b.count - 1]).micros);
    sparse.push_back(is_sparse(p) ? 1 : 0);
  }
  const Params params = params_of(staged_, first_part).integer(now_).integers(first).integers(last).integers(sparse);
  if (std::any_of(staged_.begin(), staged_.end(), [](const Page &p) { return p.stored != nullptr; })) {
    tell(db_.run(kMergeAndTell.c_str(), params), first_part);
  } else {
    const Result r = db_.run(kMerge.c_str(), params);
    for (int row = 0; row < r.rows(); ++row) count(r.integer(row, 0), static_cast<std::uint64_t>(r.integer(row, 1)));
  }
  staged_.clear();
}

}  // namespace tapedeck::postgres
