// A store read as any SQLite reader would, behind Tapedeck's back.
#pragma once

#include <sqlite3.h>

#include <compare>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/candle.hpp"

namespace tapedeck::integration {

// What a run may differ in from another, times of asking and tries, is left out.
struct LedgerRow {
  std::string symbol, interval, source, state;
  std::int64_t from_ms = 0, to_ms = 0;
  std::string reason;
  auto operator<=>(const LedgerRow &) const = default;
};
std::ostream &operator<<(std::ostream &out, const LedgerRow &row);

// Threads: one at a time. Failures: std::runtime_error with SQLite's message.
class SqliteFile {
 public:
  explicit SqliteFile(const std::filesystem::path &file, int flags = SQLITE_OPEN_READONLY);
  ~SqliteFile();
  SqliteFile(const SqliteFile &) = delete;
  SqliteFile &operator=(const SqliteFile &) = delete;

  void execute(const std::string &sql);
  std::vector<std::vector<std::string>> rows(const std::string &sql);
  std::int64_t number(const std::string &sql);  // of the one cell
  std::string text(const std::string &sql);

  std::vector<Candle> candles(const std::string &symbol, const std::string &interval);
  std::vector<LedgerRow> ledger();

 private:
  template <class OnRow>
  void each(const std::string &sql, OnRow on_row);
  sqlite3 *db_ = nullptr;
};

}  // namespace tapedeck::integration
