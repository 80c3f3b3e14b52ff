#include "fact_rows.hpp"

#include "kit/storage/fact_check.hpp"

#include <string>

namespace tapedeck::sqlite {
namespace {

void bind_decimal(Use &use, int parameter, const tdk_decimal &d) {
  use.bind_cell(parameter, d.present != 0 ? d.mantissa : TDK_NULL_I64);
  use.bind_cell(parameter + 1, d.present != 0 ? d.exp : TDK_NULL_I64);
}

tdk_decimal decimal_of(const Use &row, int column) {
  if (row.cell(column) == TDK_NULL_I64) return {};
  return {row.integer(column), static_cast<std::int32_t>(row.integer(column + 1)), 1};
}

}  // namespace

const char *const kSymbols =
    "SELECT i.symbol, i.asset_class, i.name, i.exchange, i.currency, i.country, i.isin,"
    " i.vendor_symbol, i.status, i.price_exp, i.earliest, o.name, i.fetched_at"
    " FROM instrument i JOIN source o ON o.id=i.source_id WHERE (?1='' OR i.symbol=?1) AND"
    " (?2='' OR o.name=?2) ORDER BY i.symbol, o.name LIMIT ?3";

const char *const kEvents =
    "SELECT e.time, e.importance, e.event_id, e.title, e.country, e.currency, e.unit, e.actual,"
    " e.actual_exp, e.forecast, e.forecast_exp, e.previous, e.previous_exp, o.name, e.fetched_at"
    " FROM economic_event e JOIN source o ON o.id=e.source_id WHERE e.time>=?1 AND e.time<?2 AND"
    " (?3='' OR e.country=?3) AND (?4='' OR o.name=?4)"
    " ORDER BY e.time, o.name, e.event_id, e.country, e.title";

void store_fact(Database &db, std::int64_t source, std::int64_t fetched_at, const tdk_symbol &s) {
  Use use = db.use(
      "INSERT INTO instrument(symbol, source_id, asset_class, name, exchange, currency, country, isin,"
      " vendor_symbol, status, price_exp, earliest, fetched_at)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
      " ON CONFLICT(symbol, source_id) DO UPDATE SET asset_class=excluded.asset_class,"
      " name=excluded.name, exchange=excluded.exchange, currency=excluded.currency,"
      " country=excluded.country, isin=excluded.isin, vendor_symbol=excluded.vendor_symbol,"
      " status=excluded.status, price_exp=excluded.price_exp, earliest=excluded.earliest,"
      " fetched_at=excluded.fetched_at WHERE excluded.fetched_at>=instrument.fetched_at");
  use.bind(1, sv(s.symbol)).bind(2, source).bind(3, s.asset_class).bind(4, sv(s.name));
  use.bind(5, sv(s.exchange)).bind(6, sv(s.currency)).bind(7, sv(s.country)).bind(8, sv(s.isin));
  use.bind(9, sv(s.vendor_symbol)).bind(10, s.status);
  use.bind_cell(11, s.price_exp_known != 0 ? s.price_exp : TDK_NULL_I64);
  use.bind_cell(12, s.earliest).bind(13, fetched_at).run();
}

void store_fact(Database &db, std::int64_t source, std::int64_t fetched_at,
                const tdk_calendar_event &e) {
  const std::string key = kit::event_key(e);
  Use use = db.use(
      "INSERT INTO economic_event(source_id, event_id, key_time, key_text, time, importance, title,"
      " country, currency, unit, actual, actual_exp, forecast, forecast_exp, previous, previous_exp,"
      " fetched_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
      " ON CONFLICT(source_id, event_id, key_time, key_text) DO UPDATE SET time=excluded.time,"
      " importance=excluded.importance, title=excluded.title, country=excluded.country,"
      " currency=excluded.currency, unit=excluded.unit, actual=excluded.actual,"
      " actual_exp=excluded.actual_exp, forecast=excluded.forecast,"
      " forecast_exp=excluded.forecast_exp, previous=excluded.previous,"
      " previous_exp=excluded.previous_exp, fetched_at=excluded.fetched_at"
      " WHERE excluded.fetched_at>=economic_event.fetched_at");
  use.bind(1, source).bind(2, sv(e.id)).bind(3, e.id.size > 0 ? 0 : e.time);
  use.bind(4, std::string_view(key)).bind(5, e.time).bind(6, e.importance).bind(7, sv(e.title));
  use.bind(8, sv(e.country)).bind(9, sv(e.currency)).bind(10, sv(e.unit));
  bind_decimal(use, 11, e.actual);
  bind_decimal(use, 13, e.forecast);
  bind_decimal(use, 15, e.previous);
  use.bind(17, fetched_at).run();
}

tdk_symbol symbol_of(const Use &row) {
  tdk_symbol s{};
  s.symbol = str(row.text(0));
  s.asset_class = static_cast<std::uint32_t>(row.integer(1));
  s.name = str(row.text(2));
  s.exchange = str(row.text(3));
  s.currency = str(row.text(4));
  s.country = str(row.text(5));
  s.isin = str(row.text(6));
  s.vendor_symbol = str(row.text(7));
  s.status = static_cast<std::uint32_t>(row.integer(8));
  s.price_exp_known = row.cell(9) != TDK_NULL_I64;
  s.price_exp = static_cast<std::int32_t>(row.integer(9));
  s.earliest = row.cell(10);
  s.source = str(row.text(11));
  s.fetched_at = row.integer(12);
  return s;
}

tdk_calendar_event event_of(const Use &row) {
  tdk_calendar_event e{};
  e.time = row.integer(0);
  e.importance = static_cast<std::uint32_t>(row.integer(1));
  e.id = str(row.text(2));
  e.title = str(row.text(3));
  e.country = str(row.text(4));
  e.currency = str(row.text(5));
  e.unit = str(row.text(6));
  e.actual = decimal_of(row, 7);
  e.forecast = decimal_of(row, 9);
  e.previous = decimal_of(row, 11);
  e.source = str(row.text(13));
  e.fetched_at = row.integer(14);
  return e;
}

}  // namespace tapedeck::sqlite
