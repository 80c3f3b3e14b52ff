#include "ledger_store.hpp"

#include <algorithm>

namespace tapedeck::sqlite {
namespace {

Entry read_entry(const Use &use) {
  Entry e;
  e.from = use.integer(0);
  e.to = use.integer(1);
  e.state = static_cast<std::uint32_t>(use.integer(2));
  e.error = static_cast<std::int32_t>(use.integer(3));
  e.tries = static_cast<std::uint32_t>(use.integer(4));
  e.next_try = use.cell(5);
  e.updated = use.integer(6);
  e.reason = use.text(7);
  return e;
}

// Those that overlap or touch [from, to]: what touches may become one with what is new. Read
// downwards, because the last that begins before `from` is found by its begin, not by its end.
std::vector<Entry> load(Database &db, std::int64_t series, std::int64_t source, std::int64_t from,
                        std::int64_t to) {
  Use use = db.use(
      "SELECT from_time, to_time, state, error, tries, next_try, updated, reason FROM coverage"
      " WHERE series_id=?1 AND source_id=?2 AND from_time<=?3 ORDER BY from_time DESC");
  use.bind(1, series).bind(2, source).bind(3, to);
  std::vector<Entry> known;
  while (use.step() && use.integer(1) >= from) known.push_back(read_entry(use));
  std::reverse(known.begin(), known.end());
  return known;
}

void write(Database &db, std::int64_t series, std::int64_t source, const Entry &e) {
  Use use =
      db.use("INSERT OR REPLACE INTO coverage VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  use.bind(1, series).bind(2, source).bind(3, e.from).bind(4, e.to).bind(5, e.state);
  use.bind(6, e.error).bind(7, e.tries).bind_cell(8, e.next_try).bind(9, e.updated);
  use.bind(10, e.reason).run();
}

void erase(Database &db, std::int64_t series, std::int64_t source, const Entry &e) {
  Use use = db.use("DELETE FROM coverage WHERE series_id=?1 AND source_id=?2 AND from_time=?3");
  use.bind(1, series).bind(2, source).bind(3, e.from).run();
}

// Only the differences: of a backfill that grows one entry chunk by chunk it is one row.
void apply(Database &db, std::int64_t series, std::int64_t source, const std::vector<Entry> &before,
           const std::vector<Entry> &after) {
  auto begins_before = [](const Entry &a, const Entry &b) { return a.from < b.from; };
  for (const Entry &e : before)
    if (!std::binary_search(after.begin(), after.end(), e, begins_before))
      erase(db, series, source, e);
  for (const Entry &e : after) {
    auto same = std::lower_bound(before.begin(), before.end(), e, begins_before);
    if (same == before.end() || !(*same == e)) write(db, series, source, e);
  }
}

}  // namespace

void store_coverage(Database &db, std::int64_t series, std::int64_t source,
                    const std::vector<Entry> &fresh) {
  auto known = load(db, series, source, fresh.front().from, fresh.back().to);
  apply(db, series, source, known, kit::merge_ledger(known, fresh));
}

void cut_coverage(Database &db, std::int64_t series, std::int64_t before) {
  std::vector<std::int64_t> sources;
  {
    Use use = db.use("SELECT DISTINCT source_id FROM coverage WHERE series_id=?1");
    use.bind(1, series);
    while (use.step()) sources.push_back(use.integer(0));
  }
  for (std::int64_t source : sources) {
    auto known = load(db, series, source, TDK_NULL_I64, before);
    apply(db, series, source, known, kit::cut_ledger(known, before));
  }
}

}  // namespace tapedeck::sqlite
