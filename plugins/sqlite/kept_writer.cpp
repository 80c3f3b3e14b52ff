#include "kept_writer.hpp"

#include "candle_sql.hpp"

#include <vector>

namespace tapedeck::sqlite {
namespace {

bool is_same(const Value &a, const Provenance &a_by, const Value &b, const Provenance &b_by) {
  return a.state == b.state && a_by.source == b_by.source && same_value(a, a_by, b, b_by);
}

}  // namespace

std::uint64_t KeptWriter::write(const tdk_kept_candles &kept, std::int64_t source) {
  const tdk_candle_batch &b = *kept.batch;
  if (b.count == 0) return 0;
  Origin origin;
  origin.series = series_;
  origin.by = {source, kept.rank, b.fetched_at, b.price_exp, b.volume_exp, b.turnover_exp};
  origin.source_version = sv(kept.source_version);
  return kept.replaced_at ? write_former(b, origin, kept.replaced_at) : write_standing(b, origin);
}

bool KeptWriter::stands(BatchBook &book, const Origin &origin, const tdk_candle_batch &b, std::uint64_t row,
                        const StoredCandle *stored) {
  if (!stored) return false;
  const Provenance &by = book.find(stored->batch);
  if (by.rank == origin.by.rank && is_same(stored->value, by, value_at(b, row), origin.by)) return true;
  db_.fail(TDK_INVALID_ARGUMENT,
           "another candle of " + name_ + " stands at " + std::to_string(b.open_time[row] / 1'000'000'000) +
               " (seconds UTC), or the same of another source or rank",
           "nothing of this call is stored; write into a store without this series");
}

std::uint64_t KeptWriter::write_standing(const tdk_candle_batch &b, const Origin &origin) {
  BatchBook book(db_);
  std::vector<std::uint64_t> fresh;
  {
    StoredWalk stored(db_, series_, b.open_time[0], b.open_time[b.count - 1]);
    for (std::uint64_t i = 0; i < b.count; ++i)
      if (!stands(book, origin, b, i, stored.at(b.open_time[i]))) fresh.push_back(i);
  }
  if (fresh.empty()) return 0;
  const std::int64_t id =
      book.add(series_, origin.by, origin.source_version, static_cast<std::int64_t>(fresh.size()));
  CandleInserter inserter(db_, series_, id);
  for (std::uint64_t row : fresh) inserter.insert(b, row);
  count_rows(db_, series_, fresh.size(), 0);
  return fresh.size();
}

bool KeptWriter::was_replaced(BatchBook &book, const Origin &origin, const tdk_candle_batch &b,
                              std::uint64_t row, std::int64_t replaced_at) {
  Use use = db_.use(
      "SELECT open, high, low, close, volume, turnover, trades, state, batch_id FROM revision"
      " WHERE series_id=?1 AND open_time=?2 AND replaced_at=?3");
  use.bind(1, series_).bind(2, b.open_time[row]).bind(3, replaced_at);
  while (use.step()) {
    const Value former{use.integer(0), use.integer(1), use.integer(2), use.integer(3), use.cell(4),
                       use.cell(5),    use.cell(6),    static_cast<std::uint32_t>(use.integer(7))};
    if (is_same(former, book.find(use.integer(8)), value_at(b, row), origin.by)) return true;
  }
  return false;
}

std::uint64_t KeptWriter::write_former(const tdk_candle_batch &b, const Origin &origin,
                                       const std::int64_t *replaced_at) {
  BatchBook book(db_);
  std::vector<std::uint64_t> fresh;
  for (std::uint64_t i = 0; i < b.count; ++i)
    if (!was_replaced(book, origin, b, i, replaced_at[i])) fresh.push_back(i);
  if (fresh.empty()) return 0;
  const std::int64_t id =
      book.add(series_, origin.by, origin.source_version, static_cast<std::int64_t>(fresh.size()));
  Origin replaced = origin;
  for (std::uint64_t row : fresh) {
    replaced.now = replaced_at[row];
    keep_revision(db_, replaced, {b.open_time[row], id, value_at(b, row)});
  }
  count_rows(db_, series_, 0, fresh.size());
  return fresh.size();
}

}  // namespace tapedeck::sqlite
