#include "candle_reader.hpp"
#include "storage.hpp"
#include "tick_reader.hpp"

namespace tapedeck::postgres {
namespace {

constexpr const char *kCoverage =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT c.from_time, c.to_time, c.state, c.error, c.tries, c.next_try, c.updated,"
    " c.reason, o.name FROM coverage c JOIN source o ON o.id = c.source_id WHERE c.series_id = $1::int"
    " AND ($4 = '' OR o.name = $4) AND c.from_time < $3 AND c.to_time > $2 ORDER BY o.name, c.from_time";

tdk_coverage coverage_of(const Result &r, int row) {
  tdk_coverage c{};
  c.range = {r.integer(row, 0), r.integer(row, 1)};
  c.state = static_cast<std::uint32_t>(r.integer(row, 2));
  c.error = static_cast<tdk_status>(r.integer(row, 3));
  c.tries = static_cast<std::uint32_t>(r.integer(row, 4));
  c.next_try = r.cell(row, 5);
  c.updated = r.integer(row, 6);
  c.reason = str(r.text(row, 7));
  c.source = str(r.text(row, 8));
  return c;
}

constexpr const char *kRevisions =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT r.time, r.nanos, r.open, r.high, r.low, r.close, r.volume, b.price_exp,"
    " b.volume_exp, o.name, b.fetched_at, r.replaced_at FROM revision r JOIN batch b ON b.id = r.batch_id"
    " JOIN source o ON o.id = b.source_id WHERE r.series_id = $1::int AND (r.time, r.nanos) >= ($2, $3)"
    " AND (r.time, r.nanos) < ($4, $5) ORDER BY r.time, r.nanos, r.seq";

tdk_revision revision_of(const Result &r, int row) {
  tdk_revision v{};
  v.open_time = r.time(row, 0);
  v.price_exp = static_cast<std::int32_t>(r.integer(row, 7));
  v.volume_exp = static_cast<std::int32_t>(r.integer(row, 8));
  v.open = r.mantissa(row, 2, v.price_exp);
  v.high = r.mantissa(row, 3, v.price_exp);
  v.low = r.mantissa(row, 4, v.price_exp);
  v.close = r.mantissa(row, 5, v.price_exp);
  v.volume = r.mantissa(row, 6, v.volume_exp);
  v.source = str(r.text(row, 9));
  v.fetched_at = r.integer(row, 10);
  v.replaced_at = r.integer(row, 11);
  return v;
}

constexpr const char *kSeries =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT s.symbol, s.timeframe, s.price_type, s.adjustment, s.rows, s.revisions,"
    " f.time, f.nanos, l.time, l.nanos FROM series s"
    " LEFT JOIN LATERAL (SELECT time, nanos FROM candle WHERE series_id = s.id ORDER BY time, nanos LIMIT 1) f ON true"
    " LEFT JOIN LATERAL (SELECT time, nanos FROM candle WHERE series_id = s.id ORDER BY time DESC, nanos DESC LIMIT 1) l"
    " ON true ORDER BY s.symbol, s.price_type, s.adjustment, s.id";

tdk_series series_of(const Result &r, int row) {
  tdk_series s{};
  s.struct_size = sizeof s;
  s.symbol = str(r.text(row, 0));
  s.interval = kit::parse_interval(r.text(row, 1));
  s.price_type = static_cast<std::uint32_t>(r.integer(row, 2));
  s.adjustment = static_cast<std::uint32_t>(r.integer(row, 3));
  s.source = str("");
  return s;
}

using SeriesWriter = RowWriter<tdk_series_stat, tdk_series_sink, &tdk_series_sink::on_series>;
using CoverageWriter = RowWriter<tdk_coverage, tdk_coverage_sink, &tdk_coverage_sink::on_coverage>;
using RevisionWriter = RowWriter<tdk_revision, tdk_revision_sink, &tdk_revision_sink::on_revisions>;

}  // namespace

void PostgresStorage::query(const tdk_candle_request &request, const tdk_candle_sink &sink, const Cancel &cancel) {
  read("reading candles from", cancel, [&](bool &started) {
    const std::int64_t series = require_series(*request.series);
    CandleReader(db_, catalogue_, request, sink, cancel).stream(series, started);
  });
}

void PostgresStorage::query_quotes(const tdk_quote_request &request, const tdk_quote_sink &sink, const Cancel &cancel) {
  read("reading ticks from", cancel, [&](bool &started) {
    TickReader(db_, request, sink, cancel).stream(require_symbol(sv(request.symbol)), started);
  });
}

void PostgresStorage::coverage(const tdk_series &series, const tdk_range &range, const tdk_coverage_sink &sink,
                               const Cancel &cancel) {
  read("reading coverage from", cancel, [&](bool &started) {
    Params params;
    params.integer(require_series(series)).integer(range.from).integer(range.to).text(sv(series.source));
    CoverageWriter out(sink);
    each_row({db_, cancel, started, kCoverage, params}, [&](const Result &r, int row) { out.push(coverage_of(r, row)); });
  });
}

void PostgresStorage::list_series(const tdk_series_sink &sink, const Cancel &cancel) {
  read("listing the series of", cancel, [&](bool &started) {
    SeriesWriter out(sink);
    each_row({db_, cancel, started, kSeries, {}}, [&](const Result &r, int row) {
      const tdk_series series = series_of(r, row);
      tdk_series_stat stat{};
      stat.series = &series;
      stat.rows = static_cast<std::uint64_t>(r.integer(row, 4));
      stat.revisions = static_cast<std::uint64_t>(r.integer(row, 5));
      stat.first = r.is_null(row, 6) ? TDK_NULL_I64 : r.time(row, 6);
      stat.last = r.is_null(row, 8) ? TDK_NULL_I64 : r.time(row, 8);
      out.push(stat);
    });
  });
}

void PostgresStorage::revisions(const tdk_series &series, const tdk_range &range, const tdk_revision_sink &sink,
                                const Cancel &cancel) {
  read("reading revisions from", cancel, [&](bool &started) {
    Params params;
    params.integer(require_series(series)).moment(moment_of(range.from)).moment(moment_of(range.to));
    RevisionWriter out(sink);
    each_row({db_, cancel, started, kRevisions, params}, [&](const Result &r, int row) { out.push(revision_of(r, row)); });
  });
}

}  // namespace tapedeck::postgres
