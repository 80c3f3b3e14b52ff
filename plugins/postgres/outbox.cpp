// The outbox from its other end: who takes events out of it, and how they leave.
#include "kit/storage/limit.hpp"
#include "outbox_writer.hpp"
#include "kit/storage/utf8.hpp"
#include "storage.hpp"
#include "stream.hpp"

#include <map>

namespace tapedeck::postgres {
namespace {

// Fewer at a time than of rows: an event is as long as it may be.
constexpr int kRowsAtATime = 256;

// Whoever has it keeps it, unless it has run out at $4. It is one statement, whose row lock lets two owners of
// different processes come one after the other.
constexpr const char *kClaim =
    "INSERT INTO outbox_claim AS held(sink, owner, until) VALUES($1, $2, $3) ON CONFLICT (sink) DO UPDATE SET"
    " owner = CASE WHEN held.owner = excluded.owner OR held.until <= $4 THEN excluded.owner ELSE held.owner END,"
    " until = CASE WHEN held.owner = excluded.owner OR held.until <= $4 THEN excluded.until ELSE held.until END"
    " RETURNING owner";

// The statements below name events by a list of ids. They are planned each time, by the size that the tables have
// then: a plan made while the outbox was empty would read all of it when it is not.
constexpr const char *kSent = "DELETE FROM outbox WHERE id = ANY($1)";
constexpr const char *kFailed =
    "UPDATE outbox o SET tries = o.tries + ($2::bigint[])[array_position($1, o.id)],"
    " error = ($3::text[])[array_position($1, o.id)] WHERE o.id = ANY($1)";
constexpr const char *kDead = R"sql(
WITH dead AS (DELETE FROM outbox WHERE id = ANY($1) RETURNING *)
INSERT INTO dead_letter(id, time, created, tries, sink, type, key, error, payload)
SELECT id, time, created, tries + ($2::bigint[])[array_position($1, id)], sink, type, key,
  ($3::text[])[array_position($1, id)], payload FROM dead
)sql";

constexpr const char *kStat = R"sql(
DECLARE rows NO SCROLL CURSOR FOR
SELECT sink, sum(waiting)::bigint, sum(dead)::bigint, min(oldest) FROM (
  SELECT sink, count(*) AS waiting, 0 AS dead, min(created) AS oldest FROM outbox GROUP BY sink
  UNION ALL SELECT sink, 0, count(*), NULL FROM dead_letter GROUP BY sink) s GROUP BY sink ORDER BY sink
)sql";

// No id is greater, so beyond it there is nothing.
std::int64_t id_of(std::uint64_t id) { return kit::sql_limit(std::max<std::uint64_t>(id, 1)); }

// The WHERE of a request. Only what narrows it is in there, so that the server knows which index to take.
std::string where(const tdk_outbox_request &rq, Params &params) {
  std::string sql = " WHERE true";
  const auto add = [&](const char *condition) { sql += std::string(" AND ") + condition + std::to_string(params.count()); };
  const auto text = [&](const tdk_str &value, const char *condition) {
    if (value.size > 0) params.text(sv(value)), add(condition);
  };
  text(rq.sink, "sink = $");
  text(rq.type, "type = $");
  text(rq.key, "key = $");
  if (rq.id > 0) params.integer(id_of(rq.id)), add("id = $");
  if (rq.after > 0) params.integer(id_of(rq.after)), add("id > $");
  if (rq.created_before != TDK_NULL_I64) params.integer(rq.created_before), add("created < $");
  return sql;
}

// By id, and no more than was asked for.
std::string where_in_order(const tdk_outbox_request &rq, Params &params) {
  std::string sql = where(rq, params);
  params.integer(kit::sql_limit(rq.limit));
  return sql + " ORDER BY id LIMIT $" + std::to_string(params.count());
}

const char *table_of(const tdk_outbox_request &rq) { return rq.state == TDK_OUTBOX_DEAD ? "dead_letter" : "outbox"; }

tdk_outbox_entry entry_of(const Result &r, int row, std::uint32_t state) {
  tdk_outbox_entry e{};
  e.state = state;
  e.id = static_cast<std::uint64_t>(r.integer(row, 0));
  e.sink = str(r.text(row, 1));
  e.type = str(r.text(row, 2));
  e.key = str(r.text(row, 3));
  e.time = r.integer(row, 4);
  e.payload = str(r.text(row, 5));
  e.created = r.integer(row, 6);
  e.tries = static_cast<std::uint32_t>(r.integer(row, 7));
  e.error = str(r.text(row, 8));
  return e;
}

using EntryWriter = RowWriter<tdk_outbox_entry, tdk_outbox_sink, &tdk_outbox_sink::on_entries>;
using StatWriter = RowWriter<tdk_outbox_stat, tdk_outbox_stat_sink, &tdk_outbox_stat_sink::on_stats>;

// What the outcomes of one event come to.
struct Settled {
  std::uint32_t outcome = TDK_OUTCOME_FAILED;
  std::int64_t tries = 0;
  std::string error;
};

