#include "schema_sql.hpp"

namespace tapedeck::postgres {
namespace {

// Nanoseconds to the microsecond that they lie in. Whole days first: an interval is multiplied in floating
// point, which holds each of the two parts exactly.
constexpr const char *kInstant = R"sql(
CREATE FUNCTION instant(ns bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT timestamptz 'epoch' + floor(ns::numeric / 86400000000000)::int * interval '24 hours'
       + floor(mod(mod(ns::numeric, 86400000000000) + 86400000000000, 86400000000000) / 1000)::float8 * interval '1 microsecond'
$$;
)sql";

constexpr const char *kPriceType =
    "CASE s.price_type WHEN 0 THEN 'trade' WHEN 1 THEN 'bid' WHEN 2 THEN 'ask' WHEN 3 THEN 'mid'"
    " ELSE s.price_type::text END AS price_type";
constexpr const char *kAdjustment =
    "CASE s.adjustment WHEN 0 THEN 'raw' WHEN 1 THEN 'split' WHEN 2 THEN 'all' ELSE s.adjustment::text END AS adjustment";

constexpr const char *kTicks = R"sql(
CREATE VIEW quotes AS SELECT t.time, s.name AS symbol, t.bid, t.bid_size, t.ask, t.ask_size, t.last, t.last_size,
  t.volume, o.name AS source, t.sequence, t.nanos
  FROM tick t JOIN symbol s ON s.id = t.symbol_id JOIN source o ON o.id = t.source_id WHERE t.kind = 0;
CREATE VIEW trades AS SELECT t.time, s.name AS symbol, t.last AS price, t.last_size AS size,
  CASE WHEN t.flags & 2 <> 0 THEN 'buy' WHEN t.flags & 4 <> 0 THEN 'sell' END AS side, t.trades, o.name AS source,
  t.sequence, t.nanos
  FROM tick t JOIN symbol s ON s.id = t.symbol_id JOIN source o ON o.id = t.source_id WHERE t.kind = 1;
)sql";

constexpr const char *kFacts = R"sql(
CREATE VIEW instruments AS SELECT i.symbol, CASE i.asset_class WHEN 1 THEN 'stock' WHEN 2 THEN 'etf'
  WHEN 3 THEN 'index' WHEN 4 THEN 'forex' WHEN 5 THEN 'crypto' WHEN 6 THEN 'future' WHEN 7 THEN 'option'
  WHEN 8 THEN 'bond' WHEN 9 THEN 'commodity' ELSE 'other' END AS asset_class, i.name, i.exchange, i.currency,
  i.country, i.isin, i.vendor_symbol, o.name AS source, instant(i.earliest) AS earliest,
  instant(i.fetched_at) AS fetched_at
  FROM instrument i JOIN source o ON o.id = i.source_id;
CREATE VIEW economic_events AS SELECT instant(e.time) AS time, e.country, e.currency, e.title,
  CASE e.importance WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' END AS importance, e.actual,
  e.forecast, e.previous, e.unit, o.name AS source, e.event_id AS id, instant(e.fetched_at) AS fetched_at
  FROM economic_event e JOIN source o ON o.id = e.source_id;
)sql";

std::string market_data() {
  return std::string("CREATE VIEW market_data AS SELECT c.time, s.symbol, s.timeframe, c.open, c.high, c.low, c.close,"
                     " c.volume, o.name AS source, ") +
         kPriceType + ", " + kAdjustment +
         ", c.nanos FROM candle c JOIN series s ON s.id = c.series_id JOIN batch b ON b.id = c.batch_id"
         " JOIN source o ON o.id = b.source_id WHERE c.state & 1 = 0;\n";
}

std::string coverage() {
  return std::string(
             "CREATE VIEW coverage_view AS SELECT s.symbol, s.timeframe, o.name AS source, CASE c.state"
             " WHEN 1 THEN 'present' WHEN 2 THEN 'no trades' WHEN 3 THEN 'closed' WHEN 4 THEN 'provider has none'"
             " WHEN 5 THEN 'failed' ELSE c.state::text END AS state, instant(c.from_time) AS from_time,"
             " instant(c.to_time) AS to_time, c.reason, c.error, c.tries, instant(c.next_try) AS next_try,"
             " instant(c.updated) AS updated, ") +
         kPriceType + ", " + kAdjustment +
         " FROM coverage c JOIN series s ON s.id = c.series_id JOIN source o ON o.id = c.source_id;\n";
}

}  // namespace

std::string views_sql() { return kInstant + market_data() + coverage() + kTicks + kFacts; }

}  // namespace tapedeck::postgres
