#include "stored_candles.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

constexpr std::size_t kChunkRows = 1000;

void add_row(sqlite3_stmt *row, Chunk &to) {
  std::vector<std::int64_t> *columns[] = {&to.open_time, &to.open,   &to.high,     &to.low,
                                          &to.close,     &to.volume, &to.turnover, &to.trades};
  for (int c = 0; c < 8; ++c) columns[c]->push_back(sqlite3_column_int64(row, c + 1));
  to.state.push_back(static_cast<std::uint32_t>(sqlite3_column_int64(row, 9)));
}

}  // namespace

std::vector<Chunk> stored_candles(const std::string &file) {
  sqlite3 *db = nullptr;
  const int opened = sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3 *)> close(db, &sqlite3_close);
  if (opened != SQLITE_OK) throw std::runtime_error("cannot open " + file);
  sqlite3_stmt *row = nullptr;
  sqlite3_prepare_v2(db,
                     "SELECT series_id, open_time, open, high, low, close, volume, turnover,"
                     " trades, state FROM candle ORDER BY series_id, open_time",
                     -1, &row, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> finalize(row, &sqlite3_finalize);
  std::vector<Chunk> chunks;
  while (sqlite3_step(row) == SQLITE_ROW) {
    const std::int64_t series = sqlite3_column_int64(row, 0);
    if (chunks.empty() || chunks.back().series != series ||
        chunks.back().open_time.size() == kChunkRows)
      chunks.emplace_back().series = series;
    add_row(row, chunks.back());
  }
  return chunks;
}

}  // namespace tapedeck::bench
