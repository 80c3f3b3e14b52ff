// What storage keeps beside series and ticks: symbols and economic events.
#include "kit/storage/fact_check.hpp"
#include "kit/storage/limit.hpp"
#include "kit/storage/utf8.hpp"
#include "storage.hpp"
#include "stream.hpp"

namespace tapedeck::postgres {
namespace {

constexpr const char *kStoreSymbol = R"sql(
INSERT INTO instrument(symbol, source_id, asset_class, name, exchange, currency, country, isin, vendor_symbol, status,
                       price_exp, earliest, fetched_at)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (symbol, source_id) DO UPDATE SET asset_class = excluded.asset_class, name = excluded.name,
  exchange = excluded.exchange, currency = excluded.currency, country = excluded.country, isin = excluded.isin,
  vendor_symbol = excluded.vendor_symbol, status = excluded.status, price_exp = excluded.price_exp,
  earliest = excluded.earliest, fetched_at = excluded.fetched_at WHERE excluded.fetched_at >= instrument.fetched_at
)sql";

constexpr const char *kStoreEvent = R"sql(
INSERT INTO economic_event(source_id, event_id, key_time, key_text, time, importance, title, country, currency, unit,
                           actual, actual_exp, forecast, forecast_exp, previous, previous_exp, fetched_at)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (source_id, event_id, key_time, key_text) DO UPDATE SET time = excluded.time,
  importance = excluded.importance, title = excluded.title, country = excluded.country, currency = excluded.currency,
  unit = excluded.unit, actual = excluded.actual, actual_exp = excluded.actual_exp, forecast = excluded.forecast,
  forecast_exp = excluded.forecast_exp, previous = excluded.previous, previous_exp = excluded.previous_exp,
  fetched_at = excluded.fetched_at WHERE excluded.fetched_at >= economic_event.fetched_at
)sql";

constexpr const char *kSymbols =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT i.symbol, i.asset_class, i.name, i.exchange, i.currency, i.country, i.isin,"
    " i.vendor_symbol, i.status, i.price_exp, i.earliest, o.name, i.fetched_at"
    " FROM instrument i JOIN source o ON o.id = i.source_id WHERE ($1 = '' OR i.symbol = $1) AND"
    " ($2 = '' OR o.name = $2) ORDER BY i.symbol, o.name LIMIT $3";

constexpr const char *kEvents =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT e.time, e.importance, e.event_id, e.title, e.country, e.currency, e.unit,"
    " e.actual, e.actual_exp, e.forecast, e.forecast_exp, e.previous, e.previous_exp, o.name, e.fetched_at"
    " FROM economic_event e JOIN source o ON o.id = e.source_id WHERE e.time >= $1 AND e.time < $2 AND"
    " ($3 = '' OR e.country = $3) AND ($4 = '' OR o.name = $4)"
    " ORDER BY e.time, o.name, e.event_id, e.country, e.title";

void bind(Params &p, std::int64_t source, std::int64_t fetched_at, const tdk_symbol &s) {
  p.text(sv(s.symbol)).integer(source).integer(s.asset_class).text(kit::storable(sv(s.name))).text(kit::storable(sv(s.exchange)));
  p.text(kit::storable(sv(s.currency))).text(kit::storable(sv(s.country))).text(kit::storable(sv(s.isin)));
  p.text(kit::storable(sv(s.vendor_symbol))).integer(s.status);
  p.cell(s.price_exp_known != 0 ? s.price_exp : TDK_NULL_I64).cell(s.earliest).integer(fetched_at);
}

void bind(Params &p, std::int64_t source, std::int64_t fetched_at, const tdk_calendar_event &e) {
  p.integer(source).text(sv(e.id)).integer(e.id.size > 0 ? 0 : e.time).text(kit::event_key(e)).integer(e.time);
  p.integer(e.importance).text(sv(e.title)).text(sv(e.country)).text(kit::storable(sv(e.currency))).text(kit::storable(sv(e.unit)));
  p.decimal(e.actual).decimal(e.forecast).decimal(e.previous).integer(fetched_at);
}

