#include "candles.hpp"

#include "candle_sql.hpp"

namespace tapedeck::sqlite {
namespace {

using Marks = kit::StoredRows::Marks;

// What is to be done, found out before anything is written: a cursor that is read while its own
// table changes under it may or may not see the changes.
struct Plan {
  struct Change {
    std::uint64_t row = 0;
    StoredCandle former;
  };
  std::vector<std::uint64_t> inserts;
  std::vector<Change> replaces, take_overs;
  Tally tally;
};

bool touches_stored(Database &db, std::int64_t series, const tdk_candle_batch &b) {
  Use use =
      db.use("SELECT 1 FROM candle WHERE series_id=?1 AND open_time>=?2 AND open_time<=?3 LIMIT 1");
  return use.bind(1, series).bind(2, b.open_time[0]).bind(3, b.open_time[b.count - 1]).step();
}

// The case of a backfill: nothing to compare with.
Tally insert_all(Database &db, const Origin &origin, const tdk_candle_batch &b, Marks *stored) {
  BatchBook book(db);
  std::int64_t id =
      book.add(origin.series, origin.by, origin.source_version, static_cast<std::int64_t>(b.count));
  CandleInserter inserter(db, origin.series, id);
  for (std::uint64_t i = 0; i < b.count; ++i) inserter.insert(b, i);
  Tally tally;
  tally.inserted = b.count;
  if (stored) stored->assign(b.count, true);
  return tally;
}

void judge_row(Plan &plan, BatchBook &book, const Origin &origin, const tdk_candle_batch &b,
               std::uint64_t row, const StoredCandle *stored) {
  if (!stored) return plan.inserts.push_back(row);
  switch (judge(stored->value, book.find(stored->batch), value_at(b, row), origin.by)) {
    case Verdict::Replace:
      plan.replaces.push_back({row, *stored});
      break;
    case Verdict::TakeOver:
      plan.take_overs.push_back({row, *stored});
      [[fallthrough]];
    case Verdict::Same:
      ++plan.tally.unchanged;
      break;
    case Verdict::Outranked:
      ++plan.tally.outranked;
      break;
  }
}

Plan make_plan(Database &db, BatchBook &book, const Origin &origin, const tdk_candle_batch &b) {
  Plan plan;
  StoredWalk stored(db, origin.series, b.open_time[0], b.open_time[b.count - 1]);
  for (std::uint64_t i = 0; i < b.count; ++i)
    judge_row(plan, book, origin, b, i, stored.at(b.open_time[i]));
  plan.tally.inserted = plan.inserts.size();
  plan.tally.updated = plan.replaces.size();
  return plan;
}

// A forming value that gives way leaves nothing behind; a final one is kept, and so is the batch it
// names. A row that is taken over is written anew too: its cells count in the new batch's
// exponents.
void replace_rows(Database &db, BatchBook &book, const Origin &origin, const tdk_candle_batch &b,
                  Plan &plan, std::int64_t id) {
  for (const auto &[row, former] : plan.replaces) {
    if (is_final(former.value.state)) {
      keep_revision(db, origin, former);
      ++plan.tally.revisions;
    } else {
      book.release(former.batch);
    }
    replace_candle(db, origin, b, row, id);
  }
  for (const auto &[row, former] : plan.take_overs) {
    book.release(former.batch);
    replace_candle(db, origin, b, row, id);
  }
}

void mark(const Plan &plan, Marks &stored) {
  for (std::uint64_t row : plan.inserts) stored[row] = true;
  for (const Plan::Change &change : plan.replaces) stored[change.row] = true;
}

Tally merge(Database &db, const Origin &origin, const tdk_candle_batch &b, Marks *stored) {
  BatchBook book(db);
  Plan plan = make_plan(db, book, origin, b);
  auto rows = plan.inserts.size() + plan.replaces.size() + plan.take_overs.size();
  if (stored) mark(plan, *stored);
  if (rows == 0) return plan.tally;  // and no batch: a repeated answer leaves no trace
  std::int64_t id =
      book.add(origin.series, origin.by, origin.source_version, static_cast<std::int64_t>(rows));
  CandleInserter inserter(db, origin.series, id);
  for (std::uint64_t row : plan.inserts) inserter.insert(b, row);
  replace_rows(db, book, origin, b, plan, id);
  book.settle();
  return plan.tally;
}

}  // namespace

Value value_at(const tdk_candle_batch &b, std::uint64_t i) {
  Value v;
  v.open = b.open[i];
  v.high = b.high[i];
  v.low = b.low[i];
  v.close = b.close[i];
  if (b.volume) v.volume = b.volume[i];
  if (b.turnover) v.turnover = b.turnover[i];
  if (b.trades) v.trades = b.trades[i];
  if (b.state) v.state = b.state[i];
  return v;
}

void count_rows(Database &db, std::int64_t series, std::uint64_t candles, std::uint64_t revisions) {
  if (candles == 0 && revisions == 0) return;
  Use use = db.use("UPDATE series SET rows = rows + ?2, revisions = revisions + ?3 WHERE id = ?1");
  use.bind(1, series).bind(2, static_cast<std::int64_t>(candles));
  use.bind(3, static_cast<std::int64_t>(revisions)).run();
}

Tally store_candles(Database &db, const Origin &origin, const tdk_candle_batch &b, Marks *stored) {
  Tally tally = touches_stored(db, origin.series, b) ? merge(db, origin, b, stored)
                                                     : insert_all(db, origin, b, stored);
  count_rows(db, origin.series, tally.inserted, tally.revisions);
  return tally;
}

}  // namespace tapedeck::sqlite
