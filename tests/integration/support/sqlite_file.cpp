#include "support/sqlite_file.hpp"

#include <memory>
#include <ostream>
#include <stdexcept>

namespace tapedeck::integration {
namespace {

std::string cell(sqlite3_stmt *s, int i) {
  const auto *text = sqlite3_column_text(s, i);
  return text == nullptr ? "" : std::string(reinterpret_cast<const char *>(text));
}

Candle candle_of(sqlite3_stmt *s) {
  const int price = sqlite3_column_int(s, 6), volume = sqlite3_column_int(s, 7);
  const auto units = [&](int i, int exponent) { return units_of(sqlite3_column_int64(s, i), exponent); };
  return {sqlite3_column_int64(s, 0) / 1'000'000, units(1, price), units(2, price), units(3, price), units(4, price),
          units(5, volume)};
}

}  // namespace

std::ostream &operator<<(std::ostream &out, const LedgerRow &row) {
  return out << row.symbol << ' ' << row.interval << ' ' << row.source << ' ' << row.from_ms << ".." << row.to_ms
             << ' ' << row.state << " '" << row.reason << "'";
}

SqliteFile::SqliteFile(const std::filesystem::path &file, int flags) {
  if (sqlite3_open_v2(file.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
    const std::string message = sqlite3_errmsg(db_);
    sqlite3_close(db_);
    throw std::runtime_error("opening " + file.string() + ": " + message);
  }
  sqlite3_busy_timeout(db_, 10'000);
}

SqliteFile::~SqliteFile() { sqlite3_close(db_); }

void SqliteFile::execute(const std::string &sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_));
}

template <class OnRow>
void SqliteFile::each(const std::string &sql, OnRow on_row) {
  sqlite3_stmt *raw = nullptr;
  if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> statement(raw, &sqlite3_finalize);
  int result = sqlite3_step(raw);
  for (; result == SQLITE_ROW; result = sqlite3_step(raw)) on_row(raw);
  if (result != SQLITE_DONE) throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_));
}

std::vector<std::vector<std::string>> SqliteFile::rows(const std::string &sql) {
  std::vector<std::vector<std::string>> out;
  each(sql, [&](sqlite3_stmt *s) {
    auto &row = out.emplace_back();
    for (int i = 0; i < sqlite3_column_count(s); ++i) row.push_back(cell(s, i));
  });
  return out;
}

std::string SqliteFile::text(const std::string &sql) { return rows(sql).at(0).at(0); }

std::int64_t SqliteFile::number(const std::string &sql) { return std::stoll(text(sql)); }

std::vector<Candle> SqliteFile::candles(const std::string &symbol, const std::string &interval) {
  std::vector<Candle> out;
  each("SELECT c.open_time, c.open, c.high, c.low, c.close, c.volume, b.price_exp, b.volume_exp FROM candle c"
       " JOIN series s ON s.id = c.series_id JOIN batch b ON b.id = c.batch_id"
       " WHERE s.symbol = '" + symbol + "' AND s.interval = '" + interval + "' ORDER BY c.open_time",
       [&](sqlite3_stmt *s) { out.push_back(candle_of(s)); });
  return out;
}

std::vector<LedgerRow> SqliteFile::ledger() {
  std::vector<LedgerRow> out;
  each("SELECT s.symbol, s.interval, o.name, CASE c.state WHEN 1 THEN 'present' WHEN 2 THEN 'no trades'"
       " WHEN 3 THEN 'closed' WHEN 4 THEN 'provider has none' WHEN 5 THEN 'failed' ELSE c.state END,"
       " c.from_time, c.to_time, c.reason FROM coverage c JOIN series s ON s.id = c.series_id"
       " JOIN source o ON o.id = c.source_id ORDER BY 1, 2, 3, c.from_time",
       [&](sqlite3_stmt *s) {
         out.push_back({cell(s, 0), cell(s, 1), cell(s, 2), cell(s, 3), sqlite3_column_int64(s, 4) / 1'000'000,
                        sqlite3_column_int64(s, 5) / 1'000'000, cell(s, 6)});
       });
  return out;
}

}  // namespace tapedeck::integration