tdk_decimal decimal_of(const Result &r, int row, int column) {
  if (r.is_null(row, column)) return {};
  const auto exp = static_cast<std::int32_t>(r.integer(row, column + 1));
  return {r.mantissa(row, column, exp), exp, 1};
}

tdk_symbol symbol_of(const Result &r, int row) {
  tdk_symbol s{};
  s.symbol = str(r.text(row, 0));
  s.asset_class = static_cast<std::uint32_t>(r.integer(row, 1));
  s.name = str(r.text(row, 2));
  s.exchange = str(r.text(row, 3));
  s.currency = str(r.text(row, 4));
  s.country = str(r.text(row, 5));
  s.isin = str(r.text(row, 6));
  s.vendor_symbol = str(r.text(row, 7));
  s.status = static_cast<std::uint32_t>(r.integer(row, 8));
  s.price_exp_known = !r.is_null(row, 9);
  if (s.price_exp_known != 0) s.price_exp = static_cast<std::int32_t>(r.integer(row, 9));
  s.earliest = r.cell(row, 10);
  s.source = str(r.text(row, 11));
  s.fetched_at = r.integer(row, 12);
  return s;
}

tdk_calendar_event event_of(const Result &r, int row) {
  tdk_calendar_event e{};
  e.time = r.integer(row, 0);
  e.importance = static_cast<std::uint32_t>(r.integer(row, 1));
  e.id = str(r.text(row, 2));
  e.title = str(r.text(row, 3));
  e.country = str(r.text(row, 4));
  e.currency = str(r.text(row, 5));
  e.unit = str(r.text(row, 6));
  e.actual = decimal_of(r, row, 7);
  e.forecast = decimal_of(r, row, 9);
  e.previous = decimal_of(r, row, 11);
  e.source = str(r.text(row, 13));
  e.fetched_at = r.integer(row, 14);
  return e;
}

}  // namespace

template <class T>
void PostgresStorage::write_facts(const char *sql, std::string_view source, std::int64_t fetched_at, const Rows<T> &rows) {
  kit::check_facts(source, rows);
  Attempt attempt;
  attempt.body = [&] {
    const std::int64_t id = catalogue_.obtain_source(source);
    db_.run_all(sql, rows.count, [&](std::uint64_t i, Params &p) { bind(p, id, fetched_at, rows[i]); });
  };
  attempt.undone = [&] { catalogue_.forget(); };
  in_transaction(db_, kWrite, attempt);
}

void PostgresStorage::store_symbols(std::string_view source, std::int64_t fetched_at, const Rows<tdk_symbol> &rows) {
  need_writable("storing symbols in");
  write_facts(kStoreSymbol, source, fetched_at, rows);
}

void PostgresStorage::store_events(std::string_view source, std::int64_t fetched_at, const Rows<tdk_calendar_event> &rows) {
  need_writable("storing economic events in");
  write_facts(kStoreEvent, source, fetched_at, rows);
}

void PostgresStorage::query_symbols(const tdk_symbol_request &request, const tdk_symbol_sink &sink, const Cancel &cancel) {
  read("reading symbols from", cancel, [&](bool &started) {
    const Params params = Params().text(sv(request.symbol)).text(sv(request.source)).integer(kit::sql_limit(request.limit));
    SymbolWriter out(sink);
    each_row({db_, cancel, started, kSymbols, params}, [&](const Result &r, int row) { out.push(symbol_of(r, row)); });
  });
}

void PostgresStorage::query_events(const tdk_event_request &request, const tdk_calendar_sink &sink, const Cancel &cancel) {
  read("reading economic events from", cancel, [&](bool &started) {
    Params params;
    params.integer(request.range.from).integer(request.range.to).text(sv(request.country)).text(sv(request.source));
    CalendarWriter out(sink);
    each_row({db_, cancel, started, kEvents, params}, [&](const Result &r, int row) { out.push(event_of(r, row)); });
  });
}

}  // namespace tapedeck::postgres
