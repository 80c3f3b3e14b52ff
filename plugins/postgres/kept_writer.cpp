#include "kept_writer.hpp"

#include "candle_rows.hpp"

namespace tapedeck::postgres {
namespace {

constexpr const char *kNewIds = "SELECT nextval('batch_ids') FROM generate_series(1, $1)";
constexpr const char *kAddBatches = R"sql(
WITH counted AS (UPDATE series SET rows = rows + $11 WHERE id = $1::int)
INSERT INTO batch(series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, id, rows)
SELECT $1::int, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                              $9::bigint[], $10::bigint[])
)sql";

constexpr const char *kStage =
    "COPY pg_temp.kept_stage(time, part, ordinal, trades, replaced_at, state, nanos, open, high, low, close, volume, turnover)"
    " FROM STDIN (FORMAT binary)";

const std::string kPages =
    "WITH page AS MATERIALIZED (SELECT nextval('batch_ids') AS id, p.* FROM unnest($2::bigint[], $3::bigint[], $4::text[],"
    " $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])"
    " AS p(source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, part)),";
// Of the rows in `fresh`.
const std::string kAddTheirBatches = R"sql(
added AS (
  INSERT INTO batch(id, series_id, source_id, rank, source_version, fetched_at, price_exp, volume_exp, turnover_exp, rows)
  SELECT p.id, $1::int, p.source_id, p.rank, p.source_version, p.fetched_at, p.price_exp, p.volume_exp, p.turnover_exp, w.rows
  FROM page p JOIN (SELECT part, count(*) AS rows FROM fresh GROUP BY part) w ON w.part = p.part),
)sql";
// Of the row `k` of a table and `n` of the staging table.
const std::string kSameCells =
    " k.open = n.open AND k.high = n.high AND k.low = n.low AND k.close = n.close AND k.volume IS NOT DISTINCT FROM n.volume"
    " AND k.turnover IS NOT DISTINCT FROM n.turnover AND k.trades IS NOT DISTINCT FROM n.trades AND k.state = n.state";

// What stands is looked up row by row, as in candle_writer.cpp and for the same reason.
const std::string kCompare = kPages + R"sql(
judged AS MATERIALIZED (
  SELECT n.*, p.id AS new_batch, o.there, o.same FROM page p JOIN pg_temp.kept_stage n ON n.part = p.part
  LEFT JOIN LATERAL (
    SELECT true AS there, )sql" + kSameCells + R"sql(
      AND (SELECT b.source_id = p.source_id AND b.rank = p.rank FROM batch b WHERE b.id = k.batch_id) AS same
    FROM candle k WHERE k.series_id = $1::int AND k.time = n.time AND k.nanos = n.nanos OFFSET 0) o ON true),
fresh AS (SELECT * FROM judged WHERE there IS NULL),)sql" + kAddTheirBatches + R"sql(
stored AS (
  INSERT INTO candle(time, batch_id, trades, series_id, state, nanos, open, high, low, close, volume, turnover)
  SELECT time, new_batch, trades, $1::int, state, nanos, open, high, low, close, volume, turnover FROM fresh ORDER BY time, nanos),
counted AS (UPDATE series SET rows = rows + (SELECT count(*) FROM fresh) WHERE id = $1::int)
SELECT count(*) FILTER (WHERE there IS NULL), count(*) FILTER (WHERE NOT same),
  to_char(min(time) FILTER (WHERE NOT same) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM judged
)sql";

const std::string kAddFormer = kPages + R"sql(
fresh AS MATERIALIZED (
  SELECT n.*, p.id AS new_batch FROM page p JOIN pg_temp.kept_stage n ON n.part = p.part
  LEFT JOIN LATERAL (
    SELECT true AS there FROM revision k JOIN batch b ON b.id = k.batch_id
    WHERE k.series_id = $1::int AND k.time = n.time AND k.nanos = n.nanos AND k.replaced_at = n.replaced_at
      AND b.source_id = p.source_id AND )sql" + kSameCells + R"sql( LIMIT 1) o ON true
  WHERE o.there IS NULL),)sql" + kAddTheirBatches + R"sql(
stored AS (
  INSERT INTO revision(series_id, time, nanos, open, high, low, close, volume, turnover, trades, state, batch_id, replaced_at)
  SELECT $1::int, time, nanos, open, high, low, close, volume, turnover, trades, state, new_batch, replaced_at
  FROM fresh ORDER BY ordinal),
counted AS (UPDATE series SET revisions = revisions + (SELECT count(*) FROM fresh) WHERE id = $1::int)
SELECT count(*) FROM fresh
)sql";

const tdk_candle_batch &batch_of(const KeptPage &page) { return *page.kept->batch; }
std::int64_t first_of(const KeptPage &page) { return batch_of(page).open_time[0]; }
std::int64_t last_of(const KeptPage &page) { return batch_of(page).open_time[batch_of(page).count - 1]; }

