#include "ledger_store.hpp"

#include <algorithm>
#include <map>

namespace tapedeck::postgres {
namespace {

using kit::Entry;
using Key = std::pair<std::int64_t, std::int64_t>;  // series, source

// What is known of one key and what shall be.
struct Book {
  std::int64_t from = INT64_MAX, to = INT64_MIN;  // of what is said
  std::vector<Entry> before, after;
};
using Books = std::map<Key, Book>;

// Those that overlap or touch [from, to]: what touches may become one with what is new. Entries of one key
// do not overlap, so only the last that begins before `from` can reach it.
constexpr const char *kLoad = R"sql(
SELECT w.ord, c.from_time, c.to_time, c.state, c.error, c.tries, c.next_try, c.updated, c.reason
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS w(series_id, source_id, lo, hi, ord)
CROSS JOIN LATERAL (
  SELECT * FROM coverage k WHERE k.series_id = w.series_id::int AND k.source_id = w.source_id::int
    AND k.from_time <= w.hi AND k.to_time >= w.lo
    AND k.from_time >= coalesce((SELECT max(a.from_time) FROM coverage a WHERE a.series_id = w.series_id::int
                                 AND a.source_id = w.source_id::int AND a.from_time < w.lo), w.lo)) c
ORDER BY w.ord, c.from_time
)sql";

constexpr const char *kErase =
    "DELETE FROM coverage c USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS d(series_id, source_id, from_time)"
    " WHERE c.series_id = d.series_id::int AND c.source_id = d.source_id::int AND c.from_time = d.from_time";

constexpr const char *kWrite = R"sql(
INSERT INTO coverage(series_id, source_id, from_time, to_time, state, error, tries, next_try, updated, reason)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                     $8::bigint[], $9::bigint[], $10::text[])
ON CONFLICT (series_id, source_id, from_time) DO UPDATE SET to_time = excluded.to_time, state = excluded.state,
  error = excluded.error, tries = excluded.tries, next_try = excluded.next_try, updated = excluded.updated,
  reason = excluded.reason
)sql";

Entry entry_of(const Result &r, int row) {
  Entry e;
  e.from = r.integer(row, 1);
  e.to = r.integer(row, 2);
  e.state = static_cast<std::uint32_t>(r.integer(row, 3));
  e.error = static_cast<std::int32_t>(r.integer(row, 4));
  e.tries = static_cast<std::uint32_t>(r.integer(row, 5));
  e.next_try = r.cell(row, 6);
  e.updated = r.integer(row, 7);
  e.reason = r.text(row, 8);
  return e;
}

void load(Connection &db, Books &books) {
  std::vector<std::int64_t> series, sources, from, to;
  std::vector<Book *> in_order;
  for (auto &[key, book] : books) {
    series.push_back(key.first), sources.push_back(key.second);
    from.push_back(book.from), to.push_back(book.to);
    in_order.push_back(&book);
  }
  const Result r = db.run(kLoad, Params().integers(series).integers(sources).integers(from).integers(to));
  for (int row = 0; row < r.rows(); ++row)
    in_order.at(static_cast<std::size_t>(r.integer(row, 0)) - 1)->before.push_back(entry_of(r, row));
}

bool begins_before(const Entry &a, const Entry &b) { return a.from < b.from; }

// Only the differences: of a backfill that grows one entry chunk by chunk it is one row.
void erase(Connection &db, const Books &books) {
  std::vector<std::int64_t> series, sources, from;
  for (const auto &[key, book] : books)
    for (const Entry &e : book.before)
      if (!std::binary_search(book.after.begin(), book.after.end(), e, &begins_before))
        series.push_back(key.first), sources.push_back(key.second), from.push_back(e.from);
  if (!from.empty()) db.run(kErase, Params().integers(series).integers(sources).integers(from));
}

bool is_there(const Book &book, const Entry &e) {
  const auto same = std::lower_bound(book.before.begin(), book.before.end(), e, &begins_before);
  return same != book.before.end() && *same == e;
}

void write(Connection &db, const Books &books) {
  std::vector<std::int64_t> series, sources, from, to, state, error, tries, next_try, updated;
  std::vector<std::string_view> reason;
  for (const auto &[key, book] : books)
    for (const Entry &e : book.after) {
      if (is_there(book, e)) continue;
      series.push_back(key.first), sources.push_back(key.second);
      from.push_back(e.from), to.push_back(e.to), state.push_back(e.state), error.push_back(e.error);
      tries.push_back(e.tries), next_try.push_back(e.next_try), updated.push_back(e.updated), reason.push_back(e.reason);
    }
  if (from.empty()) return;
  Params params;
  params.integers(series).integers(sources).integers(from).integers(to).integers(state).integers(error);
  db.run(kWrite, params.integers(tries).integers(next_try).integers(updated).texts(reason));
}

}  // namespace

void store_coverage(Connection &db, const std::vector<Said> &said) {
  if (said.empty()) return;
  Books books;
  for (const Said &s : said) {
    Book &book = books[{s.series, s.source}];
    book.from = std::min(book.from, s.entries->front().from);
    book.to = std::max(book.to, s.entries->back().to);
  }
  load(db, books);
  for (auto &[key, book] : books) book.after = book.before;
  for (const Said &s : said) {
    Book &book = books[{s.series, s.source}];
    book.after = kit::merge_ledger(book.after, *s.entries);
  }
  erase(db, books);
  write(db, books);
}

}  // namespace tapedeck::postgres
