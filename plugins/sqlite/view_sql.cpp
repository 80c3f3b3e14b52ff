#include "view_sql.hpp"

namespace tapedeck::sqlite {
namespace {

// value * 10^exp in plain notation with the digits as stored: (4200010, -2) is 42000.10, (42, 3) is
// 42000. The digits are padded to one more than the fraction has, so that there is one before the
// point; nothing here ever becomes a floating-point number.
std::string decimal_sql(const std::string &value, const std::string &exp) {
  std::string digits = "printf('%0*d', 1 - " + exp + ", abs(" + value + "))";
  std::string sign = "CASE WHEN " + value + " < 0 THEN '-' ELSE '' END";
  std::string fraction = "substr(" + digits + ", 1, length(" + digits + ") + " + exp +
                         ") || '.' || substr(" + digits + ", " + exp + ")";
  return "CASE WHEN " + value + " IS NULL THEN NULL WHEN " + exp + " >= 0 THEN CAST(" + value +
         " AS TEXT) || CASE WHEN " + value + " = 0 THEN '' ELSE substr('000000000000000000', 1, " +
         exp + ") END ELSE (" + sign + ") || " + fraction + " END";
}

// Nanoseconds to 2024-01-01T00:00:00Z, with a fraction only where there is one. The remainder is
// brought to the positive side first, because / and % round times before 1970 towards 1970.
std::string time_sql(const std::string &ns) {
  std::string rest = "((" + ns + " % 1000000000 + 1000000000) % 1000000000)";
  std::string seconds = "(" + ns + " / 1000000000 - (" + ns + " % 1000000000 < 0))";
  return "strftime('%Y-%m-%dT%H:%M:%S', " + seconds + ", 'unixepoch') || CASE WHEN " + rest +
         " = 0 THEN '' ELSE '.' || rtrim(printf('%09d', " + rest + "), '0') END || 'Z'";
}

constexpr const char *kPriceType =
    "CASE s.price_type WHEN 0 THEN 'trade' WHEN 1 THEN 'bid' WHEN 2 THEN 'ask' WHEN 3 THEN 'mid' "
    "ELSE s.price_type END AS price_type";
constexpr const char *kAdjustment =
    "CASE s.adjustment WHEN 0 THEN 'raw' WHEN 1 THEN 'split' WHEN 2 THEN 'all' "
    "ELSE s.adjustment END AS adjustment";

std::string price_sql(const std::string &column) {
  return decimal_sql("c." + column, "b.price_exp") + " AS " + column + ", ";
}

std::string tick_sql(const std::string &column, const std::string &exponent) {
  return decimal_sql("t." + column, "f." + exponent + "_exp") + " AS " + column + ", ";
}

std::string from_ticks(const std::string &kind) {
  return " FROM tick t JOIN symbol s ON s.id = t.symbol_id JOIN tick_format f ON f.id = t.format_id"
         " JOIN source o ON o.id = t.source_id WHERE t.kind = " +
         kind + ";\n";
}

}  // namespace

std::string market_data_sql() {
  return "CREATE VIEW market_data AS SELECT " + time_sql("c.open_time") +
         " AS time, s.symbol AS symbol, s.interval AS timeframe, " + price_sql("open") +
         price_sql("high") + price_sql("low") + price_sql("close") +
         decimal_sql("c.volume", "b.volume_exp") + " AS volume, o.name AS source, " + kPriceType +
         ", " + kAdjustment +
         " FROM candle c JOIN series s ON s.id = c.series_id JOIN batch b ON b.id = c.batch_id"
         " JOIN source o ON o.id = b.source_id WHERE c.state & 1 = 0;\n";
}

std::string coverage_view_sql() {
  return "CREATE VIEW coverage_view AS SELECT s.symbol AS symbol, s.interval AS timeframe,"
         " o.name AS source, CASE c.state WHEN 1 THEN 'present' WHEN 2 THEN 'no trades'"
         " WHEN 3 THEN 'closed' WHEN 4 THEN 'provider has none' WHEN 5 THEN 'failed'"
         " ELSE c.state END AS state, " +
         time_sql("c.from_time") + " AS from_time, " + time_sql("c.to_time") +
         " AS to_time, c.reason AS reason, c.error AS error, c.tries AS tries, " +
         time_sql("c.next_try") + " AS next_try, " + time_sql("c.updated") + " AS updated, " +
         kPriceType + ", " + kAdjustment +
         " FROM coverage c JOIN series s ON s.id = c.series_id"
         " JOIN source o ON o.id = c.source_id;\n";
}

std::string quotes_view_sql() {
  return "CREATE VIEW quotes AS SELECT " + time_sql("t.time") + " AS time, s.name AS symbol, " +
         tick_sql("bid", "price") + tick_sql("bid_size", "size") + tick_sql("ask", "price") +
         tick_sql("ask_size", "size") + tick_sql("last", "price") + tick_sql("last_size", "size") +
         tick_sql("volume", "volume") + "o.name AS source, t.sequence AS sequence" +
         from_ticks("0");
}

std::string trades_view_sql() {
  return "CREATE VIEW trades AS SELECT " + time_sql("t.time") + " AS time, s.name AS symbol, " +
         decimal_sql("t.last", "f.price_exp") + " AS price, " +
         decimal_sql("t.last_size", "f.size_exp") +
         " AS size, CASE WHEN t.flags & 2 THEN 'buy' WHEN t.flags & 4 THEN 'sell' END AS side,"
         " t.trades AS trades, o.name AS source, t.sequence AS sequence" +
         from_ticks("1");
}

std::string instruments_view_sql() {
  return "CREATE VIEW instruments AS SELECT i.symbol AS symbol, CASE i.asset_class WHEN 1 THEN 'stock'"
         " WHEN 2 THEN 'etf' WHEN 3 THEN 'index' WHEN 4 THEN 'forex' WHEN 5 THEN 'crypto'"
         " WHEN 6 THEN 'future' WHEN 7 THEN 'option' WHEN 8 THEN 'bond' WHEN 9 THEN 'commodity'"
         " ELSE 'other' END AS asset_class, i.name AS name, i.exchange AS exchange,"
         " i.currency AS currency, i.country AS country, i.isin AS isin,"
         " i.vendor_symbol AS vendor_symbol, o.name AS source, " +
         time_sql("i.earliest") + " AS earliest, " + time_sql("i.fetched_at") +
         " AS fetched_at FROM instrument i JOIN source o ON o.id = i.source_id;\n";
}

std::string events_view_sql() {
  const auto decimal = [](const std::string &name) {
    return decimal_sql("e." + name, "e." + name + "_exp") + " AS " + name + ", ";
  };
  return "CREATE VIEW economic_events AS SELECT " + time_sql("e.time") +
         " AS time, e.country AS country, e.currency AS currency, e.title AS title,"
         " CASE e.importance WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' END"
         " AS importance, " +
         decimal("actual") + decimal("forecast") + decimal("previous") +
         "e.unit AS unit, o.name AS source, e.event_id AS id, " + time_sql("e.fetched_at") +
         " AS fetched_at FROM economic_event e JOIN source o ON o.id = e.source_id;\n";
}

std::string outbox_view_sql() {
  const auto from = [](const std::string &state, const std::string &table) {
    return "SELECT id, '" + state + "' AS state, sink, type, key, " + time_sql("time") + " AS time, payload, " +
           time_sql("created") + " AS created, tries, error FROM " + table;
  };
  return "CREATE VIEW outbox_view AS " + from("waiting", "outbox") + " UNION ALL " + from("dead", "dead_letter") +
         ";\n";
}

}  // namespace tapedeck::sqlite