// One after the other: what is gone is passed over.
std::map<std::int64_t, Settled> settled_of(const Rows<tdk_outbox_outcome> &outcomes) {
  std::map<std::int64_t, Settled> out;
  for (std::uint64_t i = 0; i < outcomes.count; ++i) {
    if (outcomes[i].id == 0) continue;  // nobody's
    Settled &s = out[id_of(outcomes[i].id)];
    if (s.outcome != TDK_OUTCOME_FAILED) continue;
    s.outcome = outcomes[i].outcome;
    if (s.outcome == TDK_OUTCOME_SENT) continue;
    ++s.tries;
    s.error = kit::storable(sv(outcomes[i].error));
  }
  return out;
}

void settle(Connection &db, const char *sql, std::uint32_t outcome, const std::map<std::int64_t, Settled> &settled) {
  std::vector<std::int64_t> ids, tries;
  std::vector<std::string_view> errors;
  for (const auto &[id, s] : settled)
    if (s.outcome == outcome) ids.push_back(id), tries.push_back(s.tries), errors.push_back(s.error);
  if (ids.empty()) return;
  Params params = Params().integers(ids);
  db.once(sql, outcome == TDK_OUTCOME_SENT ? params : params.integers(tries).texts(errors));
}

}  // namespace

void PostgresStorage::claim_outbox(std::string_view sink, std::string_view owner, std::int64_t now, std::int64_t until) {
  need_writable("claiming the outbox of");
  kit::check_claim(sink, owner);
  std::string holder;
  Attempt attempt;
  attempt.body = [&] {
    const Params params = Params().text(sink).text(owner).integer(until <= now ? INT64_MIN : until).integer(now);
    holder = db_.run(kClaim, params).text(0, 0);
  };
  in_transaction(db_, kWrite, attempt);
  if (holder != owner)
    db_.fail(TDK_BUSY, "the events for " + std::string(sink) + " are claimed by " + holder, "try again when its claim has run out");
}

void PostgresStorage::read_outbox(const tdk_outbox_request &request, const tdk_outbox_sink &sink, const Cancel &cancel) {
  kit::check_request(request);
  read("reading the outbox of", cancel, [&](bool &started) {
    Params params;
    const std::string sql = std::string("DECLARE rows NO SCROLL CURSOR FOR SELECT id, sink, type, key, time, payload, created,"
                                        " tries, error FROM ") +
                            table_of(request) + where_in_order(request, params);
    EntryWriter out(sink);
    each_row({db_, cancel, started, sql.c_str(), params, kRowsAtATime},
             [&](const Result &r, int row) { out.push(entry_of(r, row, request.state)); });
  });
}

void PostgresStorage::settle_outbox(const Rows<tdk_outbox_outcome> &outcomes) {
  need_writable("settling events in the outbox of");
  kit::check_outcomes(outcomes);
  if (outcomes.count == 0) return;
  const auto settled = settled_of(outcomes);
  Attempt attempt;
  attempt.body = [&] {
    settle(db_, kSent, TDK_OUTCOME_SENT, settled);
    settle(db_, kDead, TDK_OUTCOME_DEAD, settled);
    settle(db_, kFailed, TDK_OUTCOME_FAILED, settled);
  };
  in_transaction(db_, kWrite, attempt);
}

// They get their ids while nobody else gets any.
std::uint64_t PostgresStorage::replay_outbox(const tdk_outbox_request &request) {
  need_writable("replaying dead letters in");
  kit::check_replay(request);
  Params params;
  const std::string sql = "WITH chosen AS (SELECT id FROM dead_letter" + where_in_order(request, params) +
                          "), risen AS (DELETE FROM dead_letter d USING chosen c WHERE d.id = c.id RETURNING d.*)"
                          " INSERT INTO outbox(time, created, sink, type, key, payload)"
                          " SELECT time, created, sink, type, key, payload FROM risen ORDER BY id";
  std::uint64_t count = 0;
  Attempt attempt;
  attempt.body = [&] {
    lock_all_keys(db_);
    count = db_.once(sql.c_str(), params).changed();
  };
  in_transaction(db_, kWrite, attempt);
  return count;
}

std::uint64_t PostgresStorage::purge_outbox(const tdk_outbox_request &request) {
  need_writable("purging the outbox of");
  kit::check_request(request);
  Params params;
  const std::string sql = std::string("DELETE FROM ") + table_of(request) + where(request, params);
  std::uint64_t count = 0;
  Attempt attempt;
  attempt.body = [&] { count = db_.once(sql.c_str(), params).changed(); };
  in_transaction(db_, kWrite, attempt);
  return count;
}

void PostgresStorage::stat_outbox(const tdk_outbox_stat_sink &sink, const Cancel &cancel) {
  read("counting the events in the outbox of", cancel, [&](bool &started) {
    StatWriter out(sink);
    each_row({db_, cancel, started, kStat, {}}, [&](const Result &r, int row) {
      tdk_outbox_stat s{};
      s.sink = str(r.text(row, 0));
      s.waiting = static_cast<std::uint64_t>(r.integer(row, 1));
      s.dead = static_cast<std::uint64_t>(r.integer(row, 2));
      s.oldest = r.cell(row, 3);
      out.push(s);
    });
  });
}

}  // namespace tapedeck::postgres
