#include "candle_reader.hpp"
#include "storage.hpp"
#include "ticks.hpp"

namespace tapedeck::sqlite {
namespace {

constexpr std::uint64_t kRowsBetweenChecks = 256;

// Asks now and then rather than at every row.
class Patience {
 public:
  explicit Patience(const Cancel &cancel) : cancel_(cancel) {}
  void row() {
    if (rows_++ % kRowsBetweenChecks == 0) cancel_.check();
  }

 private:
  const Cancel &cancel_;
  std::uint64_t rows_ = 0;
};

constexpr const char *kCoverage =
    "SELECT c.from_time, c.to_time, c.state, c.error, c.tries, c.next_try, c.updated, c.reason,"
    " o.name FROM source o CROSS JOIN coverage c ON c.series_id=?1 AND c.source_id=o.id"
    " WHERE (?4='' OR o.name=?4) AND c.from_time<?3 AND c.to_time>?2 ORDER BY o.name, c.from_time";

tdk_coverage coverage_of(const Use &row) {
  tdk_coverage c{};
  c.range = {row.integer(0), row.integer(1)};
  c.state = static_cast<std::uint32_t>(row.integer(2));
  c.error = static_cast<tdk_status>(row.integer(3));
  c.tries = static_cast<std::uint32_t>(row.integer(4));
  c.next_try = row.cell(5);
  c.updated = row.integer(6);
  c.reason = str(row.text(7));
  c.source = str(row.text(8));
  return c;
}

constexpr const char *kRevisions =
    "SELECT r.open_time, r.open, r.high, r.low, r.close, r.volume, b.price_exp, b.volume_exp,"
    " o.name, b.fetched_at, r.replaced_at FROM revision r JOIN batch b ON b.id=r.batch_id"
    " JOIN source o ON o.id=b.source_id WHERE r.series_id=?1 AND r.open_time>=?2 AND"
    " r.open_time<?3 ORDER BY r.open_time, r.seq";

tdk_revision revision_of(const Use &row) {
  tdk_revision r{};
  r.open_time = row.integer(0);
  r.open = row.integer(1);
  r.high = row.integer(2);
  r.low = row.integer(3);
  r.close = row.integer(4);
  r.volume = row.cell(5);
  r.price_exp = static_cast<std::int32_t>(row.integer(6));
  r.volume_exp = static_cast<std::int32_t>(row.integer(7));
  r.source = str(row.text(8));
  r.fetched_at = row.integer(9);
  r.replaced_at = row.integer(10);
  return r;
}

constexpr const char *kSeries =
    "SELECT symbol, interval, price_type, adjustment, rows, revisions,"
    " (SELECT min(open_time) FROM candle WHERE series_id=s.id),"
    " (SELECT max(open_time) FROM candle WHERE series_id=s.id)"
    " FROM series s ORDER BY symbol, price_type, adjustment, id";

using SeriesWriter = RowWriter<tdk_series_stat, tdk_series_sink, &tdk_series_sink::on_series>;
using CoverageWriter = RowWriter<tdk_coverage, tdk_coverage_sink, &tdk_coverage_sink::on_coverage>;
using RevisionWriter = RowWriter<tdk_revision, tdk_revision_sink, &tdk_revision_sink::on_revisions>;

tdk_series series_of(const Use &row) {
  tdk_series s{};
  s.struct_size = sizeof s;
  s.symbol = str(row.text(0));
  s.interval = parse_interval(row.text(1));
  s.price_type = static_cast<std::uint32_t>(row.integer(2));
  s.adjustment = static_cast<std::uint32_t>(row.integer(3));
  s.source = str("");
  return s;
}

}  // namespace

void SqliteStorage::query(const tdk_candle_request &request, const tdk_candle_sink &sink,
                          const Cancel &cancel) {
  db_.doing("reading candles from");
  cancel.check();
  // One moment for the whole answer: the newest rows, the scan and the batches they name.
  Transaction snapshot(db_, Transaction::Kind::Read);
  std::int64_t series = require_series(*request.series);
  CandleReader(db_, catalogue_, request, sink, cancel).stream(series);
  snapshot.commit();
}

void SqliteStorage::query_quotes(const tdk_quote_request &request, const tdk_quote_sink &sink,
                                 const Cancel &cancel) {
  db_.doing("reading ticks from");
  cancel.check();
  Transaction snapshot(db_, Transaction::Kind::Read);
  TickReader(db_, request, sink, cancel).stream(require_symbol(sv(request.symbol)));
  snapshot.commit();
}

void SqliteStorage::coverage(const tdk_series &series, const tdk_range &range,
                             const tdk_coverage_sink &sink, const Cancel &cancel) {
  db_.doing("reading coverage from");
  std::int64_t id = require_series(series);
  Use use = db_.use(kCoverage);
  use.bind(1, id).bind(2, range.from).bind(3, range.to).bind(4, sv(series.source));
  CoverageWriter out(sink);
  for (Patience patience(cancel); patience.row(), use.step();) out.push(coverage_of(use));
}

void SqliteStorage::list_series(const tdk_series_sink &sink, const Cancel &cancel) {
  db_.doing("listing the series of");
  Use use = db_.use(kSeries);
  SeriesWriter out(sink);
  for (Patience patience(cancel); patience.row(), use.step();) {
    tdk_series series = series_of(use);
    tdk_series_stat stat{};
    stat.series = &series;
    stat.rows = static_cast<std::uint64_t>(use.integer(4));
    stat.revisions = static_cast<std::uint64_t>(use.integer(5));
    stat.first = use.cell(6);
    stat.last = use.cell(7);
    out.push(stat);
  }
}

void SqliteStorage::revisions(const tdk_series &series, const tdk_range &range,
                              const tdk_revision_sink &sink, const Cancel &cancel) {
  db_.doing("reading revisions from");
  std::int64_t id = require_series(series);
  Use use = db_.use(kRevisions);
  use.bind(1, id).bind(2, range.from).bind(3, range.to);
  RevisionWriter out(sink);
  for (Patience patience(cancel); patience.row(), use.step();) out.push(revision_of(use));
}

}  // namespace tapedeck::sqlite
