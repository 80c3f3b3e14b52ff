#include "batch_book.hpp"

#include <algorithm>

namespace tapedeck::sqlite {
namespace {

// A live series has one batch per candle, a backfilled one has one per thousand: the number of
// batches read at a miss grows with the misses, so that both are cheap.
constexpr std::int64_t kReadAheadMax = 1024;
constexpr std::size_t kCacheMax = 65536;

}  // namespace

void BatchBook::look_up(std::int64_t batch) {
  auto found = cache_.find(batch);
  if (found == cache_.end()) {
    if (cache_.size() > kCacheMax) cache_.clear();
    read_ahead(batch);
    found = cache_.find(batch);
    if (found == cache_.end())
      db_->fail(TDK_IO, "a row names a batch that is not there", "restore a backup");
  }
  last_ = batch;
  known_ = &found->second;
}

void BatchBook::read_ahead(std::int64_t batch) {
  Use use = db_->use(
      "SELECT id, source_id, rank, fetched_at, price_exp, volume_exp, turnover_exp FROM batch"
      " WHERE id >= ?1 ORDER BY id LIMIT ?2");
  use.bind(1, batch).bind(2, ahead_);
  ahead_ = std::min(ahead_ * 2, kReadAheadMax);
  while (use.step()) {
    Provenance &p = cache_[use.integer(0)];
    p.source = use.integer(1);
    p.rank = use.integer(2);
    p.fetched_at = use.integer(3);
    p.price_exp = static_cast<int>(use.integer(4));
    p.volume_exp = static_cast<int>(use.integer(5));
    p.turnover_exp = static_cast<int>(use.integer(6));
  }
}

std::int64_t BatchBook::add(std::int64_t series, const Provenance &p,
                            std::string_view source_version, std::int64_t rows) {
  Use use = db_->use(
      "INSERT INTO batch(series_id, source_id, rank, source_version, fetched_at, price_exp,"
      " volume_exp, turnover_exp, rows) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  use.bind(1, series).bind(2, p.source).bind(3, p.rank).bind(4, source_version);
  use.bind(5, p.fetched_at).bind(6, p.price_exp).bind(7, p.volume_exp).bind(8, p.turnover_exp);
  use.bind(9, rows).run();
  return sqlite3_last_insert_rowid(db_->handle());
}

void BatchBook::settle() {
  for (const auto &[batch, rows] : change_) {
    if (rows == 0) continue;
    db_->use("UPDATE batch SET rows = rows + ?2 WHERE id = ?1").bind(1, batch).bind(2, rows).run();
    if (rows < 0) db_->use("DELETE FROM batch WHERE id = ?1 AND rows <= 0").bind(1, batch).run();
  }
  change_.clear();
}

}  // namespace tapedeck::sqlite
