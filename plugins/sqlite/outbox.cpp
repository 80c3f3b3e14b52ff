// The functions of tapedeck.outbox/1.
#include "outbox_rows.hpp"
#include "storage.hpp"

namespace tapedeck::sqlite {
namespace {

constexpr std::uint64_t kRowsBetweenChecks = 256;

constexpr const char *kStat =
    "SELECT sink, sum(waiting), sum(dead), min(oldest) FROM ("
    "SELECT sink, count(*) AS waiting, 0 AS dead, min(created) AS oldest FROM outbox GROUP BY sink UNION ALL"
    " SELECT sink, 0, count(*), NULL FROM dead_letter GROUP BY sink) GROUP BY sink ORDER BY sink";

using EntryWriter = RowWriter<tdk_outbox_entry, tdk_outbox_sink, &tdk_outbox_sink::on_entries>;
using StatWriter = RowWriter<tdk_outbox_stat, tdk_outbox_stat_sink, &tdk_outbox_stat_sink::on_stats>;

// Whose claim holds at `now`; empty: nobody's.
std::string holder_of(Database &db, std::string_view sink, std::int64_t now) {
  Use use = db.use("SELECT owner FROM outbox_claim WHERE sink=?1 AND until>?2");
  return use.bind(1, sink).bind(2, now).step() ? std::string(use.text(0)) : std::string();
}

}  // namespace

template <class Change>
void SqliteStorage::change_outbox(Change &&change) {
  Transaction tx(db_, Transaction::Kind::Write);
  change();
  tx.commit();
  wal_.after_commit(settings_.busy_timeout);
}

void SqliteStorage::claim_outbox(std::string_view sink, std::string_view owner, std::int64_t now,
                                 std::int64_t until) {
  need_writable("claiming the outbox of");
  kit::check_claim(sink, owner);
  change_outbox([&] {
    if (const std::string holder = holder_of(db_, sink, now); !holder.empty() && holder != owner)
      db_.fail(TDK_BUSY, holder + " publishes what waits for " + std::string(sink),
               "one at a time does; try again when its claim has run out");
    if (until <= now) return db_.use("DELETE FROM outbox_claim WHERE sink=?1").bind(1, sink).run();
    db_.use("INSERT OR REPLACE INTO outbox_claim VALUES(?1, ?2, ?3)").bind(1, sink).bind(2, owner).bind(3, until).run();
  });
}

void SqliteStorage::read_outbox(const tdk_outbox_request &request, const tdk_outbox_sink &sink,
                                const Cancel &cancel) {
  db_.doing("reading the outbox of");
  kit::check_request(request);
  EntryWriter out(sink);
  std::uint64_t rows = 0;
  cancel.check();
  read_events(db_, request, [&](const tdk_outbox_entry &entry) {
    if (++rows % kRowsBetweenChecks == 0) cancel.check();
    out.push(entry);
  });
}

void SqliteStorage::settle_outbox(const Rows<tdk_outbox_outcome> &outcomes) {
  need_writable("settling events of");
  kit::check_outcomes(outcomes);
  if (outcomes.count == 0) return;
  change_outbox([&] {
    for (std::uint64_t i = 0; i < outcomes.count; ++i) settle_event(db_, outcomes[i]);
  });
}

std::uint64_t SqliteStorage::replay_outbox(const tdk_outbox_request &request) {
  need_writable("replaying dead letters of");
  kit::check_replay(request);
  std::uint64_t count = 0;
  change_outbox([&] { count = replay_letters(db_, request); });
  return count;
}

std::uint64_t SqliteStorage::purge_outbox(const tdk_outbox_request &request) {
  need_writable("purging the outbox of");
  kit::check_request(request);
  std::uint64_t count = 0;
  change_outbox([&] { count = purge_events(db_, request); });
  return count;
}

void SqliteStorage::stat_outbox(const tdk_outbox_stat_sink &sink, const Cancel &cancel) {
  db_.doing("counting the events of");
  StatWriter out(sink);
  Use use = db_.use(kStat);
  for (cancel.check(); use.step(); cancel.check()) {
    tdk_outbox_stat stat{};
    stat.sink = str(use.text(0));
    stat.waiting = static_cast<std::uint64_t>(use.integer(1));
    stat.dead = static_cast<std::uint64_t>(use.integer(2));
    stat.oldest = use.cell(3);
    out.push(stat);
  }
}

}  // namespace tapedeck::sqlite
