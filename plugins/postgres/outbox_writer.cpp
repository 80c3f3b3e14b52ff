#include "outbox_writer.hpp"

#include "copy_in.hpp"

#include <algorithm>

namespace tapedeck::postgres {
namespace {

// With more keys than this the whole outbox is locked: the server has room for some thousand locks in all.
constexpr std::size_t kKeysMax = 200;

// In one order for all writers, behind the rows of their series and after their ticks: nobody who holds one of
// them waits for anything else, so nobody waits in a circle. A sequence gives numbers in the order in which it
// is asked, which is that of the commits for those who were made to take turns.
constexpr const char *kLockKeys =
    "SELECT pg_advisory_xact_lock_shared(hashtextextended('tapedeck outbox ' || current_schema(), 0))::text"
    " UNION ALL SELECT pg_advisory_xact_lock(hash)::text FROM (SELECT DISTINCT"
    " hashtextextended('tapedeck outbox ' || current_schema() || ' ' || key, 0) AS hash FROM unnest($1::text[]) key ORDER BY 1) k";
constexpr const char *kLockAll =
    "SELECT pg_advisory_xact_lock(hashtextextended('tapedeck outbox ' || current_schema(), 0))";

constexpr const char *kPut = "COPY outbox(time, created, sink, type, key, payload) FROM STDIN (FORMAT binary)";

using Events = std::vector<const tdk_outbox_event *>;

Events kept_of(const Rows<tdk_outbox_event> &events, const kit::StoredRows &stored) {
  Events out;
  for (std::uint64_t i = 0; i < events.count; ++i)
    if (stored.keeps(events[i])) out.push_back(&events[i]);
  return out;
}

void lock_keys(Connection &db, const Events &events) {
  std::vector<std::string_view> keys;
  for (const tdk_outbox_event *e : events) keys.push_back(sv(e->key));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (keys.size() > kKeysMax) return lock_all_keys(db);
  db.run(kLockKeys, Params().texts(keys));
}

}  // namespace

void lock_all_keys(Connection &db) { db.run(kLockAll); }

void put_events(Connection &db, const Rows<tdk_outbox_event> &events, const kit::StoredRows &stored, std::int64_t now) {
  const Events kept = kept_of(events, stored);
  if (kept.empty()) return;
  lock_keys(db, kept);
  CopyIn out(db, kPut, 6);
  for (const tdk_outbox_event *e : kept) {
    out.begin_row();
    out.integer(e->time);
    out.integer(now);
    for (const tdk_str &text : {e->sink, e->type, e->key, e->payload}) out.text(sv(text));
  }
  out.finish();
}

}  // namespace tapedeck::postgres
