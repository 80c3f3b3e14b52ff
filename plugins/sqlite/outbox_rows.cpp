#include "outbox_rows.hpp"

#include "kit/storage/limit.hpp"
#include "kit/storage/utf8.hpp"

#include <algorithm>
#include <string>

namespace tapedeck::sqlite {
namespace {

// Parameters 1 and 5: between which ids; 2 to 4: sink, type and key, empty: all; 6: created before, NULL: ever.
// An index leads to one sink's events, so that a sink that is down does not slow down the others.
constexpr const char *kWhere =
    " WHERE id>?1 AND id<=?5 AND (?3='' OR type=?3) AND (?4='' OR key=?4) AND (?6 IS NULL OR created<?6)";
constexpr const char *kAnySink = " AND ?2=''";
constexpr const char *kOneSink = " AND sink=?2";

// The statements on one of the two tables, for all sinks or one. They live as long as the process: a prepared
// statement is known by its text's address.
struct Statements {
  Statements(const std::string &table, const std::string &sink)
      : read("SELECT id, sink, type, key, time, payload, created, tries, error FROM " + table + kWhere + sink +
             " ORDER BY id LIMIT ?7"),
        purge("DELETE FROM " + table + kWhere + sink),
        replay("INSERT INTO outbox(sink, type, key, time, payload, created) SELECT sink, type, key, time, payload,"
               " created FROM " + table + kWhere + sink + " ORDER BY id LIMIT ?7"),
        forget("DELETE FROM " + table + " WHERE id IN (SELECT id FROM " + table + kWhere + sink +
               " ORDER BY id LIMIT ?7)") {}
  std::string read, purge, replay, forget;
};

const Statements &statements_for(const tdk_outbox_request &rq) {
  static const Statements waiting("outbox", kAnySink), waiting_of_one("outbox", kOneSink);
  static const Statements dead("dead_letter", kAnySink), dead_of_one("dead_letter", kOneSink);
  if (rq.state == TDK_OUTBOX_DEAD) return rq.sink.size > 0 ? dead_of_one : dead;
  return rq.sink.size > 0 ? waiting_of_one : waiting;
}

std::int64_t as_id(std::uint64_t id) {
  return static_cast<std::int64_t>(std::min(id, static_cast<std::uint64_t>(INT64_MAX)));
}

void bind_request(Use &use, const tdk_outbox_request &rq) {
  const std::int64_t after = as_id(rq.id > 0 ? std::max(rq.after, rq.id - 1) : rq.after);
  use.bind(1, after).bind(2, sv(rq.sink)).bind(3, sv(rq.type)).bind(4, sv(rq.key));
  use.bind(5, rq.id > 0 ? as_id(rq.id) : INT64_MAX).bind_cell(6, rq.created_before);
}

std::uint64_t changed(Database &db, const std::string &sql, const tdk_outbox_request &rq, bool limited) {
  Use use = db.use(sql.c_str());
  bind_request(use, rq);
  if (limited) use.bind(7, kit::sql_limit(rq.limit));
  use.run();
  return static_cast<std::uint64_t>(sqlite3_changes64(db.handle()));
}

tdk_outbox_entry entry_of(const Use &row, std::uint32_t state) {
  tdk_outbox_entry e{};
  e.state = state;
  e.id = static_cast<std::uint64_t>(row.integer(0));
  e.sink = str(row.text(1));
  e.type = str(row.text(2));
  e.key = str(row.text(3));
  e.time = row.integer(4);
  e.payload = str(row.text(5));
  e.created = row.integer(6);
  e.tries = static_cast<std::uint32_t>(row.integer(7));
  e.error = str(row.text(8));
  return e;
}

}  // namespace

void put_events(Database &db, std::int64_t now, const tdk_commit_batch &batch, const kit::StoredRows &stored) {
  const Rows<tdk_outbox_event> events = kit::events_of(batch);
  Use use = db.use("INSERT INTO outbox(sink, type, key, time, payload, created) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  use.bind(6, now);
  for (std::uint64_t i = 0; i < events.count; ++i) {
    const tdk_outbox_event &e = events[i];
    if (!stored.keeps(e)) continue;
    use.bind(1, sv(e.sink)).bind(2, sv(e.type)).bind(3, sv(e.key)).bind(4, e.time).bind(5, sv(e.payload)).run();
  }
}

void settle_event(Database &db, const tdk_outbox_outcome &o) {
  const auto id = static_cast<std::int64_t>(o.id);  // one beyond int64 is nobody's, and so is a negative one
  const std::string error = kit::storable(sv(o.error));
  if (o.outcome == TDK_OUTCOME_FAILED)
    return db.use("UPDATE outbox SET tries=tries+1, error=?2 WHERE id=?1").bind(1, id).bind(2, error).run();
  if (o.outcome == TDK_OUTCOME_DEAD)
    db.use("INSERT INTO dead_letter SELECT id, sink, type, key, time, payload, created, tries+1, ?2 FROM outbox"
           " WHERE id=?1").bind(1, id).bind(2, error).run();
  db.use("DELETE FROM outbox WHERE id=?1").bind(1, id).run();
}

std::uint64_t replay_letters(Database &db, const tdk_outbox_request &rq) {
  const Statements &statements = statements_for(rq);
  const std::uint64_t count = changed(db, statements.replay, rq, true);
  changed(db, statements.forget, rq, true);
  return count;
}

std::uint64_t purge_events(Database &db, const tdk_outbox_request &rq) {
  return changed(db, statements_for(rq).purge, rq, false);
}

void read_events(Database &db, const tdk_outbox_request &rq, const UseEntry &use_entry) {
  Use use = db.use(statements_for(rq).read.c_str());
  bind_request(use, rq);
  use.bind(7, kit::sql_limit(rq.limit));
  while (use.step()) use_entry(entry_of(use, rq.state));
}

}  // namespace tapedeck::sqlite