// $1 to $8 of the statements above.
Params params_of(std::int64_t series, const std::vector<KeptPage> &pages) {
  std::vector<std::int64_t> sources, ranks, fetched, prices, volumes, turnovers;
  std::vector<std::string_view> versions;
  for (const KeptPage &p : pages) {
    sources.push_back(p.source);
    ranks.push_back(p.kept->rank);
    versions.push_back(sv(p.kept->source_version));
    fetched.push_back(batch_of(p).fetched_at);
    prices.push_back(batch_of(p).price_exp);
    volumes.push_back(batch_of(p).volume_exp);
    turnovers.push_back(batch_of(p).turnover_exp);
  }
  Params out;
  out.integer(series).integers(sources).integers(ranks).texts(versions).integers(fetched);
  out.integers(prices).integers(volumes).integers(turnovers);
  return out;
}

}  // namespace

void make_kept_staging(Connection &db) {
  db.script(
      "CREATE TEMP TABLE IF NOT EXISTS kept_stage(time timestamptz NOT NULL, part bigint NOT NULL, ordinal bigint NOT NULL,"
      " trades bigint, replaced_at bigint, state int NOT NULL, nanos smallint NOT NULL, open numeric, high numeric, low numeric,"
      " close numeric, volume numeric, turnover numeric) ON COMMIT DELETE ROWS");
}

// Standing values in runs of ascending open times, so that one that comes twice in a call is compared with the
// first. Former ones in their order, all at once.
std::uint64_t KeptWriter::write(const Pages &pages) {
  Pages run, former;
  for (const KeptPage &page : pages) {
    if (batch_of(page).count == 0) continue;
    if (page.kept->replaced_at != nullptr) {
      former.push_back(page);
      continue;
    }
    if (!run.empty() && first_of(page) <= last_of(run.back())) {
      write_standing(run);
      run.clear();
    }
    run.push_back(page);
  }
  if (!run.empty()) write_standing(run);
  if (!former.empty()) write_former(former);
  return written_;
}

void KeptWriter::write_standing(const Pages &run) {
  if (!new_ranges(db_, {{series_, first_of(run.front()), last_of(run.back())}}).empty()) copy(run);
  else compare(run);
}

void KeptWriter::copy(const Pages &run) {
  const std::vector<std::int64_t> ids = add_batches(run);
  CopyIn out(db_, kCopyCandles, kCopyCandlesFields);
  for (std::size_t i = 0; i < run.size(); ++i) copy_candles(out, batch_of(run[i]), series_, ids[i]);
  out.finish();
}

std::vector<std::int64_t> KeptWriter::add_batches(const Pages &run) {
  std::vector<std::int64_t> ids, rows;
  std::int64_t all = 0;
  const Result r = db_.run(kNewIds, Params().integer(static_cast<std::int64_t>(run.size())));
  for (std::size_t i = 0; i < run.size(); ++i) {
    ids.push_back(r.integer(static_cast<int>(i), 0));
    rows.push_back(static_cast<std::int64_t>(batch_of(run[i]).count));
    all += rows.back();
  }
  db_.run(kAddBatches, params_of(series_, run).integers(ids).integers(rows).integer(all));
  written_ += static_cast<std::uint64_t>(all);
  return ids;
}

// Returns the parameters of the statement that takes them from there.
Params KeptWriter::stage(const Pages &pages) {
  std::vector<std::int64_t> parts;
  CopyIn out(db_, kStage, 13);
  for (const KeptPage &page : pages) {
    parts.push_back(parts_++);
    const tdk_candle_batch &b = batch_of(page);
    for (std::uint64_t i = 0; i < b.count; ++i) {
      const Moment time = moment_of(b.open_time[i]);
      out.begin_row();
      out.integer(time.micros);
      out.integer(parts.back());
      out.integer(rows_++);
      out.cell(cell(b.trades, i));
      out.cell(cell(page.kept->replaced_at, i));
      out.integer(state_of(b, i));
      out.integer(time.nanos);
      put_prices(out, b, i);
    }
  }
  out.finish();
  return params_of(series_, pages).integers(parts);
}

void KeptWriter::compare(const Pages &run) {
  const Params params = stage(run);
  const Result r = db_.run(kCompare.c_str(), params);
  if (const std::int64_t others = r.integer(0, 1); others > 0)
    db_.fail(TDK_INVALID_ARGUMENT, std::to_string(others) + " of the values have another in their place, the first at " +
                                       std::string(r.text(0, 2)) + "; nothing of this call is stored",
             "copy into an empty store");
  written_ += static_cast<std::uint64_t>(r.integer(0, 0));
}

void KeptWriter::write_former(const Pages &pages) {
  const Params params = stage(pages);
  written_ += static_cast<std::uint64_t>(db_.run(kAddFormer.c_str(), params).integer(0, 0));
}

}  // namespace tapedeck::postgres
